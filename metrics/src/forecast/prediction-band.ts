import { meanOf } from '../mean.ts';

/** Where a total will lie in nine cases of ten. */
export interface Band {
  /** In kWh; both absent while too few forecasts could be checked. */
  low_kwh?: number;
  high_kwh?: number;
  /** In kWh: by how much forecasts erred in the mean; absent while none could be checked. */
  mean_error_kwh?: number;
  /** How many forecasts could be checked. */
  checked: number;
}

const share = 0.9;
/** Fewer say nothing of one case in ten. */
const leastErrors = 20;

/**
 * The band that nine of ten earlier forecasts of the same kind would have needed, relative to what they expected
 * (split conformal prediction: no distribution is assumed).
 * @param relativeErrors |actual − expected| / expected of spans that are over, oldest first.
 */
export function bandOf(expected_kwh: number, relativeErrors: readonly number[]): Band {
  const checked = relativeErrors.length;
  if (checked === 0) return { checked };
  const known = { checked, mean_error_kwh: meanOf(relativeErrors) * expected_kwh };
  if (checked < leastErrors) return known;
  const sizes = relativeErrors.toSorted((a, b) => a - b);
  const rank = Math.min(Math.ceil((sizes.length + 1) * share), sizes.length);
  const half = (sizes[rank - 1] ?? 0) * expected_kwh;
  return { ...known, low_kwh: Math.max(0, expected_kwh - half), high_kwh: expected_kwh + half };
}
