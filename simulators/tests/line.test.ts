import { expect, test } from 'vitest';
import { demoPlantFile } from '../src/index.ts';
import { assetOf, readPlant } from '../src/kinds/plant-file.ts';
import { lineTimeline, scanned } from '../src/line/timeline.ts';
import { type Instant, keyOf, type Point, type Timeline } from '../src/time/timeline.ts';

const plant = readPlant(demoPlantFile);
const machines = ['press-1', 'lathe-1', 'bench-1'].map((id) => assetOf(plant, id));
const midnight = Date.parse('2026-03-02T00:00:00+08:00');
const hour = 3_600_000;

function take(timeline: Timeline, until_ms: number): Instant[] {
  const taken: Instant[] = [];
  for (let next = timeline.next(); !next.done && next.value.time_ms <= until_ms; next = timeline.next())
    taken.push(next.value);
  return taken;
}

function lineFrom(
  from_ms: number,
  until_ms: number,
  seed = '7',
  last: Point[] = [],
  assets = machines,
): Instant[] {
  return take(lineTimeline({ seed, plant, machines: assets, from_ms, last }), until_ms);
}

function flat(instants: readonly Instant[]) {
  return instants.flatMap(({ time_ms, points }) => points.map((point) => ({ time_ms, ...point })));
}

const firstDay = lineFrom(midnight, midnight + 24 * hour);

test('the same seed makes the same day, another seed another one', () => {
  expect(lineFrom(midnight, midnight + 24 * hour)).toEqual(firstDay);
  expect(lineFrom(midnight, midnight + 24 * hour, '8')).not.toEqual(firstDay);
});

test('what a machine does does not depend on which others are simulated', () => {
  const alone = lineFrom(midnight, midnight + 24 * hour, '7', [], [assetOf(plant, 'lathe-1')]);
  expect(flat(alone)).toEqual(flat(firstDay).filter(({ machine }) => machine === 'lathe-1'));
});

test('a line that stops at any time goes on as if it had not', () => {
  const whole = flat(lineFrom(midnight, midnight + 30 * hour));
  for (const stop of [
    midnight + 1,
    midnight + 7.3 * hour,
    midnight + 13 * hour + 20_000,
    midnight + 24 * hour,
  ]) {
    const before = whole.filter(({ time_ms }) => time_ms <= stop);
    const last = [...new Map(before.map((point) => [keyOf(point), point])).values()];
    const resumed = Math.max(...before.map(({ time_ms }) => time_ms));
    const after = flat(lineFrom(resumed, midnight + 30 * hour, '7', last));
    expect([...before, ...after]).toEqual(whole);
  }
});

test('instants rise, a signal has one value in each, and only changes are said', () => {
  expect(firstDay.every(({ time_ms }, i) => i === 0 || time_ms > (firstDay[i - 1]?.time_ms ?? 0))).toBe(true);
  const last = new Map<string, unknown>();
  const faults = flat(firstDay).filter((point) => {
    const repeated = last.get(keyOf(point)) === point.value;
    last.set(keyOf(point), point.value);
    return repeated;
  });
  expect(faults).toEqual([]);
  expect(firstDay.every(({ points }) => new Set(points.map(keyOf)).size === points.length)).toBe(true);
});

test('nothing is produced in the breaks of the shifts, and plenty outside of them', () => {
  const inBreak = (time_ms: number) => {
    const minutes = ((time_ms - midnight) / 60_000) % 1440;
    return [570, 1050, 90].some((start) => minutes > start && minutes < start + 30);
  };
  const items = flat(firstDay).filter(({ signal }) => signal === 'good-items' || signal === 'scrap-items');
  expect(items.length).toBeGreaterThan(3000);
  expect(items.filter(({ time_ms }) => inBreak(time_ms))).toEqual([]);
});

test('a day has stops, faults, changeovers of product and scrap', () => {
  const press = flat(firstDay).filter(({ machine }) => machine === 'press-1');
  const values = (signal: string) =>
    press.filter((point) => point.signal === signal).map(({ value }) => value);
  expect(new Set(values('state'))).toEqual(
    new Set([...['Execute', 'Setup', 'Held', 'Suspended', 'Aborted', 'Idle'], ...values('state')]),
  );
  expect(new Set(values('product')).size).toBeGreaterThan(1);
  expect(Number(values('scrap-items').at(-1))).toBeGreaterThan(5);
});

