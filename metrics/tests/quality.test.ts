import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { positionIndex, type Specification, Spread, spreadIndex } from '../src/quality/capability.ts';
import { largestSubgroup, rangeConstants, smallestSubgroup } from '../src/quality/chart-constants.ts';
import { individualsCharts, pChart, uChart, xbarRCharts } from '../src/quality/control-chart.ts';
import { mergeMoments, momentsOf } from '../src/quality/moments.ts';
import { normalQuantile } from '../src/quality/normal.ts';
import { ruleSets, warningsOf } from '../src/quality/rules.ts';
import { dpmo, firstPassYield, rolledYield, rolledYieldFromDpu, sigmaLevel } from '../src/quality/yield.ts';

/** Φ(x) by Simpson's rule over the density: slow, and nothing to do with the code under test. */
function normalShare(x: number): number {
  const steps = 4000;
  const h = x / steps;
  const density = (t: number) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  let sum = density(0) + density(x);
  for (let i = 1; i < steps; i += 1) sum += density(i * h) * (i % 2 === 0 ? 2 : 4);
  return 0.5 + (sum * h) / 3;
}

describe('the normal quantile', () => {
  it('undoes the distribution', () => {
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), (x) => {
        expect(normalQuantile(normalShare(x))).toBeCloseTo(x, 6);
      }),
    );
  });

  it('has the values that tables print', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14);
    expect(normalQuantile(0.5)).toBe(0);
    expect(normalQuantile(1e-9)).toBeCloseTo(-5.997807015007686, 12);
  });
});

describe('yield and defects', () => {
  it('60 defects in 400 units of 6 opportunities: 25 000 DPMO, 3.46 σ', () => {
    expect(dpmo({ defects: 60, units: 400, opportunities: 6 })).toEqual({ value: 25_000 });
    expect(sigmaLevel(25_000)).toEqual({ value: expect.closeTo(3.46, 4) });
  });

  it('3.4 DPMO computes to 5.9999 σ, not to 6', () => {
    const level = sigmaLevel(3.4);
    expect(level).toEqual({ value: expect.closeTo(5.9999, 3) });
    expect('value' in level && level.value < 6).toBe(true);
  });

  it('rolled yield of 0.10, 0.05 and 0.008 defects a unit is 0.853850', () => {
    expect(rolledYieldFromDpu([0.1, 0.05, 0.008])).toEqual({ value: expect.closeTo(0.85385, 6) });
  });

  it('0.85 · 0.90 · 0.95 is 0.72675', () => {
    const chain = [85, 90, 95].map((passed) => ({ submitted: 100, passed }));
    expect(rolledYield(chain)).toEqual({ value: expect.closeTo(0.72675, 12) });
  });

  it('is absent, with the reason, where nothing can be said', () => {
    expect(firstPassYield({ submitted: 0, passed: 0 })).toEqual({ absent: 'no_items' });
    expect(firstPassYield({ submitted: 3, passed: 4 })).toEqual({ absent: 'contradiction' });
    expect(rolledYield([])).toEqual({ absent: 'no_items' });
    expect(rolledYield([{ submitted: 0, passed: 0 }])).toEqual({ absent: 'no_items' });
    expect(dpmo({ defects: 1, units: 0, opportunities: 6 })).toEqual({ absent: 'no_items' });
    expect(sigmaLevel(0)).toEqual({ absent: 'too_few_samples' });
  });
});

