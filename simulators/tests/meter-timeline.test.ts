import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readMeter, shippedMeterReadings } from '../src/recordings/meter-readings.ts';
import { meterTimeline } from '../src/time/meter-timeline.ts';
import { Changes } from '../src/time/timeline.ts';

const quarter = 900_000;
const lapDays = 273;
const epoch_ms = Date.parse('2018-01-01T00:00:00+08:00');

const { intervals_ckwh } = readMeter(shippedMeterReadings);

function registerFrom(from_ms: number, readings: number): { time_ms: number; kwh: number }[] {
  const timeline = meterTimeline({
    machine: 'steel-meter',
    intervals_ckwh,
    epoch_ms,
    from_ms,
    changes: new Changes(),
  });
  const taken: { time_ms: number; kwh: number }[] = [];
  let kwh = Number.NaN;
  for (let i = 0; i < readings; i++) {
    const instant = timeline.next().value;
    if (!instant) break;
    kwh = Number(instant.points[0]?.value ?? kwh);
    taken.push({ time_ms: instant.time_ms, kwh });
  }
  return taken;
}

test('a lap of the recording adds the energy that the source has', () => {
  const lap = registerFrom(Date.parse('2026-03-02T10:00:00+08:00'), lapDays * 96 + 1);
  expect((lap.at(-1)?.kwh ?? 0) - (lap[0]?.kwh ?? 0)).toBeCloseTo(729_316.67, 2);
});

test('every interval has the energy of its row, the one that ends at midnight too', () => {
  const rows = gunzipSync(readFileSync(shippedMeterReadings))
    .toString()
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
  const register = registerFrom(epoch_ms, 3 * 96 + 1);
  for (let i = 1; i < register.length; i++) {
    const [stamp = '', energy = ''] = rows[i - 1] ?? [];
    const local = new Date((register[i]?.time_ms ?? 0) + 8 * 3_600_000).toISOString();
    expect(stamp.slice(-5)).toBe(local.slice(11, 16));
    expect((register[i]?.kwh ?? 0) - (register[i - 1]?.kwh ?? 0)).toBeCloseTo(Number(energy), 6);
  }
});

test('the register does not depend on where reading it begins, and stands on quarters', () => {
  const from = Date.parse('2026-03-02T10:07:00+08:00');
  const late = registerFrom(from + 5 * quarter, 4);
  expect(registerFrom(from, 9).slice(5)).toEqual(late);
  expect(late[0]?.time_ms).toBe(Date.parse('2026-03-02T11:30:00+08:00'));
});

test('weekdays fall on weekdays', () => {
  const day = (date: string) => {
    const readings = registerFrom(Date.parse(`${date}T00:00:00+08:00`), 97);
    return (readings.at(-1)?.kwh ?? 0) - (readings[0]?.kwh ?? 0);
  };
  const dates = Array.from({ length: 28 }, (_, i) =>
    new Date(Date.UTC(2026, 2, 2 + i)).toISOString().slice(0, 10),
  );
  const sundays = dates.filter((date) => new Date(date).getUTCDay() === 0);
  const mean = (some: readonly string[]) => some.map(day).reduce((sum, kwh) => sum + kwh, 0) / some.length;
  expect(mean(sundays)).toBeLessThan(mean(dates.filter((date) => !sundays.includes(date))) / 2);
});
