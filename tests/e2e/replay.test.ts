import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { benchline, findProgram } from './kit.ts';
import { millFigures, recordedRuns } from './recorded-mill.ts';

const recordings = fileURLToPath(new URL('../../simulators/recordings/cnc-mill', import.meta.url));

interface Report {
  runs: {
    run: number;
    duration_s: number;
    apt_s: number;
    aust_s: number;
    adet_s: number;
    items: number;
    good_items: number;
    energy_kwh: number;
  }[];
  total: Omit<Report['runs'][number], 'run'> & {
    defect_ratio: number;
    energy_kwh_per_good_item: number;
    oee: number;
    coverage: number;
  };
}

const stores = ['embedded', 'influx'] as const;
const noInfluxd = findProgram('influxd') ? undefined : 'influxd is not installed: apt-get install influxdb';

describe('the twelve recorded runs, through OPC UA, MQTT, ledger and store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'benchline-e2e-'));
  const fileOf = (store: string) => join(folder, `${store}.json`);
  const ended = new Map<string, { status: number | null; stderr: string }>();

  // Both replays at once: they go at the pace of the recording, and so mostly wait.
  beforeAll(async () => {
    const here = stores.filter((store) => store !== 'influx' || noInfluxd === undefined);
    const replay = async (store: string) => {
      const how = ['--data', recordings, '--speed', '60', '--store', store];
      ended.set(store, await benchline(['replay', ...how, '--report', fileOf(store)]));
    };
    await Promise.all(here.map(replay));
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.for(stores)('give the published figures out of the %s store', (store, { skip }) => {
    if (store === 'influx' && noInfluxd !== undefined) skip(noInfluxd);
    expect(ended.get(store)).toMatchObject({ status: 0, stderr: '' });
    const { runs, total } = JSON.parse(readFileSync(fileOf(store), 'utf8')) as Report;
    expect(total.duration_s).toBeCloseTo(millFigures.duration_s, 6);
    expect(total.apt_s).toBeCloseTo(millFigures.apt_s, 6);
    expect(total.aust_s).toBeCloseTo(millFigures.aust_s, 6);
    expect(total.adet_s).toBeCloseTo(millFigures.adet_s, 6);
    expect(total.items).toBe(millFigures.items);
    expect(total.good_items).toBe(millFigures.good_items);
    expect(total.defect_ratio).toBeCloseTo(millFigures.defect_ratio, 6);
    expect(total.energy_kwh).toBeCloseTo(millFigures.energy_kwh, 6);
    expect(total.energy_kwh_per_good_item).toBeCloseTo(millFigures.energy_kwh_per_good_item, 6);
    expect(total.oee).toBeCloseTo(millFigures.oee, 6);
    expect(total.coverage).toBe(1);
    const perRun = runs.map(({ run, good_items, energy_kwh }) => ({
      run,
      good_items,
      energy_kwh: Number(energy_kwh.toFixed(6)),
    }));
    expect(perRun).toEqual(
      recordedRuns.map(({ run, good, energy_kwh }) => ({ run, good_items: good ? 1 : 0, energy_kwh })),
    );
    expect(runs.every(({ items }) => items === 1)).toBe(true);
  });
});
