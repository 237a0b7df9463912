import { nsFromIso, type Tariff } from '@benchline/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { earlierPeriod, localPeriods, periodAround } from '../src/calendar/local-periods.ts';
import { fitBaseline, performanceOf } from '../src/energy/baseline.ts';
import { explain } from '../src/energy/explanation.ts';
import { leastSquares, predict } from '../src/energy/least-squares.ts';
import { outlookOf } from '../src/energy/outlook.ts';
import { bandsOf, costsOf } from '../src/energy/tariff.ts';
import { lengthOf } from '../src/intervals.ts';
import { uniform } from './kit/uniform.ts';

const hour = 3_600_000_000_000n;

describe('least squares', () => {
  test('give the textbook line: Anscombe, first set', () => {
    const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
    const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
    const fit = leastSquares(
      x.map((value, i) => ({ x: [value], y: y[i]! })),
      1,
    )!;
    expect(fit.intercept).toBeCloseTo(3.0000909, 6);
    expect(fit.slopes[0]).toBeCloseTo(0.5000909, 6);
    expect(fit.r2).toBeCloseTo(0.6665425, 6);
    expect(fit.standard_error).toBeCloseTo(1.2366033, 6);
  });

  test('leave residuals that are orthogonal to every variable', () => {
    const value = fc.double({ min: -100, max: 100, noNaN: true });
    const points = fc.array(fc.record({ x: fc.tuple(value, value), y: value }), {
      minLength: 6,
      maxLength: 30,
    });
    fc.assert(
      fc.property(points, (list) => {
        const fit = leastSquares(list, 2);
        fc.pre(fit !== undefined && fit.slopes.every((slope) => Math.abs(slope) < 1e4));
        const residuals = list.map((p) => p.y - predict(fit, p.x));
        for (const weight of [() => 1, (i: number) => list[i]!.x[0], (i: number) => list[i]!.x[1]])
          expect(Math.abs(residuals.reduce((sum, r, i) => sum + r * weight(i), 0))).toBeLessThan(1e-3);
      }),
    );
  });

  test('say nothing where the variables vary only together', () => {
    const points = [1, 2, 3, 4, 5, 6].map((x) => ({ x: [x, 2 * x], y: x }));
    expect(leastSquares(points, 2)).toBeUndefined();
    expect(
      leastSquares(
        points.map((p) => ({ ...p, x: [1] })),
        1,
      ),
    ).toBeUndefined();
  });
});

describe('a baseline', () => {
  const points = (list: readonly (readonly [x: number | undefined, y: number | undefined])[]) =>
    list.map(([x, energy], i) => ({
      from_ns: BigInt(i),
      to_ns: BigInt(i + 1),
      energy,
      variables: [x],
    }));

  test('of a ratio is total over total, and incomplete periods are left out', () => {
    const known = points([
      [10, 20],
      [30, 50],
      [undefined, 99],
      [5, undefined],
      [20, 41],
      [10, 19],
      [10, 18],
    ]);
    const fitted = fitBaseline({ model: 'ratio', variables: ['items'] }, known);
    expect(fitted).toMatchObject({ status: 'ok', model: { intercept: 0, n: 5, slopes: [148 / 80] } });
  });

  test('adds savings up, and goes on past periods that cannot be told', () => {
    const model = { intercept: 10, slopes: [2], n: 10, r2: 1, standard_error: 0, cv: 0 };
    const told = performanceOf(
      model,
      points([
        [5, 18],
        [undefined, 30],
        [5, 25],
      ]),
    );
    expect(told.map(({ saving, cusum }) => [saving, cusum])).toEqual([
      [2, 2],
      [undefined, 2],
      [-5, -3],
    ]);
  });
});

