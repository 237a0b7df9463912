import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { loadPlant } from '@benchline/model';
import { placementOf } from '@benchline/store';
import { openInfluxStore } from '@benchline/store/influx';
import { findInfluxd, startInfluxd } from '@benchline/store/influxd';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestGateway, t0 } from './kit/test-gateway.ts';
import { program, statusOf, Works } from './kit/works.ts';

const missing = findInfluxd() ? undefined : 'influxd is not installed: apt-get install influxdb';

let works: Works;
beforeEach(async () => {
  works = await Works.open();
});
afterEach(() => works.close());

interface Rebuilt {
  records: number;
  observations: number;
  rejected: number;
}

async function rebuild(...args: string[]): Promise<Rebuilt> {
  const data = join(works.folder, 'data');
  const all = [program, 'ledger', 'rebuild', '--data', data, '--json', ...args];
  return await new Promise((resolve, reject) => {
    execFile(process.execPath, all, (error, stdout, stderr) =>
      error ? reject(new Error(stderr)) : resolve(JSON.parse(stdout) as Rebuilt),
    );
  });
}

const window = { machine: 'mill', from_ns: t0 - 1n, to_ns: t0 + 86_400_000_000_000n };

describe('benchline ledger rebuild', { timeout: 60_000 }, () => {
  test('creates a dropped InfluxDB anew, the same, beside an ingest that runs', async ({ skip }) => {
    skip(missing !== undefined, missing);
    const influxd = await startInfluxd({ dataDir: join(works.folder, 'influxd') });
    works.defer(() => influxd.kill());
    const config = { version: 1 as const, url: influxd.url, database: 'benchline', timeout_ms: 10_000 };
    const { url } = await works.ingest(config);
    const gateway = await new TestGateway(works).connect();
    gateway.commitReadings(300);
    await gateway.drain();
    await expect.poll(async () => (await statusOf(url)).projection?.next, { timeout: 15_000 }).toBe(301);
    const placement = placementOf(loadPlant(join(works.folder, 'plant.yaml')).index);
    const store = await openInfluxStore({ config, placement });
    works.defer(() => store.close());
    const before = await store.observations(window);
    expect(before).toHaveLength(600);
    await fetch(`${influxd.url}/query`, {
      method: 'POST',
      body: new URLSearchParams({ q: 'DROP DATABASE benchline' }),
    });
    const first = await rebuild('--influx-url', influxd.url);
    expect(first).toMatchObject({ records: 301, observations: 600, rejected: 0 });
    expect(await store.observations(window)).toEqual(before);
    // It goes on where it stopped: there is nothing more to write.
    expect(await rebuild('--influx-url', influxd.url)).toMatchObject({ observations: 0 });
  });

  test('fills a file of the embedded store, and goes on in it', async () => {
    const { close } = await works.ingest();
    const gateway = await new TestGateway(works).connect();
    gateway.commitReadings(200);
    await gateway.drain();
    const file = join(works.folder, 'anew.duckdb');
    expect(await rebuild('--store', 'embedded', '--file', file)).toMatchObject({ observations: 400 });
    gateway.commitReadings(50);
    await gateway.drain();
    await close();
    expect(await rebuild('--store', 'embedded', '--file', file)).toMatchObject({ observations: 100 });
  });
});