describe('capability', () => {
  const spec = { lsl: 240, usl: 270 };
  const capabilityOf = (subgroups: readonly (readonly number[])[], limits: Specification) => {
    const spread = new Spread();
    for (const values of subgroups) spread.add(values);
    return spread.capability(limits);
  };

  it('LSL 240, USL 270, mean 259.667, σ 13.1028: Cp 0.38160, Cpk 0.26288', () => {
    expect(spreadIndex(13.1028, spec)).toEqual({ value: expect.closeTo(0.3816, 4) });
    expect(positionIndex({ count: 30, mean: 259.667 }, 13.1028, spec)).toEqual({
      value: expect.closeTo(0.26288, 4),
    });
  });

  it('takes the spread within subgroups for Cp, that of all values for Pp', () => {
    // Two subgroups with σ = 1 each, their means 10 apart: pooled variance 1; overall by hand over the six values.
    const { cp, cpk, pp, mean } = capabilityOf(
      [
        [249, 250, 251],
        [259, 260, 261],
      ],
      spec,
    );
    expect(mean).toBe(255);
    expect(cp).toEqual({ value: 5 });
    expect(cpk).toEqual({ value: 5 });
    expect(pp).toEqual({ value: expect.closeTo(30 / (6 * Math.sqrt(154 / 5)), 12) });
  });

  it('takes the moving range of individuals', () => {
    const { cp } = capabilityOf([[254], [255], [256], [255]], spec);
    expect(cp).toEqual({ value: expect.closeTo(30 / (6 * (1 / 1.128)), 9) });
  });

  it('uses the one limit there is, and no limit for nothing', () => {
    const values = [[254, 256]];
    expect(capabilityOf(values, { usl: 270 }).ppk).toEqual({
      value: expect.closeTo(15 / (3 * Math.SQRT2), 12),
    });
    expect(capabilityOf(values, { usl: 270 }).pp).toEqual({ absent: 'no_limits' });
    expect(capabilityOf(values, {}).ppk).toEqual({ absent: 'no_limits' });
  });

  it('is absent where nothing varies or too little was measured', () => {
    expect(capabilityOf([[255, 255]], spec).cpk).toEqual({ absent: 'no_spread' });
    expect(capabilityOf([[255]], spec)).toMatchObject({
      cp: { absent: 'too_few_samples' },
      ppk: { absent: 'too_few_samples' },
    });
    expect(capabilityOf([], spec).cpk).toEqual({ absent: 'too_few_samples' });
  });

  it('merges moments in any order and grouping', () => {
    const value = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(fc.array(value), fc.array(value), fc.array(value), (a, b, c) => {
        const [x, y, z] = [momentsOf(a), momentsOf(b), momentsOf(c)];
        const together = mergeMoments(mergeMoments(x, y), z);
        const otherwise = mergeMoments(z, mergeMoments(y, x));
        const all = [...a, ...b, ...c];
        expect(together.count).toBe(all.length);
        expect(otherwise.mean).toBeCloseTo(together.mean, 8);
        expect(otherwise.squares).toBeCloseTo(together.squares, 4);
        const mean = all.reduce((sum, v) => sum + v, 0) / Math.max(1, all.length);
        expect(together.squares).toBeCloseTo(
          all.reduce((sum, v) => sum + (v - mean) ** 2, 0),
          4,
        );
      }),
    );
  });
});

describe('control charts', () => {
  it('use the mean range of normal samples, as integrating its distribution gives it', () => {
    for (let n = smallestSubgroup; n <= largestSubgroup; n += 1) {
      // E(range) = ∫ 1 − Φⁿ − (1 − Φ)ⁿ
      const step = 0.02;
      let mean = 0;
      for (let x = -8; x < 8; x += step) {
        const share = normalShare(x);
        mean += (1 - share ** n - (1 - share) ** n) * step;
      }
      expect(rangeConstants(n).d2).toBeCloseTo(mean, 3);
    }
    expect(rangeConstants(5)).toEqual({
      d2: 2.326,
      a2: expect.closeTo(0.577, 3),
      d3: 0,
      d4: expect.closeTo(2.114, 3),
    });
  });

  it('put limits where the textbook puts them', () => {
    const { xbar, range } = xbarRCharts([
      [10, 12, 11, 9, 13],
      [11, 11, 12, 10, 11],
      [9, 10, 11, 12, 13],
    ]);
    // X̿ = 11, R̄ = (4 + 2 + 4) / 3
    expect(xbar).toMatchObject([{ centre: 11, upper: expect.closeTo(11 + 0.577 * (10 / 3), 2) }, {}, {}]);
    expect(range).toMatchObject([{ value: 4, lower: 0, upper: expect.closeTo(2.114 * (10 / 3), 2) }, {}, {}]);
    const { individuals } = individualsCharts([10, 12, 11]);
    expect(individuals).toMatchObject([{ upper: expect.closeTo(11 + 2.66 * 1.5, 2) }, {}, {}]);
  });

  it('give each sample of a p or u chart the limits of its own size', () => {
    const p = pChart([
      { nonconforming: 5, size: 100 },
      { nonconforming: 15, size: 300 },
    ]);
    expect(p).toMatchObject([
      { centre: 0.05, upper: expect.closeTo(0.05 + 3 * Math.sqrt(0.0475 / 100), 12), lower: 0 },
      { centre: 0.05, upper: expect.closeTo(0.05 + 3 * Math.sqrt(0.0475 / 300), 12) },
    ]);
    const u = uChart([
      { nonconformities: 4, units: 2 },
      { nonconformities: 8, units: 4 },
    ]);
    expect(u).toMatchObject([
      { centre: 2, upper: expect.closeTo(2 + 3, 12) },
      { upper: expect.closeTo(2 + 3 / Math.SQRT2, 12) },
    ]);
  });

  it('are absent rather than drawn from nothing', () => {
    expect(xbarRCharts([[1, 2]]).xbar).toEqual({ absent: 'too_few_samples' });
    expect(individualsCharts([5, 5, 5]).individuals).toEqual({ absent: 'no_spread' });
    expect(
      pChart([
        { nonconforming: 0, size: 0 },
        { nonconforming: 0, size: 5 },
      ]),
    ).toEqual({
      absent: 'too_few_samples',
    });
  });
});

