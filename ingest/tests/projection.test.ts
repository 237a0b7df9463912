import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadPlant } from '@benchline/model';
import { placementOf } from '@benchline/store';
import { openInfluxStore } from '@benchline/store/influx';
import { findInfluxd, type LocalInflux, startInfluxd } from '@benchline/store/influxd';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestGateway, t0 } from './kit/test-gateway.ts';
import { readFeed, statusOf, Works } from './kit/works.ts';

const second = 1_000_000_000n;
const day = 86_400n * second;

let works: Works;
let influxd: LocalInflux;
const missing = findInfluxd() ? undefined : 'influxd is not installed: apt-get install influxdb';

beforeEach(async ({ skip }) => {
  skip(missing !== undefined, missing);
  works = await Works.open();
  influxd = await startInfluxd({ dataDir: join(works.folder, 'influxd') });
  works.defer(() => influxd.kill());
});
afterEach(() => works?.close());

const config = () => ({ version: 1 as const, url: influxd.url, database: 'benchline' });

async function reader() {
  const placement = placementOf(loadPlant(join(works.folder, 'plant.yaml')).index);
  return await openInfluxStore({ config: { ...config(), timeout_ms: 10_000 }, placement });
}

/** What the store holds of a signal, in time order. */
async function stored(signal: string, until = t0 + day) {
  const store = await reader();
  const all = await store.observations({
    machine: 'mill',
    signals: [signal],
    from_ns: t0 - 1n,
    to_ns: until,
  });
  return all.map(({ value }) => value);
}

async function projectedUpTo(url: string, next: number): Promise<void> {
  await expect.poll(async () => (await statusOf(url)).projection?.next, { timeout: 15_000 }).toBe(next);
}

