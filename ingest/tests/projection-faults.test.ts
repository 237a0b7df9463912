import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { loadPlant } from '@benchline/model';
import { placementOf } from '@benchline/store';
import { openInfluxStore } from '@benchline/store/influx';
import { findInfluxd, type LocalInflux, startInfluxd } from '@benchline/store/influxd';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestGateway, t0 } from './kit/test-gateway.ts';
import { statusOf, Works } from './kit/works.ts';

const day = 86_400_000_000_000n;
const missing = findInfluxd() ? undefined : 'influxd is not installed: apt-get install influxdb';

let works: Works;
let influxd: LocalInflux;
beforeEach(async ({ skip }) => {
  skip(missing !== undefined, missing);
  works = await Works.open();
  influxd = await startInfluxd({ dataDir: join(works.folder, 'influxd') });
  works.defer(() => influxd.kill());
});
afterEach(() => works?.close());

type Trouble = (response: ServerResponse) => unknown;

/** Stands before the real server, and says what the test tells it to instead while there is trouble. */
async function front() {
  const state = { trouble: undefined as Trouble | undefined, refused: 0, url: '' };
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      if (state.trouble) {
        state.refused += 1;
        state.trouble(response);
        return;
      }
      const type = request.headers['content-type'] ?? 'text/plain';
      const target = new URL(request.url ?? '/', influxd.url);
      const reply = await fetch(target, { method: 'POST', headers: { 'content-type': type }, body });
      response.writeHead(reply.status).end(await reply.text());
    })().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  works.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return state;
}

const influx = (url: string) => ({ version: 1 as const, url, database: 'benchline', timeout_ms: 500 });

async function stored(): Promise<unknown[]> {
  const placement = placementOf(loadPlant(join(works.folder, 'plant.yaml')).index);
  const store = await openInfluxStore({ config: influx(influxd.url), placement });
  const all = await store.observations({
    machine: 'mill',
    signals: ['parts'],
    from_ns: t0 - 1n,
    to_ns: t0 + day,
  });
  await store.close();
  return all.map(({ value }) => value);
}

const patience = { timeout: 20_000 };
const upTo = (n: number) => Array.from({ length: n }, (_, i) => BigInt(i));

async function projectedUpTo(url: string, next: number): Promise<void> {
  await expect.poll(async () => (await statusOf(url)).projection?.next, patience).toBe(next);
}

describe('a store in trouble', () => {
  const json = (status: number, body: string, headers = {}) =>
    ((response) => response.writeHead(status, headers).end(body)) satisfies Trouble;
  test.each<[string, Trouble]>([
    ['401', json(401, '{"error":"authorization failed"}')],
    ['404', json(404, '{"error":"database not found: \\"benchline\\""}')],
    ['429 without a word of when', json(429, '')],
    ['500', json(500, '{"error":"timeout"}')],
    ['503 in HTML', json(503, '<html>upstream</html>')],
    ['reset connections', (response) => response.socket?.resetAndDestroy()],
    ['silence', () => undefined],
    ['a login page', json(200, '<html>log in</html>')],
    ['a redirect', json(302, '', { location: 'http://127.0.0.1:1/' })],
  ])('%s: is not hammered, says why, and gets everything once it is well', async (_what, trouble) => {
    const proxy = await front();
    const { url } = await works.ingest(influx(proxy.url));
    const gateway = await new TestGateway(works).connect();
    gateway.commitReadings(10);
    await gateway.drain();
    await projectedUpTo(url, 11);
    proxy.trouble = trouble;
    gateway.commitReadings(10);
    await gateway.drain();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const { projection } = await statusOf(url);
    expect(projection).toMatchObject({ next: 11, behind: 10, failing: { code: 'store_unavailable' } });
    expect(projection?.failing?.reason).toContain('InfluxDB');
    expect(projection?.failing?.next_try_ms).toBeGreaterThan(0);
    expect(projection?.retries).toBeGreaterThanOrEqual(1);
    // One request a try, and the draws of the pauses double: some six tries in so short a time.
    expect(proxy.refused).toBeLessThanOrEqual(25);
    proxy.trouble = undefined;
    await projectedUpTo(url, 21);
    expect(await stored()).toEqual(upTo(20));
    await expect.poll(async () => (await statusOf(url)).projection?.failing, patience).toBeUndefined();
  });

  test('429 with Retry-After is left alone for so long', async () => {
    const proxy = await front();
    const { url } = await works.ingest(influx(proxy.url));
    const gateway = await new TestGateway(works).connect();
    gateway.commitReadings(1);
    await gateway.drain();
    await projectedUpTo(url, 2);
    proxy.trouble = json(429, '', { 'retry-after': '3600' });
    gateway.commitReadings(1);
    await gateway.drain();
    await expect.poll(() => proxy.refused).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(proxy.refused).toBe(1);
    const failing = (await statusOf(url)).projection?.failing;
    // An hour is too long to believe: five minutes.
    expect((failing?.next_try_ms ?? 0) - (failing?.since_ms ?? 0)).toBeGreaterThan(290_000);
  });
});

describe('a store that has lost what was written', () => {
  test('a dropped database is made again and written anew, all of it', async () => {
    const { url } = await works.ingest(influx(influxd.url));
    const gateway = await new TestGateway(works).connect();
    gateway.commitReadings(50);
    await gateway.drain();
    await projectedUpTo(url, 51);
    const body = new URLSearchParams({ q: 'DROP DATABASE benchline' });
    await (await fetch(`${influxd.url}/query`, { method: 'POST', body })).text();
    gateway.commitReadings(50);
    await gateway.drain();
    await projectedUpTo(url, 101);
    await expect.poll(stored, patience).toEqual(upTo(100));
  });

  test('a server that comes back without its data gets it again', async () => {
    const first = await works.ingest(influx(influxd.url));
    const gateway = await new TestGateway(works).connect();
    gateway.commitReadings(50);
    await gateway.drain();
    await projectedUpTo(first.url, 51);
    await first.close();
    await influxd.kill();
    influxd = await startInfluxd({ dataDir: join(works.folder, 'influxd-new'), port: influxd.port });
    const { url } = await works.ingest(influx(influxd.url));
    gateway.commitReadings(1);
    await gateway.drain();
    await projectedUpTo(url, 52);
    expect(await stored()).toEqual(upTo(51));
  });
});

test.each([
  ['absent', undefined],
  ['empty', ''],
  ['torn', '{"v":2,"ledger_id":"ledg'],
  ['of an older form', '{"v":1,"next":999}'],
  ['rubbish', '\u0000\u0000\u0000'],
])('a cursor that is %s: everything is written again, and nothing changes', async (_what, content) => {
  const first = await works.ingest(influx(influxd.url));
  const gateway = await new TestGateway(works).connect();
  gateway.commitReadings(20);
  await gateway.drain();
  await projectedUpTo(first.url, 21);
  await first.close();
  const file = join(works.folder, 'data', 'projection', 'cursor.json');
  if (content === undefined) rmSync(file);
  else writeFileSync(file, content);
  const { url } = await works.ingest(influx(influxd.url));
  gateway.commitReadings(5);
  await gateway.drain();
  await projectedUpTo(url, 26);
  expect(await stored()).toEqual(upTo(25));
});
