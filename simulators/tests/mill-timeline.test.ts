import type { Value } from '@benchline/model';
import { expect, test } from 'vitest';
import { readRuns, shippedMillRuns } from '../src/recordings/mill-runs.ts';
import { durationOf, millTimeline, spansOf } from '../src/time/mill-timeline.ts';
import { Changes, type Instant } from '../src/time/timeline.ts';

// The figures that the source's description publishes for these recordings (net power by the rectangle rule over
// 100 ms, X1 + Y1 + S1): recomputed there from the original files, not by this program.
const energy_kwh = [
  0.005087, 0.001821, 0.005064, 0.000776, 0.000306, 0.005096, 0.001574, 0.001898, 0.002339, 0.002732,
  0.009908, 0.009845,
];
const published = {
  producing_s: 1222.0,
  setup_s: 76.1,
  waiting_s: 135.4,
  good: 5,
  scrap: 7,
  energy_kwh: 0.046446,
};

const start_ms = Date.UTC(2026, 0, 5);
const runs = readRuns(shippedMillRuns);
const said: Instant[] = [
  ...millTimeline({
    machine: 'mill-1',
    runs,
    start_ms,
    repeat: false,
    totals: { import_kwh: 0, export_kwh: 0, good: 0, scrap: 0 },
    changes: new Changes(),
  }),
];

/** Every change of one signal, oldest first. */
function changesOf(signal: string): { time_ms: number; value: Value }[] {
  return said.flatMap(({ time_ms, points }) =>
    points.filter((point) => point.signal === signal).map(({ value }) => ({ time_ms, value })),
  );
}

/** What a signal was at an instant, by its newest change up to then. */
function valueAt(signal: string, time_ms: number): number {
  return Number(changesOf(signal).findLast((change) => change.time_ms <= time_ms)?.value);
}

test('states add up to the published seconds', () => {
  const end_ms = start_ms + durationOf(runs);
  const seconds = { producing: 0, setup: 0, waiting: 0 };
  const changes = changesOf('state');
  for (const [i, { time_ms, value }] of changes.entries()) {
    const step = String(value).toLowerCase();
    const kind = step === 'end' ? 'waiting' : /^(starting|prep)$/.test(step) ? 'setup' : 'producing';
    seconds[kind] += ((changes[i + 1]?.time_ms ?? end_ms) - time_ms) / 1000;
  }
  expect(seconds.producing).toBeCloseTo(published.producing_s, 6);
  expect(seconds.setup).toBeCloseTo(published.setup_s, 6);
  expect(seconds.waiting).toBeCloseTo(published.waiting_s, 6);
});

test('registers hold the published energy of every run between its first and its last instant', () => {
  const spans = spansOf(runs, start_ms);
  const net = ({ from_ms, to_ms }: { from_ms: number; to_ms: number }) =>
    valueAt('energy-import', to_ms) -
    valueAt('energy-import', from_ms) -
    (valueAt('energy-export', to_ms) - valueAt('energy-export', from_ms));
  expect(spans.map(net)).toEqual(energy_kwh.map((kwh) => expect.closeTo(kwh, 6)));
  expect(net({ from_ms: start_ms, to_ms: spans.at(-1)?.to_ms ?? 0 })).toBeCloseTo(published.energy_kwh, 6);
  expect(valueAt('energy-export', spans.at(-1)?.to_ms ?? 0)).toBeGreaterThan(0);
});

test('one part a run, counted when it ends', () => {
  const ends = spansOf(runs, start_ms).map(({ to_ms }) => to_ms);
  const good = changesOf('good-items');
  const scrap = changesOf('scrap-items');
  expect(good.at(-1)?.value).toBe(BigInt(published.good));
  expect(scrap.at(-1)?.value).toBe(BigInt(published.scrap));
  expect([...good.slice(1), ...scrap.slice(1)].map(({ time_ms }) => time_ms).sort((a, b) => a - b)).toEqual(
    ends,
  );
});

test('everything has a value at the start, and afterwards only changes are said', () => {
  expect(said[0]?.time_ms).toBe(start_ms);
  expect(said[0]?.points.length).toBe(16);
  const repeated = (said[0]?.points ?? []).flatMap(({ signal }) => {
    const changes = changesOf(signal);
    return changes.filter(({ time_ms, value }, i) => {
      const before = changes[i - 1];
      return before && (value === before.value || time_ms <= before.time_ms);
    });
  });
  expect(repeated).toEqual([]);
});
