import { rangeConstants } from './chart-constants.ts';
import { movingRanges, type Subgroups } from './control-chart.ts';
import { deviationOf, type Moments, mergeMoments, momentsOf, noMoments } from './moments.ts';
import type { QualityFigure } from './yield.ts';

/** Specification limits; either may be missing, then the index of that side decides. */
export interface Specification {
  lsl?: number;
  usl?: number;
}

/** Spread and position indices of one characteristic. */
export interface Capability {
  samples: number;
  mean: number | undefined;
  /** Within subgroups: what the process can do. Cp, Cpk (ISO 22514-2; ISO 22400-2). */
  cp: QualityFigure;
  cpk: QualityFigure;
  /** Over all values: what it did. Pp, Ppk; of a short run of one machine the same formulas are Cm and Cmk. */
  pp: QualityFigure;
  ppk: QualityFigure;
}

/**
 * Capability of measured subgroups in the order in which they were taken. Subgroups of one are individuals: their
 * spread within is that of the moving range.
 */
export function capabilityOf(subgroups: Subgroups, spec: Specification): Capability {
  const all = subgroups.map(momentsOf).reduce(mergeMoments, noMoments);
  const within = deviationWithin(subgroups);
  const overall = deviationOf(all);
  return {
    samples: all.count,
    mean: all.count === 0 ? undefined : all.mean,
    cp: spreadIndex(within, spec),
    cpk: positionIndex(all, within, spec),
    pp: spreadIndex(overall, spec),
    ppk: positionIndex(all, overall, spec),
  };
}

/** (USL − LSL) ÷ 6σ: Cp, Pp or Cm by which deviation it is given. Needs both limits. */
export function spreadIndex(deviation: number | undefined, { lsl, usl }: Specification): QualityFigure {
  if (lsl === undefined || usl === undefined) return { absent: 'no_limits' };
  if (deviation === undefined) return { absent: 'too_few_samples' };
  return deviation === 0 ? { absent: 'no_spread' } : { value: (usl - lsl) / (6 * deviation) };
}

/** min(USL − mean, mean − LSL) ÷ 3σ: Cpk, Ppk or Cmk; with one limit its term alone. */
export function positionIndex(
  { count, mean }: Pick<Moments, 'count' | 'mean'>,
  deviation: number | undefined,
  { lsl, usl }: Specification,
): QualityFigure {
  if (lsl === undefined && usl === undefined) return { absent: 'no_limits' };
  if (count === 0 || deviation === undefined) return { absent: 'too_few_samples' };
  if (deviation === 0) return { absent: 'no_spread' };
  const room = Math.min((usl ?? Number.POSITIVE_INFINITY) - mean, mean - (lsl ?? Number.NEGATIVE_INFINITY));
  return { value: room / (3 * deviation) };
}

/**
 * σ within subgroups: pooled over subgroups of two and more, each by its degrees of freedom; the mean moving range
 * ÷ d₂ where all are individuals. Undefined while there is nothing to tell it from.
 */
function deviationWithin(subgroups: Subgroups): number | undefined {
  if (subgroups.every((values) => values.length <= 1)) {
    const values = subgroups.flat();
    if (values.length < 2) return undefined;
    const ranges = movingRanges(values);
    return ranges.reduce((sum, range) => sum + range, 0) / ranges.length / rangeConstants(2).d2;
  }
  const groups = subgroups.filter((values) => values.length >= 2).map(momentsOf);
  const freedom = groups.reduce((sum, { count }) => sum + count - 1, 0);
  return Math.sqrt(groups.reduce((sum, { squares }) => sum + squares, 0) / freedom);
}
