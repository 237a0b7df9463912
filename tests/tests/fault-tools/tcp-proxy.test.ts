import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TcpProxy } from '../../src/faults/tools/tcp-proxy.ts';

/** A server that says back what it hears, a proxy before it, and a client. */
async function echo() {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const proxy = await TcpProxy.open({ host: '127.0.0.1', port });
  onTestFinished(async () => await proxy.close());
  const client = connect({ ...proxy.address, allowHalfOpen: true });
  client.on('error', () => undefined);
  let heard = Buffer.alloc(0);
  client.on('data', (chunk: Buffer) => (heard = Buffer.concat([heard, chunk])));
  await once(client, 'connect');
  return { proxy, client, heard: () => heard };
}

async function hears(client: Socket, heard: () => Buffer, bytes: number): Promise<void> {
  while (heard().length < bytes) await once(client, 'data');
}

describe('the proxy', () => {
  it('passes everything on, in order', async () => {
    const { client, heard } = await echo();
    const said = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7) % 251));
    client.write(said);
    await hears(client, heard, said.length);
    expect(heard().equals(said)).toBe(true);
  });

  it('says nothing in a black hole, and delivers what was under way when that is lifted', async () => {
    const { proxy, client, heard } = await echo();
    proxy.blackHole();
    client.write('held');
    await sleep(100);
    expect(heard().toString()).toBe('');
    proxy.lift();
    await hears(client, heard, 4);
    expect(heard().toString()).toBe('held');
  });

  it('resets connections', async () => {
    const { proxy, client } = await echo();
    client.write('a');
    await once(client, 'data');
    const gone = new Promise((resolve) => client.once('close', resolve));
    proxy.cut();
    await gone;
    expect(client.destroyed).toBe(true);
  });

  it('leaves no connection behind that is cut just as it ends', async () => {
    const { proxy, client } = await echo();
    client.write('a');
    await once(client, 'data');
    proxy.halfClose('client');
    proxy.cut();
    await expect.poll(() => proxy.open).toBe(0);
  });

  it('ends one direction and keeps the other', async () => {
    const { proxy, client, heard } = await echo();
    client.write('a');
    await hears(client, heard, 1);
    const ended = once(client, 'end');
    proxy.halfClose('client');
    await ended;
    expect(client.writable).toBe(true);
  });

  it('holds back what is too much for a narrow line', async () => {
    const { proxy, client, heard } = await echo();
    proxy.slow({ delay_ms: 5, bytes_per_s: 1_000_000 });
    const begun = performance.now();
    client.write(Buffer.alloc(100_000));
    await hears(client, heard, 100_000);
    // One way alone takes 0.1 s at 1 MB/s, however fast the computer is.
    expect(performance.now() - begun).toBeGreaterThanOrEqual(95);
  });
});