describe('a tariff', () => {
  const tariff: Tariff = {
    id: 't',
    name: { en: 'T' },
    carrier: 'electricity',
    currency: 'EUR',
    versions: [
      {
        valid_from: '2026-01-01',
        prices: { valley: 1, peak: 3, flat: 2 },
        otherwise: 'flat',
        periods: [
          { band: 'peak', days: ['sun'], start: '10:00', end: '12:00' },
          { band: 'valley', months: [3, 10], start: '23:00', end: '07:00' },
        ],
      },
    ],
  };
  const hours = (from: string, to: string) =>
    Object.fromEntries(
      costsOf(
        bandsOf(tariff, 'Europe/Berlin', { from_ns: nsFromIso(from), to_ns: nsFromIso(to) }).map(
          (stretch) => ({
            ...stretch,
            amount: stretch.to_ns - stretch.from_ns,
          }),
        ),
      ).map(({ band, time_ns, cost }) => [band, [Number(time_ns / hour), cost / 3600]]),
    );

  test('is an hour shorter or longer where the clocks change', () => {
    // Cost of one unit a nanosecond: amount and price together.
    expect(hours('2026-03-29T00:00:00+01:00', '2026-03-30T00:00:00+02:00')).toEqual({
      valley: [7, 7],
      flat: [14, 28],
      peak: [2, 6],
    });
    expect(hours('2026-10-25T00:00:00+02:00', '2026-10-26T00:00:00+01:00')).toEqual({
      valley: [9, 9],
      flat: [14, 28],
      peak: [2, 6],
    });
  });

  test('goes by the month and weekday of each date', () => {
    const night = hours('2026-03-31T20:00:00+02:00', '2026-04-01T08:00:00+02:00');
    expect(night).toEqual({ flat: [11, 22], valley: [1, 1] });
  });

  test('covers every instant once from its first version on', () => {
    const instant = fc
      .integer({ min: 0, max: 4000 })
      .map((h) => nsFromIso('2025-12-20T00:00:00Z') + BigInt(h) * hour);
    const first = nsFromIso('2026-01-01T00:00:00+01:00');
    fc.assert(
      fc.property(instant, fc.integer({ min: 1, max: 400 }), (from_ns, length) => {
        const to_ns = from_ns + (BigInt(length) * hour) / 3n;
        const bands = bandsOf(tariff, 'Europe/Berlin', { from_ns, to_ns });
        const since = from_ns > first ? from_ns : first;
        expect(lengthOf(bands)).toBe(to_ns > since ? to_ns - since : 0n);
        for (const [i, band] of bands.slice(1).entries()) expect(band.from_ns).toBe(bands[i]!.to_ns);
      }),
      { numRuns: 40 },
    );
  });
});

describe('local periods', () => {
  const at = nsFromIso('2026-03-29T12:00:00+02:00');

  test('adjoin, and hold the instant', () => {
    for (const period of ['hour', 'day', 'week', 'month'] as const) {
      const around = periodAround('Europe/Berlin', period, at);
      expect(around.from_ns <= at && at < around.to_ns).toBe(true);
      const list = localPeriods('Europe/Berlin', period, { from_ns: at - 2000n * hour, to_ns: at });
      for (const [i, next] of list.slice(1).entries()) expect(next.from_ns).toBe(list[i]!.to_ns);
    }
    const day = periodAround('Europe/Berlin', 'day', at);
    expect(day.to_ns - day.from_ns).toBe(23n * hour);
    const month = periodAround('Europe/Berlin', 'month', at);
    expect(earlierPeriod('Europe/Berlin', 'month', month, 3).from_ns).toBe(
      nsFromIso('2025-12-01T00:00:00+01:00'),
    );
    expect(earlierPeriod('Europe/Berlin', 'day', day, 1).from_ns).toBe(
      nsFromIso('2026-03-22T00:00:00+01:00'),
    );
  });
});