test('a manual bench says only what its type has', () => {
  const signals = new Set(
    flat(firstDay)
      .filter(({ machine }) => machine === 'bench-1')
      .map(({ signal }) => signal),
  );
  expect([...signals].toSorted()).toEqual(['good-items', 'order', 'product', 'scrap-items', 'state']);
});

test('a lathe gauges every item: good ones within the tolerance, scrap outside', () => {
  const tolerance = { lsl: 19.97, usl: 20.03 };
  expect(assetOf(plant, 'lathe-1').type.signals['diameter']).toMatchObject(tolerance);
  const lathe = firstDay.map(({ points }) => points.filter(({ machine }) => machine === 'lathe-1'));
  // A diameter that is the same twice running is not said again.
  const [good, scrap] = ['good-items', 'scrap-items'].map((counter) =>
    lathe
      .filter((points) => points.some(({ signal }) => signal === counter))
      .flatMap((points) => points.filter(({ signal }) => signal === 'diameter'))
      .map(({ value }) => Number(value)),
  );
  expect(good?.length).toBeGreaterThan(500);
  expect(good?.every((mm) => mm > tolerance.lsl && mm < tolerance.usl)).toBe(true);
  expect(scrap?.length).toBeGreaterThan(5);
  expect(scrap?.every((mm) => mm < tolerance.lsl || mm > tolerance.usl)).toBe(true);
});

test('registers rise every ten seconds by what the power says', () => {
  const press = flat(firstDay).filter(({ machine }) => machine === 'press-1');
  const power = press.filter(({ signal }) => signal === 'power');
  const kwh = power.reduce(
    (sum, { time_ms, value }, i) =>
      sum + (Number(value) * ((power[i + 1]?.time_ms ?? midnight + 24 * hour) - time_ms)) / hour,
    0,
  );
  const register = press.filter(({ signal }) => signal === 'energy-import');
  expect(register.length).toBe(8641);
  expect(Number(register.at(-1)?.value)).toBeCloseTo(kwh, 2);
});

test('the feeder of the line measures its machines and a base load that none of them has', () => {
  const metered = ['press-1', 'lathe-1', 'lathe-2', 'robot-1'];
  const assets = [...metered, 'bracket-feeder'].map((id) => assetOf(plant, id));
  const day = flat(lineFrom(midnight, midnight + 24 * hour, '7', [], assets));
  const taken = (machine: string) => {
    const register = day.filter((p) => p.machine === machine && p.signal === 'energy-import');
    return Number(register.at(-1)?.value) - Number(register[0]?.value);
  };
  const rest = taken('bracket-feeder') - metered.reduce((sum, id) => sum + taken(id), 0);
  expect(rest).toBeGreaterThan(0.25 * 24);
  expect(rest).toBeLessThan(0.45 * 24);
});

test('a scanned machine says on whole seconds what it was then', () => {
  const packer = assetOf(plant, 'packer-1');
  const continuous = flat(lineFrom(midnight, midnight + 12 * hour, '7', [], [packer]));
  const scans = take(
    scanned(lineTimeline({ seed: '7', plant, machines: [packer], from_ms: midnight, last: [] }), 1000),
    midnight + 12 * hour,
  );
  expect(scans.every(({ time_ms }) => time_ms % 1000 === 0)).toBe(true);
  const valueAt = (points: typeof continuous, signal: string, time_ms: number) =>
    points.findLast((point) => point.signal === signal && point.time_ms <= time_ms)?.value;
  for (const time_ms of [midnight + 7 * hour, midnight + 8.51 * hour, midnight + 11 * hour])
    for (const signal of ['state', 'good-items', 'scrap-items', 'energy-import', 'order'])
      expect(valueAt(flat(scans), signal, time_ms)).toBe(valueAt(continuous, signal, time_ms));
});
