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
const soon = { timeout: 30_000, interval: 250 };

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
  const hourOf = async (scope: string, at_ns: bigint) => {
    const from_ns = at_ns - (at_ns % hour);
    const [point] = await works.influx!.kpis({ scope, period: 'hour', from_ns, to_ns: from_ns + hour });
    return point;
  };
  const state = async (said: Pick<Entry, 'subject' | 'from_ns' | 'statement'> & Partial<Entry>) => {
    const about = { id: crypto.randomUUID(), author: 'clerk', reason: 'time sheets', entered_ns: nsNow() };
    const entry: Entry = { ...about, ...said };
    await works.influx!.write({ observations: [], observed: [], gaps: [], entries: [entry] });
    works.feed.record({ kind: 'entry', entry: entryToJson(entry) });
  };
  const meterReads = (at_ns: bigint, value: number) =>
    maker.make({
      machine: 'meter',
      observations: [{ signal: 'energy', ordinal: 0, status: 0, source_time_ns: at_ns, value }],
    });

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
    await works.deliver([
      meterReads(at_ns, 1),
      meterReads(at_ns + 10_000_000_000n, 3.5),
      meterReads(at_ns + 120n * hour, 13.5),
    ]);
    const energy = async (at: bigint) => (await hourOf('acme/north/shop/turning', at))?.figures.energy_kwh;
    await expect.poll(() => energy(at_ns), soon).toEqual({ value: 2.5, status: 'partial' });
    await expect.poll(() => energy(at_ns + 120n * hour), soon).toEqual({ value: 10, status: 'ok' });
  });

  test('shows what changed long ago, and what that changed days later, with its revision', async () => {
    const [read_ns, mill] = [millStart + 5n * hour, 'acme/north/shop/cell/mill'];
    const published = async () => (await hourOf('acme', read_ns + 120n * hour))?.revision;
    await expect.poll(published, soon).toBe(1);
    const [first, second] = [await hourOf(mill, millStart), await hourOf(mill, millStart + hour)];
    expect(first?.figures.availability.value).toBeGreaterThan(0);
    // Between two readings days apart; a part that was not counted; an hour of which it turns out that it was serviced.
    await works.deliver([meterReads(read_ns + 15_000_000_000n, 5.5)]);
    const counted = { kind: 'count_correction', good: 3 } as const;
    await state({ subject: 'mill', from_ns: second!.from_ns + 9_000_000_000n, statement: counted });
    const { from_ns, to_ns } = first!;
    await state({
      ...{ subject: 'mill', from_ns, to_ns },
      statement: { kind: 'state', state: 'planned_maintenance' },
    });
    const told = async () => {
      const points = [
        await hourOf('acme/north/shop/turning', read_ns),
        await hourOf('acme/north/shop/turning', read_ns + 120n * hour),
        await hourOf(mill, second!.from_ns),
        await hourOf(mill, from_ns),
      ];
      return points.map((p) => ({ revision: p?.revision, provisional: p?.provisional, ...p?.figures }));
    };
    const revised = { revision: 2, provisional: false };
    await expect.poll(told, soon).toMatchObject([
      { ...revised, energy_kwh: { value: 4.5 } },
      { ...revised, energy_kwh: { value: 8 } },
      { ...revised, items: { value: second!.figures.items.value! + 3 } },
      { ...revised, availability: { status: 'no_planned_time' } },
    ]);
    expect((await told())[3]?.availability).not.toHaveProperty('value');
  });

  test('follows what people declare, and leaves no value standing that became absent', async () => {
    const scope = 'acme/north';
    const [day] = await stored(scope, 'day');
    const { from_ns, to_ns } = day!;
    const declare = (id: string, said: Pick<Entry, 'statement' | 'supersedes'>) =>
      state({ id, subject: scope, from_ns, to_ns, ...said });
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