describe('warnings of a chart', () => {
  const at = (z: readonly number[]) =>
    z.map((value) => ({ value, centre: 0, sigma: 1, lower: -3, upper: 3 }));
  const rulesAtEnd = (z: readonly number[], set: keyof typeof ruleSets) =>
    warningsOf(at(z), ruleSets[set])
      .filter((warning) => warning.at === z.length - 1)
      .map(({ rule }) => rule);
  const times = (n: number, of: (i: number) => number) => Array.from({ length: n }, (_, i) => of(i));

  it.each([
    ['western_electric', [0, 3.01], 'beyond_limits'],
    ['western_electric', [2.1, 0, 2.1], 'two_of_three_beyond_two_sigma'],
    ['western_electric', [-1.1, -1.1, 0, -1.1, -1.1], 'four_of_five_beyond_one_sigma'],
    ['western_electric', times(8, () => 0.1), 'eight_on_one_side'],
    ['nelson', times(9, (i) => -0.1 - (i % 2) / 10), 'nine_on_one_side'],
    ['nelson', times(6, (i) => i / 5 - 0.5), 'six_in_trend'],
    ['nelson', times(14, (i) => (i % 2 === 0 ? 1.2 : -0.2)), 'fourteen_alternating'],
    ['nelson', times(15, (i) => ((i % 3) - 1) / 4), 'fifteen_within_one_sigma'],
    ['nelson', times(8, (i) => (i % 3 === 0 ? 1.5 : -1.5)), 'eight_beyond_one_sigma'],
  ] as const)('%s: %j', (set, z, rule) => {
    expect(rulesAtEnd(z, set)).toContain(rule);
    // One point less, and the rule is silent.
    expect(rulesAtEnd(z.slice(1), set)).not.toContain(rule === 'beyond_limits' ? 'none' : rule);
  });

  it('do not mix sides', () => {
    expect(rulesAtEnd([2.1, 0, -2.1], 'western_electric')).toEqual([]);
    expect(rulesAtEnd([1.1, 1.1, -1.1, 1.1, -1.1], 'western_electric')).toEqual([]);
  });

  it('name the points that made them, also where a chart has only begun', () => {
    expect(warningsOf(at([2.1, 2.2, 0]), ruleSets.western_electric)).toEqual([
      { at: 1, rule: 'two_of_three_beyond_two_sigma', points: [0, 1] },
    ]);
    expect(
      warningsOf(at([...times(20, () => 0), 1.5, 0.5, 1.2, 1.3, 1.4]), ruleSets.western_electric),
    ).toEqual([{ at: 24, rule: 'four_of_five_beyond_one_sigma', points: [20, 22, 23, 24] }]);
  });

  it('are few in a process under control', () => {
    // A fixed pseudo-random walk through normal quantiles: no trend, no shift.
    const z = times(1000, (i) => normalQuantile((((i * 7919) % 1009) + 0.5) / 1009));
    expect(warningsOf(at(z), ruleSets.western_electric).length).toBeLessThan(30);
  });
});
