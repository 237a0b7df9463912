import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { commands } from '../src/commands.ts';
import { dailyEnergyFromCsv, totalOf } from '../src/forecast/daily-energy.ts';
import { Forecaster } from '../src/forecast/forecaster.ts';
import { rollOrigin } from '../src/forecast/rolling-origin.ts';
import { uniform } from './kit/uniform.ts';

const recorded = gunzipSync(
  readFileSync(
    new URL('../../simulators/recordings/steel-plant-energy/active-energy.csv.gz', import.meta.url),
  ),
).toString('utf8');
const header = 'date,Usage_kWh';
const monday = Date.UTC(2018, 0, 1) / 86_400_000;

/** A plant whose days consume what `kwhOf` says of them. */
const plant = (days: number, kwhOf: (day: number) => number | undefined) => ({
  first_day: monday,
  kwh: Array.from({ length: days }, (_, day) => kwhOf(day)),
});

describe('15-minute energy in a file', () => {
  it('adds up to what its publisher says, with the row of 00:00 closing the day it names', () => {
    const { first_day, kwh } = dailyEnergyFromCsv(recorded, 'recorded');
    expect(kwh.reduce((sum: number, day) => sum + (day ?? Number.NaN), 0)).toBeCloseTo(729_316.67, 6);
    expect(kwh).toHaveLength(273);
    expect(new Date(first_day * 86_400_000).toISOString()).toBe('2018-01-01T00:00:00.000Z');
    // The 96 rows from 00:15 to 23:45 and the 00:00 row that bears the same date, by a sum made apart from this code.
    const first = recorded.split('\n').filter((line) => line.startsWith('01/01/2018'));
    expect(first).toHaveLength(96);
    expect(kwh[0]).toBeCloseTo(
      first.reduce((sum, line) => sum + Number(line.split(',')[1]), 0),
      9,
    );
  });

  it('does not take part of a day for a day', () => {
    const lines = recorded.split('\n').slice(0, 5 * 96);
    const most = lines.filter((line) => !line.startsWith('03/01/2018 10:15'));
    expect(dailyEnergyFromCsv(most.join('\n'), 'recorded').kwh.slice(1, 4)).toEqual([
      expect.any(Number),
      undefined,
      expect.any(Number),
    ]);
  });

  it('takes a row that stands twice once, in any order, with a BOM, Windows line ends, quotes and columns the other way round', () => {
    const rows = recorded
      .trim()
      .split('\n')
      .slice(1, 10 * 96 + 1);
    const odd = [...rows.toReversed(), ...rows.slice(0, 50)].map((row) =>
      row
        .split(',')
        .map((field) => `"${field}"`)
        .toReversed()
        .join(','),
    );
    const { kwh } = dailyEnergyFromCsv(`\uFEFFUsage_kWh,"date"\r\n${odd.join('\r\n')}`, 'odd.csv');
    const { kwh: plain } = dailyEnergyFromCsv([header, ...rows].join('\n'), 'recorded');
    expect(kwh).toHaveLength(10);
    for (const [day, sum] of plain.entries()) expect(kwh[day]).toBeCloseTo(sum ?? Number.NaN, 9);
  });

  it.each([
    ['31/02/2018 00:15,1', "line 2: '31/02/2018 00:15' is no end of a quarter hour"],
    ['01/01/2018 00:10,1', "line 2: '01/01/2018 00:10' is no end of a quarter hour"],
    ['01/01/2018 00:15,', "line 2: Usage_kWh '' is not a number"],
    ['01/01/2018 00:15,"3,17"', "line 2: Usage_kWh '3,17' is not a number"],
    ['01/01/2018 00:15,1\n01/01/2018 00:15,2', 'line 3: contradicts line 2, which has the same interval'],
  ])('names the line of %j', (rows, message) => {
    expect(() => dailyEnergyFromCsv(`${header}\n${rows}\n`, 'energy.csv')).toThrow(message);
  });
});

