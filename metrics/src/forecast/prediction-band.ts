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

/** A forecast of a span that is over, and what it came to. */
export interface Checked {
  expected_kwh: number;
  actual_kwh: number;
}

/**
 * The band that nine of ten earlier forecasts of the same kind would have needed (split conformal prediction: no
 * distribution is assumed). Errors are compared by the root of what was expected, as the scatter of a sum of many
 * consumers grows: relative to the amount, idle days would widen the band of working days, and as they stand,
 * working days that of idle ones.
 */
export function bandOf(expected_kwh: number, earlier: readonly Checked[]): Band {
  const scaled = earlier.flatMap((past) =>
    past.expected_kwh > 0
      ? [Math.abs(past.actual_kwh - past.expected_kwh) / Math.sqrt(past.expected_kwh)]
      : [],
  );
  const checked = scaled.length;
  if (checked === 0) return { checked };
  const known = { checked, mean_error_kwh: meanOf(scaled) * Math.sqrt(expected_kwh) };
  if (checked < leastErrors) return known;
  const sizes = scaled.toSorted((a, b) => a - b);
  const rank = Math.min(Math.ceil((sizes.length + 1) * share), sizes.length);
  const half = (sizes[rank - 1] ?? 0) * Math.sqrt(expected_kwh);
  return { ...known, low_kwh: Math.max(0, expected_kwh - half), high_kwh: expected_kwh + half };
}
