import { meanOf } from '../mean.ts';
import { largestSubgroup, rangeConstants, smallestSubgroup } from './chart-constants.ts';
import type { QualityReason } from './yield.ts';

/** One plotted value with its centre line and its limits at three standard errors (Shewhart, ISO 7870-2). */
export interface ChartPoint {
  value: number;
  centre: number;
  /** Standard error: limits are centre ± 3 of it. */
  sigma: number;
  lower: number;
  upper: number;
}

export type Chart = readonly ChartPoint[] | { absent: QualityReason };

export type Subgroups = readonly (readonly number[])[];

export interface Proportion {
  nonconforming: number;
  size: number;
}

export interface Rate {
  nonconformities: number;
  units: number;
}

/**
 * Mean and range of subgroups of one size, with limits from a baseline: a stretch that is known to have been under
 * control, or the subgroups themselves.
 */
export function xbarRCharts(
  subgroups: Subgroups,
  baseline: Subgroups = subgroups,
): { xbar: Chart; range: Chart } {
  const size = baseline[0]?.length ?? 0;
  const usable = size >= smallestSubgroup && size <= largestSubgroup && baseline.length >= 2;
  if (!usable || [...subgroups, ...baseline].some((values) => values.length !== size))
    return { xbar: { absent: 'too_few_samples' }, range: { absent: 'too_few_samples' } };
  const centre = meanOf(baseline.map(meanOf));
  const range = meanOf(baseline.map(rangeOf));
  if (range === 0) return { xbar: { absent: 'no_spread' }, range: { absent: 'no_spread' } };
  const sigma = (rangeConstants(size).a2 * range) / 3;
  return {
    xbar: subgroups.map((values) => point(meanOf(values), centre, sigma)),
    range: subgroups.map((values) => rangePoint(rangeOf(values), range, size)),
  };
}

/** Individuals and their moving range of two; the first value has no range. */
export function individualsCharts(
  values: readonly number[],
  baseline: readonly number[] = values,
): { individuals: Chart; moving_range: Chart } {
  const ranges = movingRanges(baseline);
  const absent = ranges.length === 0 ? 'too_few_samples' : meanOf(ranges) === 0 ? 'no_spread' : undefined;
  if (absent !== undefined) return { individuals: { absent }, moving_range: { absent } };
  const range = meanOf(ranges);
  const centre = meanOf(baseline);
  return {
    individuals: values.map((value) => point(value, centre, range / rangeConstants(2).d2)),
    moving_range: movingRanges(values).map((value) => rangePoint(value, range, 2)),
  };
}

/** Share of nonconforming items in samples that may differ in size: limits by each sample's own size. */
export function pChart(samples: readonly Proportion[], baseline: readonly Proportion[] = samples): Chart {
  const share = pooled(baseline.map(({ nonconforming, size }) => ({ count: nonconforming, size })));
  if (share === undefined || samples.some(({ size }) => !(size > 0))) return { absent: 'too_few_samples' };
  return samples.map(({ nonconforming, size }) =>
    clamped(point(nonconforming / size, share, Math.sqrt((share * (1 - share)) / size)), 1),
  );
}

/** Nonconformities a unit in samples of any number of units. */
export function uChart(samples: readonly Rate[], baseline: readonly Rate[] = samples): Chart {
  const rate = pooled(
    baseline.map(({ nonconformities, units }) => ({ count: nonconformities, size: units })),
  );
  if (rate === undefined || samples.some(({ units }) => !(units > 0))) return { absent: 'too_few_samples' };
  return samples.map(({ nonconformities, units }) =>
    clamped(point(nonconformities / units, rate, Math.sqrt(rate / units)), Number.POSITIVE_INFINITY),
  );
}

/** Differences of neighbours, without sign. */
function movingRanges(values: readonly number[]): number[] {
  return values.slice(1).map((value, i) => Math.abs(value - (values[i] ?? value)));
}

function pooled(samples: readonly { count: number; size: number }[]): number | undefined {
  if (samples.length < 2 || samples.some(({ size }) => !(size > 0))) return undefined;
  const sum = (of: 'count' | 'size') => samples.reduce((total, sample) => total + sample[of], 0);
  return sum('count') / sum('size');
}

function rangePoint(value: number, centre: number, size: number): ChartPoint {
  const { d3, d4 } = rangeConstants(size);
  return { value, centre, sigma: ((d4 - 1) * centre) / 3, lower: d3 * centre, upper: d4 * centre };
}

function point(value: number, centre: number, sigma: number): ChartPoint {
  return { value, centre, sigma, lower: centre - 3 * sigma, upper: centre + 3 * sigma };
}

/** A share lies within [0, 1], a rate above 0; so do their limits. */
function clamped(at: ChartPoint, highest: number): ChartPoint {
  return { ...at, lower: Math.max(0, at.lower), upper: Math.min(highest, at.upper) };
}

function rangeOf(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}