describe('the projection', () => {
  test('stores everything, with the store killed and restarted in the middle and ingest restarted too', async () => {
    const first = await works.ingest(config());
    const gateway = await new TestGateway(works).connect();
    gateway.commitReadings(100);
    await gateway.drain();
    await projectedUpTo(first.url, 101);

    await influxd.kill();
    gateway.commitReadings(100);
    // The ledger takes and acknowledges on, whatever the store does.
    await gateway.drain();
    await expect
      .poll(async () => (await statusOf(first.url)).projection, { timeout: 10_000 })
      .toMatchObject({ next: 101, behind: 100, reason: expect.stringContaining('InfluxDB') });
    await first.close();

    const { url } = await works.ingest(config());
    gateway.commitReadings(100);
    await gateway.drain();
    influxd = await startInfluxd({ dataDir: join(works.folder, 'influxd'), port: influxd.port });
    await projectedUpTo(url, 301);
    expect(await stored('power')).toEqual(Array.from({ length: 300 }, (_, i) => i / 8));
    expect(await stored('parts')).toEqual(Array.from({ length: 300 }, (_, i) => BigInt(i)));
    const store = await reader();
    const watched = await store.observed({
      machine: 'mill',
      from_ns: t0 - second,
      to_ns: t0 + 299n * second,
    });
    expect(watched).toEqual([{ from_ns: t0 - second, to_ns: t0 + 299n * second }]);
    expect((await statusOf(url)).quarantined_observations).toBe(0);
  });

  test('puts a point that the store refuses into quarantine and stores its neighbours', async () => {
    // In the shard of that day the field already has another type.
    const made = await fetch(`${influxd.url}/query`, {
      method: 'POST',
      body: new URLSearchParams({ q: 'CREATE DATABASE benchline' }),
    });
    // It answers with headers before it has done what it was told.
    await made.text();
    const elsewhere = t0 + 60n * day;
    await fetch(`${influxd.url}/write?db=benchline`, {
      method: 'POST',
      body: `signal number="x" ${elsewhere}`,
    });
    const { url } = await works.ingest(config());
    const gateway = await new TestGateway(works).connect();
    gateway.commitReadings(10);
    gateway.commit([
      { signal: 'power', source_time_ns: t0 + 10n * second, ordinal: 0, value: 10 / 8, status: 0 },
      { signal: 'power', source_time_ns: elsewhere, ordinal: 0, value: 7, status: 0 },
      { signal: 'parts', source_time_ns: t0 + 10n * second, ordinal: 0, value: 10n, status: 0 },
    ]);
    gateway.commitReadings(5);
    await gateway.drain();
    await projectedUpTo(url, 17);

    expect(await stored('power')).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15].map((n) => n / 8),
    );
    const status = await statusOf(url);
    expect(status.quarantined_observations).toBe(1);
    expect(status.quarantine.seen).toEqual({ store_rejected: 1 });
    const folder = join(works.folder, 'data', 'quarantine');
    const name = readdirSync(folder).find((each) => each.endsWith('.bin')) ?? '';
    expect(JSON.parse(readFileSync(join(folder, name), 'utf8'))).toMatchObject({
      machine: 'mill',
      signal: 'power',
      value: 7,
      source_time_ns: elsewhere.toString(),
    });
    expect(JSON.parse(readFileSync(join(folder, name.replace('.bin', '.json')), 'utf8'))).toMatchObject({
      reason: 'store_rejected',
      detail: expect.stringContaining('conflict'),
    });
  });

  test('stores what the plant file did not know once it does', async () => {
    const first = await works.ingest(config());
    const gateway = await new TestGateway(works).connect();
    gateway.commitReadings(3);
    gateway.commit([{ signal: 'speed', source_time_ns: t0, ordinal: 0, value: 1500, status: 0 }]);
    gateway.commitReadings(3);
    await gateway.drain();
    await projectedUpTo(first.url, 8);
    expect((await statusOf(first.url)).projection?.unmapped_points).toBe(1);
    expect(await stored('power')).toHaveLength(6);
    await first.close();

    const file = join(works.folder, 'plant.yaml');
    const speed = '      speed: { measurement: signal, type: number, unit: 1/min }\n';
    works.write('plant.yaml', readFileSync(file, 'utf8').replace('      power:', `${speed}      power:`));
    const { url } = await works.ingest(config());
    await projectedUpTo(url, 9);
    expect(await stored('speed')).toEqual([1500]);
    expect(await stored('power')).toHaveLength(6);
    expect((await statusOf(url)).projection?.unmapped_points).toBe(0);
  });

  test('shows a reader of the projected feed only what the store holds', async () => {
    const { url } = await works.ingest(config());
    const gateway = await new TestGateway(works).connect();
    gateway.commitReadings(5);
    await gateway.drain();
    await projectedUpTo(url, 6);
    await influxd.kill();
    gateway.commitReadings(5);
    await gateway.drain();
    const all = await readFeed(url, 0, (lines) => lines.length >= 11);
    const seen: string[] = [];
    const reading = readFeed(
      url,
      0,
      (lines) => {
        seen.splice(0, seen.length, ...lines);
        return lines.length >= 11;
      },
      '&until=projected',
    );
    await expect.poll(() => seen.length).toBe(6);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(seen).toEqual(all.slice(0, 6));
    influxd = await startInfluxd({ dataDir: join(works.folder, 'influxd'), port: influxd.port });
    expect(await reading).toEqual(all);
  });

  test('notices a store that was emptied between two writes, and has its readers read again', async () => {
    const { url } = await works.ingest(config());
    const gateway = await new TestGateway(works).connect();
    gateway.commitReadings(5);
    await gateway.drain();
    await projectedUpTo(url, 6);
    const follow = (query = '') => fetch(`${url}/feed?from=6&until=projected${query}`);
    const following = await follow();
    const life = following.headers.get('benchline-life') ?? '';
    const emptied = await fetch(`${influxd.url}/query`, {
      method: 'POST',
      body: new URLSearchParams({ q: 'DROP DATABASE benchline; CREATE DATABASE benchline' }),
    });
    await emptied.text();
    // It is asked at most once a second.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    gateway.commitReadings(1);
    await gateway.drain();
    // The last one is written before the store is asked what it holds.
    await expect.poll(() => stored('power')).toEqual([0, 1, 2, 3, 4, 5].map((n) => n / 8));
    // It ends.
    await following.text();
    const again = await follow(`&life=${life}`);
    expect([again.status, again.headers.get('benchline-life') === life]).toEqual([409, false]);
  });
});
