import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type EventStream, StreamReaders } from '../src/api/event-stream.ts';

/** Far more than the buffers of a connection hold. */
const event = 'x'.repeat(1024 * 1024);

/** A server that streams to each connection, and a connection to it of somebody who has not read anything yet. */
async function slowReader(readers: StreamReaders): Promise<{ stream: EventStream; socket: Socket }> {
  const admitted = Promise.withResolvers<EventStream>();
  const server = createServer((_request, response) => {
    const stream = readers.admit();
    response.once('close', () => stream.close());
    stream.body.pipe(response);
    stream.body.once('close', () => response.destroy());
    admitted.resolve(stream);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  socket.pause();
  socket.on('error', () => undefined);
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  return { stream: await admitted.promise, socket };
}

/** Tells of one event after the other until the reader takes no more; how many it took. */
async function fill(stream: EventStream): Promise<{ sent: number; gone: Promise<boolean> }> {
  for (let sent = 0; ; sent += 1) {
    const taking = stream.send('figures', event);
    const stuck = new Promise<'stuck'>((resolve) => {
      setTimeout(() => resolve('stuck'), 200);
    });
    if ((await Promise.race([taking, stuck])) === 'stuck')
      return { sent, gone: taking.then((there) => !there) };
  }
}

test('what waits for a reader that reads nothing does not grow, and what is new meanwhile becomes one', async () => {
  const readers = new StreamReaders({ most: 1 });
  const { stream, socket } = await slowReader(readers);
  const { sent, gone } = await fill(stream);
  expect(sent).toBeLessThan(64);
  for (let i = 0; i < 1000; i += 1) stream.notify();
  expect(stream.body.readableLength).toBeLessThan(2 * event.length);
  expect(readers).toMatchObject({ open: 1, coalesced: 999, dropped: 0 });

  let received = 0;
  socket.on('data', (bytes) => (received += bytes.length)).resume();
  expect(await gone).toBe(false);
  expect(await stream.news()).toBe(true);
  await expect.poll(() => received, { timeout: 10_000 }).toBeGreaterThan((sent + 1) * event.length);
  socket.destroy();
  await expect.poll(() => readers.open).toBe(0);
  expect(await stream.news()).toBe(false);
});

test('a reader that takes nothing for too long is cut off, which makes room for another', async () => {
  const readers = new StreamReaders({ most: 1, patience_ms: 300 });
  const { stream, socket } = await slowReader(readers);
  expect(() => readers.admit()).toThrow(
    expect.objectContaining({ code: 'too_many_readers', retry_after_s: 10 }),
  );
  const { gone } = await fill(stream);
  expect(await gone).toBe(true);
  expect(readers).toMatchObject({ open: 0, refused: 1, dropped: 1 });
  socket.resume();
  await once(socket, 'close');
  readers.admit().close();
});
