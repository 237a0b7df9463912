import { expect, test } from 'vitest';
import { positionIndex, spreadIndex } from '../src/quality/capability.ts';
import { rangeConstants } from '../src/quality/chart-constants.ts';
import { type Chart, individualsCharts, pChart, uChart, xbarRCharts } from '../src/quality/control-chart.ts';
import { warningsOf } from '../src/quality/rules.ts';

/** Limits of the first point, and the indices of points beyond theirs. */
function read(chart: Chart) {
  if ('absent' in chart) throw new Error(`no chart: ${chart.absent}`);
  const first = chart[0]!;
  return {
    ...first,
    beyond: warningsOf(chart, ['beyond_limits']).map(({ at }) => at),
  };
}

/** Montgomery, Introduction to Statistical Quality Control, piston rings: inside diameter in mm, 25 samples of 5. */
const pistonRings = [
  [74.03, 74.002, 74.019, 73.992, 74.008],
  [73.995, 73.992, 74.001, 74.011, 74.004],
  [73.988, 74.024, 74.021, 74.005, 74.002],
  [74.002, 73.996, 73.993, 74.015, 74.009],
  [73.992, 74.007, 74.015, 73.989, 74.014],
  [74.009, 73.994, 73.997, 73.985, 73.993],
  [73.995, 74.006, 73.994, 74.0, 74.005],
  [73.985, 74.003, 73.993, 74.015, 73.988],
  [74.008, 73.995, 74.009, 74.005, 74.004],
  [73.998, 74.0, 73.99, 74.007, 73.995],
  [73.994, 73.998, 73.994, 73.995, 73.99],
  [74.004, 74.0, 74.007, 74.0, 73.996],
  [73.983, 74.002, 73.998, 73.997, 74.012],
  [74.006, 73.967, 73.994, 74.0, 73.984],
  [74.012, 74.014, 73.998, 73.999, 74.007],
  [74.0, 73.984, 74.005, 73.998, 73.996],
  [73.994, 74.012, 73.986, 74.005, 74.007],
  [74.006, 74.01, 74.018, 74.003, 74.0],
  [73.984, 74.002, 74.003, 74.005, 73.997],
  [74.0, 74.01, 74.013, 74.02, 74.003],
  [73.982, 74.001, 74.015, 74.005, 73.996],
  [74.004, 73.999, 73.99, 74.006, 74.009],
  [74.01, 73.989, 73.99, 74.009, 74.014],
  [74.015, 74.008, 73.993, 74.0, 74.01],
  [73.982, 73.984, 73.995, 74.017, 74.013],
];

test('X̄ and R of the piston rings: 74.00118 within 73.98777 and 74.01458, R̄ 0.02324 below 0.04914', () => {
  const { xbar, range } = xbarRCharts(pistonRings);
  const x = read(xbar);
  expect([x.centre, x.lower, x.upper]).toEqual([
    expect.closeTo(74.00118, 5),
    expect.closeTo(73.98777, 5),
    expect.closeTo(74.01458, 5),
  ]);
  const r = read(range);
  expect([r.centre, r.lower, r.upper]).toEqual([expect.closeTo(0.02324, 5), 0, expect.closeTo(0.04914, 4)]);
  expect([...x.beyond, ...r.beyond]).toEqual([]);
});

test('with σ = R̄ ÷ d₂ and limits 74.000 ± 0.05 mm, Cp of the piston rings is 1.668 and Cpk 1.629', () => {
  const spec = { lsl: 73.95, usl: 74.05 };
  const sigma = 0.02324 / rangeConstants(5).d2;
  expect(spreadIndex(sigma, spec)).toEqual({ value: expect.closeTo(1.668, 3) });
  expect(positionIndex({ count: 125, mean: 74.001176 }, sigma, spec)).toEqual({
    value: expect.closeTo(1.629, 3),
  });
});

test('limits of a baseline judge what comes later', () => {
  const shifted = pistonRings.slice(0, 9).map((values) => values.map((value) => value + 0.01));
  const { xbar } = xbarRCharts(shifted, pistonRings);
  expect(read(xbar).centre).toBeCloseTo(74.00118, 5);
  if ('absent' in xbar) throw new Error(xbar.absent);
  expect(warningsOf(xbar, ['nine_on_one_side']).map(({ at }) => at)).toEqual([8]);
  expect(read(xbar).beyond).toEqual([0, 2]);
});

test('individuals of a flow rate: 50.81 within 45.8159 and 55.8041', () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2.
  const flow = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1];
  const { individuals, moving_range } = individualsCharts(flow);
  const i = read(individuals);
  expect([i.centre, i.lower, i.upper, i.beyond]).toEqual([
    expect.closeTo(50.81, 9),
    expect.closeTo(45.8159, 4),
    expect.closeTo(55.8041, 4),
    [],
  ]);
  expect(read(moving_range).centre).toBeCloseTo(1.8778, 4);
});

test('p chart of juice cans: 0.2313 within 0.0524 and 0.4102, samples 15 and 23 beyond', () => {
  // Montgomery: nonconforming cans in 30 samples of 50.
  const cans = [
    12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9,
    6,
  ];
  const { centre, lower, upper, beyond } = read(
    pChart(cans.map((nonconforming) => ({ nonconforming, size: 50 }))),
  );
  expect([centre, lower, upper, beyond]).toEqual([
    expect.closeTo(0.2313, 4),
    expect.closeTo(0.0524, 4),
    expect.closeTo(0.4102, 4),
    [14, 22],
  ]);
});

test('u chart of personal computers: 1.93 within 0.07 and 3.79, none beyond', () => {
  // Montgomery: nonconformities in 20 samples of 5 computers.
  const found = [10, 12, 8, 14, 10, 16, 11, 7, 10, 15, 9, 5, 7, 11, 12, 6, 8, 10, 7, 5];
  const { centre, lower, upper, beyond } = read(
    uChart(found.map((nonconformities) => ({ nonconformities, units: 5 }))),
  );
  expect([centre, lower, upper, beyond]).toEqual([
    expect.closeTo(1.93, 9),
    expect.closeTo(0.07, 2),
    expect.closeTo(3.79, 2),
    [],
  ]);
});
