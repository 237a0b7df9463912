import { rangeConstants } from './chart-constants.ts';
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
 * What capability needs of subgroups, taken up one after the other, so that a year of values needs no room. The
 * spread within is pooled over subgroups of two and more, each by its degrees of freedom; while all are individuals
 * it is that of their moving range.
 */
export class Spread {
  #all = noMoments;
  #within = { squares: 0, freedom: 0 };
  #ranges = { sum: 0, count: 0 };
  #last: number | undefined;

  add(values: readonly number[]): void {
    const moments = momentsOf(values);
    this.#all = mergeMoments(this.#all, moments);
    if (values.length >= 2) {
      this.#within.squares += moments.squares;
      this.#within.freedom += moments.count - 1;
    }
    for (const value of values) {
      if (this.#last !== undefined) {
        this.#ranges.sum += Math.abs(value - this.#last);
        this.#ranges.count += 1;
      }
      this.#last = value;
    }
  }

  capability(spec: Specification): Capability {
    const all = this.#all;
    const within = this.#deviationWithin();
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

  /** Undefined while there is nothing to tell it from. */
  #deviationWithin(): number | undefined {
    const { squares, freedom } = this.#within;
    if (freedom > 0) return Math.sqrt(squares / freedom);
    const { sum, count } = this.#ranges;
    return count === 0 ? undefined : sum / count / rangeConstants(2).d2;
  }
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
