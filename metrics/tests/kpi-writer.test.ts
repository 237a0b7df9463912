import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type DeclaredInput,
  type Entry,
  entryToJson,
  isoFromNs,
  kpiIds,
  nsNow,
  sha256Hex,
} from '@benchline/model';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { KpiResult } from '../src/api/schemas.ts';
import { BatchMaker } from './kit/batches.ts';
import { millBatches, millStart, recordedRuns } from './kit/mill-recording.ts';
import { missing, Works } from './kit/service.ts';

const hour = 3_600_000_000_000n;
const soon = { timeout: 15_000, interval: 250 };

describe('the kpi series in InfluxDB', () => {
  let works: Works;
  const maker = new BatchMaker();
  const scopes = [
    'acme',
    'acme/north',
    'acme/north/shop',
    'acme/north/shop/cell',
    'acme/north/shop/cell/mill',
  ];
  const stored = (scope: string, period: 'hour' | 'shift' | 'day') =>
    works.influx!.kpis({ scope, period, from_ns: millStart - 48n * hour, to_ns: millStart + 24n * hour });

  beforeAll(async () => {
    if (missing.influx !== undefined) return;
    works = await Works.open('influx');
    await works.start();
    await works.deliver(millBatches(maker, recordedRuns(2, 7)));
  });
  beforeEach(({ skip }) => skip(missing.influx !== undefined, missing.influx));
  afterAll(() => works?.close());

  test('holds the hours, shifts and days that were touched, of every scope above, with the figures of the API', async () => {
    for (const scope of scopes)
      for (const period of ['hour', 'shift', 'day'] as const) {
        await expect.poll(async () => (await stored(scope, period)).length, soon).toBeGreaterThan(0);
        for (const point of await stored(scope, period)) {
          const { figures } = await works.get<KpiResult>('/api/v1/kpis', {
            scope,
            from: isoFromNs(point.from_ns),
            to: isoFromNs(point.to_ns),
          });
          for (const id of kpiIds) {
            const { value, status } = figures[id]!;
            expect([scope, id, point.figures[id]]).toEqual([
              scope,
              id,
              value === undefined ? { status } : { value, status },
            ]);
          }
        }
      }
  });

  test('has the revision that is published', async () => {
    for (const scope of scopes) {
      const standing = async () =>
        (await stored(scope, 'hour')).every((p) => p.revision === 1 && !p.provisional);
      await expect.poll(standing, soon).toBe(true);
    }
  });

  test('shows late data too', async () => {
    const at_ns = millStart + 5n * hour;
    const before = await stored('acme', 'hour');
    expect(before.map((p) => p.from_ns)).not.toContain(at_ns - (at_ns % hour));
    const machine = 'meter';
    const reading = { signal: 'energy', ordinal: 0, status: 0 };
    await works.deliver([
      maker.make({
        machine,
        observations: [
          { ...reading, source_time_ns: at_ns, value: 1 },
          { ...reading, source_time_ns: at_ns + 10_000_000_000n, value: 3.5 },
        ],
      }),
    ]);
    const energy = async () => {
      const points = await stored('acme/north/shop/turning', 'hour');
      return points.find((p) => p.from_ns === at_ns - (at_ns % hour))?.figures.energy_kwh;
    };
    await expect.poll(energy, soon).toEqual({ value: 2.5, status: 'partial' });
  });

  test('follows what people declare, and leaves no value standing that became absent', async () => {
    const scope = 'acme/north';
    const [day] = await stored(scope, 'day');
    const { from_ns, to_ns } = day!;
    const declare = async (id: string, said: Pick<Entry, 'statement' | 'supersedes'>) => {
      const about = { id, author: 'clerk', reason: 'time sheets', subject: scope, from_ns, to_ns };
      const entry: Entry = { ...about, entered_ns: nsNow(), ...said };
      await works.influx!.write({ observations: [], observed: [], gaps: [], entries: [entry] });
      works.feed.record({ kind: 'entry', entry: entryToJson(entry) });
    };
    const hours = (input: DeclaredInput, value: number) => ({
      statement: { kind: 'declared_input' as const, input, value, unit: 'h' },
    });
    const efficiency = async () => (await stored(scope, 'day'))[0]?.figures.worker_efficiency;
    expect(await efficiency()).toEqual({ status: 'not_declared' });
    const attended = crypto.randomUUID();
    await declare(crypto.randomUUID(), hours('actual_personnel_work_time', 6));
    await declare(attended, hours('actual_personnel_attendance_time', 8));
    await expect.poll(efficiency, soon).toEqual({ value: 0.75, status: 'ok' });
    await declare(crypto.randomUUID(), { supersedes: attended, statement: { kind: 'withdrawal' } });
    await expect.poll(efficiency, soon).toEqual({ status: 'not_declared' });
    // All other figures are written each time as well.
    const [point] = await stored(scope, 'day');
    expect(Object.keys(point!.figures).sort()).toEqual([...kpiIds].sort());
    expect({ ...point!.figures, worker_efficiency: undefined }).toEqual({
      ...day!.figures,
      worker_efficiency: undefined,
    });
  });

  test('is remembered: a service that starts again reads the feed from where it was', async () => {
    const remembered = () =>
      (JSON.parse(readFileSync(join(works.folder, 'cursor.json'), 'utf8')) as { next: number }).next;
    // Publications are records of the feed as well: first let the last of them come.
    const unpublished = async () => {
      const text = await (await fetch(`${works.url}/metrics`)).text();
      return /^benchline_metrics_unpublished_periods (.*)$/m.exec(text)?.[1];
    };
    await expect.poll(unpublished, soon).toBe('0');
    await expect.poll(() => remembered() === works.feed.lines.length, soon).toBe(true);
    await works.stop();
    await works.start();
    await works.caughtUp();
    const asked = Object.fromEntries(works.feed.asked.at(-1) ?? []);
    expect(asked).toMatchObject({
      from: String(works.feed.lines.length),
      until: 'projected',
      after: sha256Hex(works.feed.lines.at(-1) ?? ''),
    });
  });
});
