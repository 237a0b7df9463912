import type { DailyEnergy } from '../forecast/daily-energy.ts';
import { type Forecast, Forecaster } from '../forecast/forecaster.ts';

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

/** A day cut at a time of day. */
export interface CutDay {
  by_now_kwh: number;
  whole_kwh: number;
}

export interface Today {
  /** Earlier days of its kind, cut at this time. */
  earlier: readonly CutDay[];
  /** Absent where it is not known. */
  used_kwh?: number | undefined;
  /** Share of its time that is over. */
  elapsed: number;
}

export interface Running {
  /** Days before today, the last one yesterday. */
  history: DailyEnergy;
  /** Days that are left of the period, today included. */
  days: number;
  /** Used in the period up to now, today included. */
  used_kwh: number;
  today: Today;
}

/**
 * Forecasts what is left of today and the days after it. The error of several days shrinks while the first of them
 * passes, from that of as many days to that of one less, by as much as the error of today does.
 * Undefined while too few days are known.
 */
export function outlookOf({ history, days, used_kwh, today }: Running): Outlook | undefined {
  const origin = history.kwh.length;
  const forecastOf = (count: number) => new Forecaster(history, count).at(origin);
  const day = forecastOf(1);
  const span = days === 1 ? day : forecastOf(days);
  const later = days === 1 ? over : days === 2 ? day : forecastOf(days - 1);
  if (!day || !span || !later) return undefined;
  const { rest_kwh: left_today, unsure } = restOfToday(day, today);
  const rest_kwh = left_today + Math.max(0, span.expected_kwh - day.expected_kwh);
  const half = between(unsure, halfOf(later), halfOf(span));
  const mean_error_kwh = between(unsure, later.mean_error_kwh, span.mean_error_kwh);
  return {
    expected_kwh: used_kwh + rest_kwh,
    rest_kwh,
    ...(half !== undefined && {
      low_kwh: used_kwh + Math.max(0, rest_kwh - half),
      high_kwh: used_kwh + rest_kwh + half,
    }),
    ...(mean_error_kwh !== undefined && { mean_error_kwh }),
    checked: span.checked,
  };
}

/** No days at all, which nobody errs about. */
const over: Forecast = { expected_kwh: 0, low_kwh: 0, high_kwh: 0, mean_error_kwh: 0, checked: 0 };
/** A deviation that one of ten exceeds, in standard deviations of five or so degrees of freedom (Student). */
const exceededByOneOfTen = 2;

interface RestOfToday {
  rest_kwh: number;
  /** Which part of what was uncertain about today in the morning still is. */
  unsure: number;
}

/**
 * What is left of the day's forecast by the share that usually is over by now, moved towards today's own pace: as
 * much of the day as is over, so much is its pace believed. What is unsure is how much the day will be, and how
 * earlier days were shaped: late in a day the second is the larger part.
 */
function restOfToday(day: Forecast, { earlier, used_kwh, elapsed }: Today): RestOfToday {
  const share = usualShare(earlier) ?? elapsed;
  const usual = day.expected_kwh * (1 - share);
  const expected_by_now = day.expected_kwh * share;
  const pace = used_kwh === undefined || expected_by_now <= 0 ? 1 : Math.max(0, used_kwh / expected_by_now);
  const half = halfOf(day) ?? 0;
  const shape = half > 0 ? (exceededByOneOfTen * shapeErrorOf(earlier, share)) / half : 0;
  return {
    rest_kwh: usual * (1 - share + share * pace),
    unsure: Math.min(1, Math.hypot(1 - share, shape)),
  };
}

/** The share over of which half of the energy of earlier days was: one unusual evening moves no median. */
function usualShare(earlier: readonly CutDay[]): number | undefined {
  const shares = earlier
    .filter(({ whole_kwh }) => whole_kwh > 0)
    .map(({ by_now_kwh, whole_kwh }) => ({ share: by_now_kwh / whole_kwh, weight: whole_kwh }))
    .toSorted((a, b) => a.share - b.share);
  let left = shares.reduce((sum, { weight }) => sum + weight, 0) / 2;
  const middle = shares.find(({ weight }) => {
    left -= weight;
    return left <= 0;
  });
  return middle && Math.min(1, Math.max(0, middle.share));
}

/** Standard deviation of what was left of earlier days from what their share says, in kWh. */
function shapeErrorOf(earlier: readonly CutDay[], share: number): number {
  if (earlier.length < 2) return 0;
  const squares = earlier.map(
    ({ by_now_kwh, whole_kwh }) => (whole_kwh - by_now_kwh - (1 - share) * whole_kwh) ** 2,
  );
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / (earlier.length - 1));
}

function halfOf({ expected_kwh, high_kwh }: Forecast): number | undefined {
  return high_kwh === undefined ? undefined : high_kwh - expected_kwh;
}

function between(part: number, none: number | undefined, all: number | undefined): number | undefined {
  return none === undefined || all === undefined ? undefined : none + part * (all - none);
}
