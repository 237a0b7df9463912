import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SimClock } from '../src/time/clock.ts';
import { type Outlet, Pump } from '../src/time/pump.ts';
import type { Instant } from '../src/time/timeline.ts';
import { TruthLog } from '../src/time/truth.ts';
import { readTruth, type TruthPoint } from '../src/time/truth-file.ts';
import { testFolder } from './support/folder.ts';

function point(time_ms: number, value: number): TruthPoint {
  return { machine: 'press-1', signal: 'power', time_ms, value };
}

test('a clock catches up, keeps to the wall, and is never ahead of it', () => {
  let wall = 100_000;
  const clock = new SimClock({ start_ms: 0, rate: 50, wall: () => wall });
  const seen: number[] = [];
  for (let i = 0; i < 40; i++) {
    wall += 100;
    seen.push(clock.advance());
    expect(clock.time_ms).toBeLessThanOrEqual(wall);
  }
  expect(seen[0]).toBe(5000);
  expect(seen[9]).toBe(50_000);
  expect(seen.at(-1)).toBe(wall);
  wall -= 10_000;
  expect(clock.advance()).toBe(seen.at(-1));
});

test('a clock that is held lets no time pass, and catches up afterwards', () => {
  let wall = 10_000;
  const clock = new SimClock({ start_ms: 0, rate: 10, wall: () => wall });
  wall += 5000;
  clock.hold();
  expect(clock.advance()).toBe(0);
  wall += 100;
  expect(clock.advance()).toBe(1000);
});

test('a clock ends where its recording ends', () => {
  let wall = 1_000_000;
  const clock = new SimClock({ start_ms: 0, end_ms: 700, rate: 50, wall: () => wall });
  wall += 1000;
  expect(clock.advance()).toBe(700);
  expect(clock.ended).toBe(true);
});

test('a pump delivers every instant once and in order, however much is due at once', async () => {
  const instants = Array.from(
    { length: 9000 },
    (_, i): Instant => ({ time_ms: i + 1, points: [point(i + 1, i)] }),
  );
  const delivered: number[] = [];
  const claims: number[] = [];
  const outlet: Outlet = {
    ready: () => true,
    async deliver(due, time_ms) {
      delivered.push(...due.map((instant) => instant.time_ms));
      claims.push(time_ms);
      // One instant a millisecond: the claim is complete when as many were delivered.
      expect(delivered.length).toBe(time_ms);
    },
  };
  const clock = new SimClock({ start_ms: 0, end_ms: 9000, rate: 1e6 });
  await new Pump(clock, instants.values(), outlet).run(AbortSignal.timeout(10_000));
  expect(delivered).toEqual(instants.map(({ time_ms }) => time_ms));
  expect(claims.at(-1)).toBe(9000);
});

test('a truth log goes on where it stopped, with or without its saved state', async () => {
  const file = join(testFolder(), 'truth', 'press.ndjson');
  const log = await TruthLog.open(file);
  await log.append([point(1000, 1), { ...point(2000, 2), seq: 0 }]);
  await log.append([
    { machine: 'press-1', signal: 'good-items', time_ms: 3000, value: 9_007_199_254_740_993n, seq: 1 },
  ]);
  await log.close();
  const check = async () => {
    const resumed = await TruthLog.open(file);
    expect([...resumed.last].map(({ signal, time_ms, value }) => [signal, time_ms, value])).toEqual([
      ['power', 2000, 2],
      ['good-items', 3000, 9_007_199_254_740_993n],
    ]);
    expect([resumed.lastTime_ms, resumed.nextSeq, resumed.emitted]).toEqual([3000, 2, 0]);
    await resumed.close();
  };
  await check();
  rmSync(`${file}.state.json`);
  await check();
});

test('a torn last line is cut, for it was never on the wire; a line that is damaged is refused', async () => {
  const file = join(testFolder(), 'press.ndjson');
  const log = await TruthLog.open(file);
  await log.append([point(1000, 1)]);
  await log.close();
  const whole = readFileSync(file, 'utf8');
  appendFileSync(file, '{"machine":"press-1","signal":"pow');
  const resumed = await TruthLog.open(file);
  expect(readFileSync(file, 'utf8')).toBe(whole);
  await resumed.append([point(2000, 2)]);
  await resumed.close();
  const points: number[] = [];
  for await (const { time_ms } of readTruth(file)) points.push(time_ms);
  expect(points).toEqual([1000, 2000]);
  appendFileSync(file, 'not json\n');
  await expect(TruthLog.open(file)).rejects.toThrow(/is no observation/);
});

test('a log with a limit keeps one file before it, and goes on from either side of the change', async () => {
  const file = join(testFolder(), 'press.ndjson');
  let log = await TruthLog.open(file, 200);
  for (let n = 1; n <= 10; n += 1) {
    await log.append([{ ...point(n * 1000, n), seq: n }]);
    if (n % 3 > 0) continue;
    await log.close();
    log = await TruthLog.open(file, 200);
    expect([log.lastTime_ms, log.nextSeq]).toEqual([n * 1000, n + 1]);
  }
  await log.close();
  const kept: number[] = [];
  for (const name of [`${file}.1`, file])
    for await (const { time_ms } of readTruth(name)) kept.push(time_ms / 1000);
  expect(kept.at(-1)).toBe(10);
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => 10 - kept.length + 1 + i));
  expect(kept.length).toBeLessThan(10);
});
