import { normalQuantile } from './normal.ts';

/** A figure of quality, or the reason why there is none. Never 0 or 1 for want of data. */
export type QualityFigure = { value: number } | { absent: QualityReason };

export const qualityReasons = [
  /** Nothing was submitted, or a process of the chain is missing. */
  'no_items',
  /** More passes than items, or negative counts: one of the two counts is wrong. */
  'contradiction',
  'too_few_samples',
  'no_spread',
  /** No specification limit is known. */
  'no_limits',
  /** Nobody declared what no machine gives. */
  'not_declared',
] as const;
export type QualityReason = (typeof qualityReasons)[number];

/** One process of a chain: items submitted for the first time, and those that passed at that submission. */
export interface Submissions {
  submitted: number;
  passed: number;
}

/** First pass yield (一次交验合格率): passes at the first submission ÷ submitted. Rework never enters it. */
export function firstPassYield({ submitted, passed }: Submissions): QualityFigure {
  if (submitted < 0 || passed < 0 || passed > submitted) return { absent: 'contradiction' };
  return submitted === 0 ? { absent: 'no_items' } : { value: passed / submitted };
}

/** Rolled throughput yield (全过程一次交验合格率): the product of first pass yields over all processes of the chain. */
export function rolledYield(chain: readonly Submissions[]): QualityFigure {
  let value = 1;
  for (const process of chain) {
    const step = firstPassYield(process);
    if ('absent' in step) return step;
    value *= step.value;
  }
  return chain.length === 0 ? { absent: 'no_items' } : { value };
}

/** Rolled yield from defects per unit of each process: e^−Σdpu, for defects that fall independently (Poisson). */
export function rolledYieldFromDpu(defectsPerUnit: readonly number[]): QualityFigure {
  if (defectsPerUnit.length === 0) return { absent: 'no_items' };
  if (defectsPerUnit.some((dpu) => dpu < 0)) return { absent: 'contradiction' };
  return { value: Math.exp(-defectsPerUnit.reduce((sum, dpu) => sum + dpu, 0)) };
}

export interface Defects {
  defects: number;
  units: number;
  /** Ways in which one unit can be defective. */
  opportunities: number;
}

/** Defects per million opportunities: D ÷ (U·O) · 10⁶. */
export function dpmo({ defects, units, opportunities }: Defects): QualityFigure {
  if (units === 0 || opportunities === 0) return { absent: 'no_items' };
  const value = (defects / (units * opportunities)) * 1e6;
  return value < 0 || value > 1e6 ? { absent: 'contradiction' } : { value };
}

/** Customary shift of a process over the long run, in σ. */
const shift = 1.5;

/**
 * σ level of a DPMO: Φ⁻¹(1 − DPMO/10⁶) + 1.5. Absent for 0 and for 10⁶, to which no level belongs.
 */
export function sigmaLevel(dpmoValue: number): QualityFigure {
  if (!(dpmoValue >= 0 && dpmoValue <= 1e6)) return { absent: 'contradiction' };
  if (dpmoValue === 0 || dpmoValue === 1e6) return { absent: 'too_few_samples' };
  // −Φ⁻¹(p), because 1 − p would lose the digits of a small p.
  return { value: shift - normalQuantile(dpmoValue / 1e6) };
}
