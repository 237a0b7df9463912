import type { DailyEnergy } from '../forecast/daily-energy.ts';
import { Forecaster } from '../forecast/forecaster.ts';

/** What a running period will come to: what was used so far, and a forecast of the rest. */
export interface Outlook {
  /** In the carrier's unit. */
  expected_kwh: number;
  rest_kwh: number;
  /** Nine of ten earlier forecasts of the rest erred less; absent while too few could be checked. */
  low_kwh?: number;
  high_kwh?: number;
  /** Mean error of earlier forecasts of the rest, scaled to this one. */
  mean_error_kwh?: number;
  /** How many of them could be checked. */
  checked: number;
}

export interface Running {
  /** Days before today, the last one yesterday. */
  history: DailyEnergy;
  /** Days that are left of the period, today included. */
  days: number;
  /** Used in the period up to now, today included. */
  used_kwh: number;
  /** Share of a day like today that is usually used by this time of day. */
  share_of_today: number;
}

/**
 * Forecasts the days that are left by what is usual of such days, and takes off what of today is usually over by
 * now. Undefined while too few days are known.
 */
export function outlookOf({ history, days, used_kwh, share_of_today }: Running): Outlook | undefined {
  const today = history.kwh.length;
  const span = new Forecaster(history, days).at(today);
  const day = new Forecaster(history, 1).at(today);
  if (!span || !day) return undefined;
  const later = Math.max(0, span.expected_kwh - day.expected_kwh);
  const rest_kwh = day.expected_kwh * (1 - share_of_today) + (days > 1 ? later : 0);
  const scale = span.expected_kwh > 0 ? rest_kwh / span.expected_kwh : 0;
  return {
    expected_kwh: used_kwh + rest_kwh,
    rest_kwh,
    ...(span.low_kwh !== undefined && { low_kwh: used_kwh + span.low_kwh * scale }),
    ...(span.high_kwh !== undefined && { high_kwh: used_kwh + span.high_kwh * scale }),
    ...(span.mean_error_kwh !== undefined && { mean_error_kwh: span.mean_error_kwh * scale }),
    checked: span.checked,
  };
}