describe('an explanation', () => {
  test('adds up exactly, whatever the cells', () => {
    const key = fc.constantFrom(
      'press/producing/a',
      'press/waiting/',
      'lathe/setup/b',
      'acme/x/not_by_state/',
    );
    const cells = fc
      .dictionary(key, fc.bigInt({ min: -1000n, max: 10n ** 15n }))
      .map((d) => new Map(Object.entries(d)));
    fc.assert(
      fc.property(cells, fc.array(cells, { minLength: 1, maxLength: 5 }), (actual, references) => {
        const told = explain(actual, references);
        const sum = told.contributions.reduce((all, c) => all + c.difference, 0n);
        expect(sum).toBe(told.difference);
        expect(told.actual - told.usual).toBe(told.difference);
        expect(told.actual).toBe([...actual.values()].reduce((a, b) => a + b, 0n));
      }),
    );
  });
});

describe('the outlook of a running period', () => {
  const week = [96, 96, 96, 96, 96, 24, 24];
  const kwh = Array.from({ length: 70 }, (_, i) => week[i % 7]!);
  // 5 January 2026 was a Monday.
  const history = { first_day: Date.UTC(2026, 0, 5) / 86_400_000, kwh };
  const half = { by_now_kwh: 48, whole_kwh: 96 };
  const noon = { earlier: Array.from({ length: 6 }, () => half), elapsed: 0.5 };

  test('is what was used and the rest of it', () => {
    const outlook = outlookOf({ history, days: 7, used_kwh: 48, today: { ...noon, used_kwh: 48 } })!;
    expect(outlook.expected_kwh).toBeCloseTo(528, 6);
    expect(outlook.rest_kwh).toBeCloseTo(480, 6);
    const short = { ...history, kwh: kwh.slice(0, 20) };
    expect(outlookOf({ history: short, days: 1, used_kwh: 1, today: noon })).toBeUndefined();
  });

  test('believes the pace of a day by as much of it as is over', () => {
    const rest = (used_kwh: number | undefined) =>
      outlookOf({ history, days: 1, used_kwh: 48, today: { ...noon, used_kwh } })!.rest_kwh;
    expect(rest(48)).toBeCloseTo(48, 6);
    expect(rest(24)).toBeCloseTo(48 * (0.5 + 0.5 * 0.5), 6);
    expect(rest(undefined)).toBeCloseTo(48, 6);
  });

  test('is not moved by one evening that was unlike the others', () => {
    const earlier = [{ by_now_kwh: 48, whole_kwh: 136 }, ...noon.earlier.slice(1)];
    const today = { ...noon, earlier, used_kwh: 48 };
    expect(outlookOf({ history, days: 1, used_kwh: 48, today })!.rest_kwh).toBeCloseTo(48, 6);
  });

  test('has bands that hold nine of ten at any time of day, though how a day goes is not known either', () => {
    // Days differ, and so does how much of each comes in the evening: both decided by the seed alone.
    const random = uniform(11);
    const days = Array.from({ length: 160 }, () => {
      const whole_kwh = 1000 + 400 * (random() - 0.5);
      const evening = 100 * random();
      return { whole_kwh, noon: (whole_kwh - evening) / 2, evening: whole_kwh - evening };
    });
    for (const time of ['noon', 'evening'] as const) {
      let held = 0;
      for (let today = 80; today < days.length; today += 1) {
        const cut = days.map((day) => ({ by_now_kwh: day[time], whole_kwh: day.whole_kwh }));
        const outlook = outlookOf({
          history: { ...history, kwh: days.slice(today - 70, today).map((day) => day.whole_kwh) },
          days: 1,
          used_kwh: cut[today]!.by_now_kwh,
          today: {
            earlier: cut.slice(today - 6, today),
            used_kwh: cut[today]!.by_now_kwh,
            elapsed: time === 'noon' ? 0.5 : 0.8,
          },
        })!;
        const { low_kwh = Infinity, high_kwh = -Infinity } = outlook;
        if (low_kwh <= cut[today]!.whole_kwh && cut[today]!.whole_kwh <= high_kwh) held += 1;
      }
      expect(held / (days.length - 80)).toBeGreaterThan(0.85);
    }
  });
});
