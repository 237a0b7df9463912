import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { benchline, findProgram, temporaryFolder } from './kit.ts';
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

async function replay(store: string): Promise<Report> {
  const file = join(temporaryFolder(), 'report.json');
  const { status, stderr } = await benchline([
    'replay',
    '--data',
    recordings,
    '--speed',
    '60',
    '--store',
    store,
    '--report',
    file,
  ]);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(readFileSync(file, 'utf8')) as Report;
}

describe('the twelve recorded runs, through OPC UA, MQTT, ledger and store', () => {
  it.for(['embedded', 'influx'])(
    'give the published figures out of the %s store',
    async (store, { skip }) => {
      if (store === 'influx' && !findProgram('influxd'))
        skip('influxd is not installed: apt-get install influxdb');
      const { runs, total } = await replay(store);
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
      expect(
        runs.map(({ run, good_items, energy_kwh }) => ({
          run,
          good_items,
          energy_kwh: Number(energy_kwh.toFixed(6)),
        })),
      ).toEqual(
        recordedRuns.map(({ run, good, energy_kwh }) => ({ run, good_items: good ? 1 : 0, energy_kwh })),
      );
      expect(runs.every(({ items }) => items === 1)).toBe(true);
    },
  );
});
