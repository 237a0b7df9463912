import { once } from 'node:events';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestGateway } from './kit/test-gateway.ts';
import { readFeed, records, statusOf, Works } from './kit/works.ts';

let works: Works;
beforeEach(async () => {
  works = await Works.open();
});
afterEach(() => works.close());

/** Bytes in buffers that something still refers to: garbage is collected first. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().arrayBuffers;
}

describe('the feed', () => {
  test('gives the same bytes from whatever offset it is resumed, also after a restart', async () => {
    const first = await works.ingest();
    const gateway = await new TestGateway(works).connect();
    gateway.commitReadings(300);
    await gateway.drain();
    const whole = await readFeed(first.url, 0, (lines) => lines.length >= 301);
    expect(whole.map((line) => (JSON.parse(line) as { offset: number }).offset)).toEqual(
      Array.from({ length: 301 }, (_, i) => i),
    );
    await first.close();
    const { url } = await works.ingest();
    for (const from of [0, 1, 77, 150, 299, 300])
      expect(await readFeed(url, from, (lines) => lines.length >= 301 - from)).toEqual(whole.slice(from));
  });

  test('waits at the end for what comes next, and shows that it is alive', async () => {
    const { url, port } = await works.ingest();
    const gateway = await new TestGateway(works).connect();
    const socket = connect(port, '127.0.0.1');
    works.defer(() => socket.destroy());
    await once(socket, 'connect');
    socket.write(`GET /feed?from=1 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    await expect.poll(() => text).toContain('200 OK');
    // Chunks of one line end each.
    await expect
      .poll(() => text.match(/\r\n1\r\n\n\r\n/g)?.length ?? 0, { timeout: 5000 })
      .toBeGreaterThan(1);
    const next = readFeed(url, 1, (lines) => lines.length >= 1);
    gateway.commitReadings(1);
    await gateway.drain();
    expect(await next).toHaveLength(1);
    await expect.poll(() => text).toContain('"offset":1');
  });

  test('holds little in memory for a reader that does not read', async () => {
    const { port, url } = await works.ingest();
    const gateway = await new TestGateway(works).connect();
    const text = 'x'.repeat(100_000);
    for (let i = 0; i < 100; i += 1)
      gateway.commit([{ signal: 'state', source_time_ns: BigInt(i), ordinal: 0, value: text, status: 0 }]);
    await gateway.drain();
    const before = heldBytes();
    for (let i = 0; i < 5; i += 1) {
      const socket = connect(port, '127.0.0.1');
      works.defer(() => socket.destroy());
      socket.pause();
      socket.write(`GET /feed?from=0 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
    // 10 MB stand ready for each of the five. Buffers are given back some time after they were collected.
    await expect.poll(() => heldBytes() - before, { timeout: 15_000, interval: 500 }).toBeLessThan(5e6);
    expect((await records(url)).length).toBe(101);
  });

  test('refuses what makes no sense, and says what would', async () => {
    const { url } = await works.ingest();
    for (const query of ['from=-1', 'from=x', '', 'from=0&until=never', 'from=0&more=1']) {
      const response = await fetch(`${url}/feed?${query}`);
      expect(response.status).toBe(400);
    }
    const beyond = await fetch(`${url}/feed?from=999`);
    expect(beyond.status).toBe(409);
    expect(await beyond.json()).toMatchObject({
      code: 'ledger_diverged',
      hint: expect.stringContaining('from its floor'),
    });
    const projected = await fetch(`${url}/feed?from=0&until=projected`);
    expect(await projected.json()).toMatchObject({ hint: expect.stringContaining('influx') });
  });

  test('answers health checks', async () => {
    const { url } = await works.ingest();
    await expect.poll(async () => (await statusOf(url)).broker.connected).toBe(true);
    const response = await fetch(`${url}/healthz`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: 'ok', stalled: [] });
  });
});