describe('the forecast', () => {
  it('is exact for a plant that repeats its week', () => {
    const week = [5000, 5000, 5000, 5000, 5000, 2000, 300];
    const series = plant(90, (day) => week[day % 7]);
    expect(new Forecaster(series, 1).at(85)?.expected_kwh).toBeCloseTo(5000, 6);
    expect(new Forecaster(series, 7).at(80)?.expected_kwh).toBeCloseTo(27_300, 6);
    expect(new Forecaster(series, 28).at(60)?.expected_kwh).toBeCloseTo(4 * 27_300, 6);
  });

  it('knows nothing of the future: what comes after the origin changes nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e4, noNaN: true }), { minLength: 60, maxLength: 80 }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.constantFrom(1, 7),
        (days, later, span) => {
          const origin = 50;
          const changed = days.map((kwh, day) => (day < origin ? kwh : later));
          const at = (kwh: number[]) => new Forecaster({ first_day: monday, kwh }, span).at(origin);
          expect(at(changed)).toEqual(at(days));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('says nothing before it knows four weeks, and no band before it could check itself', () => {
    const series = plant(60, (day) => 1000 + (day % 7));
    expect(new Forecaster(series, 1).at(27)).toBeUndefined();
    expect(new Forecaster(series, 1).at(30)).not.toHaveProperty('low_kwh');
    expect(new Forecaster(series, 1).at(59)).toHaveProperty('low_kwh');
    const gaps = plant(60, (day) => (day % 2 === 0 ? 1000 : undefined));
    expect(new Forecaster(gaps, 1).at(50)).toBeUndefined();
    expect(new Forecaster(gaps, 1).at(58)?.expected_kwh).toBeCloseTo(1000, 6);
  });

  it('expects no less than the plant ever needed, though a holiday comes before a quiet day', () => {
    const week = [5000, 5000, 5000, 5000, 5000, 900, 300];
    // Each third Friday nobody works, and the Saturday after is as usual for one that follows a holiday.
    const series = plant(120, (day) => (day % 21 === 18 ? 300 : day % 21 === 19 ? 350 : week[day % 7]));
    const saturday = 5 * 21 + 19 - 21;
    const { expected_kwh = 0, low_kwh = 0, high_kwh = 0 } = new Forecaster(series, 1).at(saturday) ?? {};
    expect(expected_kwh).toBeGreaterThanOrEqual(300);
    expect(high_kwh).toBeGreaterThan(low_kwh);
  });

  it('has bands that hold nine of ten days, of working days and of idle ones', () => {
    // The scatter of a sum of independent consumers: its square grows as the amount does.
    const random = uniform(7);
    const scatter = (mean: number) => mean + Math.sqrt(mean * 30) * (2 * random() - 1);
    const series = plant(400, (day) => scatter(day % 7 < 5 ? 5000 : 300));
    const forecaster = new Forecaster(series, 1);
    const held = (idle: boolean) => {
      const days = Array.from({ length: 300 }, (_, i) => 100 + i).filter((day) => day % 7 >= 5 === idle);
      const inside = days.filter((day) => {
        const { low_kwh = Infinity, high_kwh = -Infinity } = forecaster.at(day) ?? {};
        const actual = series.kwh[day] ?? Number.NaN;
        return low_kwh <= actual && actual <= high_kwh;
      });
      return inside.length / days.length;
    };
    for (const idle of [true, false]) {
      expect(held(idle)).toBeGreaterThan(0.82);
      expect(held(idle)).toBeLessThan(0.98);
    }
  });

  it('has bands that hold nine of ten weeks, though weeks that overlap err together and the level wanders', () => {
    const random = uniform(5);
    let level = 0;
    const series = plant(500, (day) => {
      level = 0.95 * level + 400 * (random() - 0.5);
      return (day % 7 < 5 ? 5000 : 300) + level + 2000 * (random() - 0.5) * (day % 7 < 5 ? 1 : 0.1);
    });
    const { interval_90_coverage } = rollOrigin(series, 120, 'week');
    expect(interval_90_coverage).toBeGreaterThan(0.85);
    expect(interval_90_coverage).toBeLessThan(0.97);
  });

  it('widens its bands while a plant scatters more than it did, and narrows them again', () => {
    const random = uniform(9);
    const wild = (day: number) => day >= 200 && day < 300;
    const series = plant(600, (day) => 5000 + (wild(day) ? 3000 : 500) * (random() - 0.5));
    const forecaster = new Forecaster(series, 1);
    const width = (day: number) => {
      const { low_kwh = Number.NaN, high_kwh = Number.NaN } = forecaster.at(day) ?? {};
      return high_kwh - low_kwh;
    };
    expect(width(290)).toBeGreaterThan(2 * width(199));
    expect(width(599)).toBeLessThan(0.9 * width(300));
  });

  it('has no MASE where seasonal-naive never erred: nothing is divided by zero', () => {
    const report = rollOrigin(
      plant(90, () => 0),
      60,
      'day',
    );
    expect(report).toMatchObject({ mae_kwh: 0, mase: null, seasonal_naive: { mae_kwh: 0 } });
  });

  it('goes on over days that are not known', () => {
    const series = plant(90, (day) => (day % 9 === 4 ? undefined : 1000));
    expect(new Forecaster(series, 7).at(80)?.expected_kwh).toBeCloseTo(7000, 6);
    expect(totalOf(series, 0, 7)).toBeUndefined();
  });
});

describe('on the recorded steel plant, trained to July', () => {
  const series = dailyEnergyFromCsv(recorded, 'recorded');
  const trained = 31 + 28 + 31 + 30 + 31 + 30 + 31;

  it.each([
    ['day', 61, 0.7],
    ['week', 55, 0.8],
    ['month', 34, 1],
  ] as const)('a %s errs less than the same span before', (horizon, origins, ratio) => {
    const report = rollOrigin(series, trained, horizon);
    expect(report.origins).toBe(origins);
    expect(report.mae_kwh).toBeLessThan(ratio * report.seasonal_naive.mae_kwh);
    expect(report.interval_90_coverage).toBeGreaterThan(0.8);
  });

  it('follows the level that changes from winter to summer better than the same span before', () => {
    const toJuly = { ...series, kwh: series.kwh.slice(0, trained) };
    const april = 31 + 28 + 31 + 30;
    for (const horizon of ['day', 'week', 'month'] as const) {
      const report = rollOrigin(toJuly, april, horizon);
      expect(report.mae_kwh).toBeLessThan(0.9 * report.seasonal_naive.mae_kwh);
      expect(report.interval_90_coverage).toBeGreaterThan(0.85);
    }
  });

  // By the place of a row in the file alone: it has all its quarter hours in order, 96 a day.
  const rows = recorded.trim().split('\n').slice(1);
  const readings = rows.map((row) => Number(row.split(',')[1]));

  it.each([
    ['day', 96, 672],
    ['week', 672, 672],
    ['month', 2688, 2688],
  ] as const)('a %s is compared with seasonal-naive as its readings alone give it', (horizon, span, back) => {
    const until: number[] = [0];
    for (const kwh of readings) until.push((until.at(-1) ?? 0) + kwh);
    const total = (from: number) => (until[from + span] ?? Number.NaN) - (until[from] ?? Number.NaN);
    const error = (from: number, to: number) => {
      const errors: number[] = [];
      for (let at = Math.max(from, back); at + span <= to; at += 96)
        errors.push(Math.abs(total(at) - total(at - back)));
      return errors.reduce((a, b) => a + b, 0) / errors.length;
    };
    const report = rollOrigin(series, trained, horizon);
    expect(report.seasonal_naive.mae_kwh).toBeCloseTo(error(trained * 96, readings.length), 4);
    expect(report.mase).toBeCloseTo(report.mae_kwh / error(0, trained * 96), 6);
  });
});

describe('benchline forecast', () => {
  const packed = fileURLToPath(
    new URL('../../simulators/recordings/steel-plant-energy/active-energy.csv.gz', import.meta.url),
  );
  const run = async (values: Record<string, string | boolean>) =>
    await commands['forecast']?.run({
      values: { data: packed, ...values },
      positionals: [],
      signal: new AbortController().signal,
    });

  it('answers one line of JSON about a packed file, and says beside it what was left out', async () => {
    const said = { stdout: '', stderr: '' };
    const spies = (['stdout', 'stderr'] as const).map((name) =>
      vi.spyOn(process[name], 'write').mockImplementation((text) => {
        said[name] += String(text);
        return true;
      }),
    );
    try {
      await run({ 'train-to': '2018-01-21', horizon: 'week', json: true });
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
    expect(said.stdout).toMatch(/^\{.*\}\n$/);
    // 252 days follow, the last week begins on the 246th of them, and forecasts on the 29th day of the file.
    expect(JSON.parse(said.stdout)).toMatchObject({ horizon: 'week', origins: 246 - 7 });
    expect(said.stderr).toContain('7 of 246 forecasts were left out: each needs 28 known days before it');
  });

  it.each([
    [{ 'train-to': '2018-07', horizon: 'day' }, '--train-to 2018-07 is no date'],
    [{ 'train-to': '2018-02-30', horizon: 'day' }, '--train-to 2018-02-30 is no date'],
    [{ 'train-to': '2018-07-31', horizon: 'year' }, '--horizon year is none'],
    [{ 'train-to': '2018-07-31', horizon: 'day', data: '/no/such.csv' }, 'cannot read /no/such.csv'],
    [{ 'train-to': '2019-07-31', horizon: 'day' }, 'leaves nothing to train on or to forecast'],
    [{ 'train-to': '2018-09-20', horizon: 'month' }, 'no span of 28 whole days after the training part'],
  ])('refuses %j with what to do', async (values, message) => {
    await expect(run(values as Record<string, string>)).rejects.toThrow(message);
  });
});
