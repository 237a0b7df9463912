import { BenchlineError } from '@benchline/model';
import { meanOf } from '../mean.ts';
import { type DailyEnergy, totalOf } from './daily-energy.ts';
import { Forecaster } from './forecaster.ts';

/** Whole days that a horizon spans. A month is four weeks, so that each holds the same weekdays. */
export const horizonDays = { day: 1, week: 7, month: 28 } as const;
export type Horizon = keyof typeof horizonDays;

/** How good forecasts of a horizon's total are beside the same span a week (of a month: four weeks) before. */
export interface ForecastReport {
  horizon: Horizon;
  /** Forecasts that could be checked: one a day after the training part. */
  origins: number;
  /** Mean absolute error in kWh. */
  mae_kwh: number;
  /**
   * `mae_kwh` relative to what seasonal-naive errs on the training part (Hyndman and Koehler, 2006); null where that is
   * 0, because every span there was as the one before.
   */
  mase: number | null;
  /** Share of totals that lay inside the 90 % band; null when no forecast had one. */
  interval_90_coverage: number | null;
  /** Over the same origins. */
  seasonal_naive: { mae_kwh: number };
}

/**
 * Rolls the origin day by day through everything after the training part; each forecast knows all days before its
 * own origin and nothing later.
 * @param trainedDays length of the training part, from the start of the series.
 * @throws BenchlineError `bad_request` when either part is too short for a single forecast.
 */
export function rollOrigin(series: DailyEnergy, trainedDays: number, horizon: Horizon): ForecastReport {
  const days = horizonDays[horizon];
  const forecaster = new Forecaster(series, days);
  const errors: number[] = [];
  const naiveErrors: number[] = [];
  const inBand: boolean[] = [];
  for (const { origin, actual, naive } of comparable(series, days, trainedDays, series.kwh.length)) {
    const forecast = forecaster.at(origin);
    if (!forecast) continue;
    errors.push(Math.abs(actual - forecast.expected_kwh));
    naiveErrors.push(Math.abs(actual - naive));
    const { low_kwh, high_kwh } = forecast;
    if (low_kwh !== undefined && high_kwh !== undefined) inBand.push(low_kwh <= actual && actual <= high_kwh);
  }
  const trained = [...comparable(series, days, 0, trainedDays)];
  if (errors.length === 0 || trained.length === 0) throw tooShort(horizon, errors.length === 0);
  const mae_kwh = meanOf(errors);
  const scale_kwh = meanOf(trained.map(({ actual, naive }) => Math.abs(actual - naive)));
  return {
    horizon,
    origins: errors.length,
    mae_kwh,
    mase: scale_kwh === 0 ? null : mae_kwh / scale_kwh,
    interval_90_coverage: inBand.length === 0 ? null : meanOf(inBand.map(Number)),
    seasonal_naive: { mae_kwh: meanOf(naiveErrors) },
  };
}

/** Spans within [from, to) whose total is known, and so is the total that seasonal-naive says. */
function* comparable(series: DailyEnergy, days: number, from: number, to: number) {
  const season = Math.max(days, 7);
  for (let origin = Math.max(from, season); origin + days <= to; origin += 1) {
    const actual = totalOf(series, origin, days);
    const naive = totalOf(series, origin - season, days);
    if (actual !== undefined && naive !== undefined) yield { origin, actual, naive };
  }
}

function tooShort(horizon: Horizon, ahead: boolean): BenchlineError {
  const days = horizonDays[horizon];
  return new BenchlineError(
    'bad_request',
    ahead
      ? `no span of ${days} whole days after the training part can be forecast and checked`
      : `the training part holds no two spans of ${days} whole days to compare`,
    { hint: 'move --train-to, or take a shorter --horizon; days with missing quarter hours do not count' },
  );
}
