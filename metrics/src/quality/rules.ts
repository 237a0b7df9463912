import type { ChartPoint } from './control-chart.ts';

/** What a chart warns of; the names say what is seen, the sets say who asks for it. */
export const chartRules = {
  beyond_limits: 'one point beyond the limits',
  two_of_three_beyond_two_sigma: 'two of three points in a row beyond 2σ on one side',
  four_of_five_beyond_one_sigma: 'four of five points in a row beyond 1σ on one side',
  eight_on_one_side: 'eight points in a row on one side of the centre line',
  nine_on_one_side: 'nine points in a row on one side of the centre line',
  six_in_trend: 'six points in a row, each above the one before, or each below',
  fourteen_alternating: 'fourteen points in a row, up and down by turns',
  fifteen_within_one_sigma: 'fifteen points in a row within 1σ of the centre line',
  eight_beyond_one_sigma: 'eight points in a row beyond 1σ, on both sides',
} as const;
export type ChartRule = keyof typeof chartRules;

/** Western Electric Statistical Quality Control Handbook (1956); Nelson, Journal of Quality Technology 16 (1984). */
export const ruleSets = {
  western_electric: [
    'beyond_limits',
    'two_of_three_beyond_two_sigma',
    'four_of_five_beyond_one_sigma',
    'eight_on_one_side',
  ],
  nelson: [
    'beyond_limits',
    'nine_on_one_side',
    'six_in_trend',
    'fourteen_alternating',
    'two_of_three_beyond_two_sigma',
    'four_of_five_beyond_one_sigma',
    'fifteen_within_one_sigma',
    'eight_beyond_one_sigma',
  ],
} as const satisfies Record<string, readonly ChartRule[]>;

/** A rule that a point completes, the last of those that it is about. */
export interface Warning {
  /** Index of the point that completes it. */
  at: number;
  rule: ChartRule;
  /** Indices of the points that made it, that one included. */
  points: readonly number[];
}

export type RuleSet = keyof typeof ruleSets;

/**
 * Every point at which a rule is fulfilled, in order. Points of a range follow no normal distribution, and moving
 * ranges depend on each other, so only `beyond_limits` means anything for them.
 */
export function warningsOf(points: readonly ChartPoint[], rules: readonly ChartRule[]): Warning[] {
  const z = points.map(({ value, centre, sigma }) => (sigma === 0 ? 0 : (value - centre) / sigma));
  return points.flatMap((point, at) => {
    const start = Math.max(0, at + 1 - longest);
    const recent = z.slice(start, at + 1);
    return rules.flatMap((rule): Warning[] => {
      const made = tests[rule](recent, point);
      return made.length === 0 ? [] : [{ at, rule, points: made.map((i) => start + i) }];
    });
  });
}

/** Points that the longest rule is about. */
const longest = 15;

/**
 * Which of the newest points fulfil a rule that the last of them completes; none where it is not fulfilled.
 * @param z in standard errors from the centre line.
 */
type Test = (z: readonly number[], newest: ChartPoint) => number[];

const tests: Record<ChartRule, Test> = {
  beyond_limits: (z, { value, lower, upper }) => (value > upper || value < lower ? [z.length - 1] : []),
  two_of_three_beyond_two_sigma: (z) => mostBeyond(z, { of: 3, need: 2, sigma: 2 }),
  four_of_five_beyond_one_sigma: (z) => mostBeyond(z, { of: 5, need: 4, sigma: 1 }),
  eight_on_one_side: (z) => oneSided(z, 8),
  nine_on_one_side: (z) => oneSided(z, 9),
  six_in_trend: (z) =>
    lastIf(z, 6, (last) => [1, -1].some((way) => stepsOf(last).every((step) => way * step > 0))),
  fourteen_alternating: (z) =>
    lastIf(z, 14, (last) => {
      const steps = stepsOf(last);
      return steps.every((step, i) => step !== 0 && (i === 0 || step * (steps[i - 1] ?? 0) < 0));
    }),
  fifteen_within_one_sigma: (z) => lastIf(z, 15, (last) => last.every((v) => Math.abs(v) < 1)),
  eight_beyond_one_sigma: (z) =>
    lastIf(
      z,
      8,
      (last) => last.every((v) => Math.abs(v) > 1) && last.some((v) => v > 0) && last.some((v) => v < 0),
    ),
};

/** The newest point is one of those beyond, or the same stretch would warn twice. */
function mostBeyond(
  z: readonly number[],
  { of, need, sigma }: { of: number; need: number; sigma: number },
): number[] {
  const first = Math.max(0, z.length - of);
  const newest = z.at(-1) ?? 0;
  if (Math.abs(newest) <= sigma) return [];
  const beyond = indicesFrom(first, z.length).filter((i) => Math.sign(newest) * (z[i] ?? 0) > sigma);
  return beyond.length >= need ? beyond : [];
}

function oneSided(z: readonly number[], count: number): number[] {
  return lastIf(z, count, (last) => [1, -1].some((side) => last.every((v) => side * v > 0)));
}

/** Indices of the last points, where there are so many and they fulfil a condition together. */
function lastIf(z: readonly number[], count: number, holds: (last: readonly number[]) => boolean): number[] {
  if (z.length < count || !holds(z.slice(-count))) return [];
  return indicesFrom(z.length - count, z.length);
}

function stepsOf(values: readonly number[]): number[] {
  return values.slice(1).map((v, i) => v - (values[i] ?? v));
}

function indicesFrom(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, i) => first + i);
}
