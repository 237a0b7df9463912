import { type DailyEnergy, totalOf } from './daily-energy.ts';
import { DayProfile } from './day-profile.ts';
import { type Precedent, persistenceOf } from './persistence.ts';
import { type Band, Bands } from './prediction-band.ts';
import { type DayError, Scatter } from './scatter.ts';

export interface Forecast extends Band {
  /** kWh over the whole span. */
  expected_kwh: number;
}

/** Days that have to be known: before that there is no profile worth looking at. */
export const leastKnownDays = 28;

/**
 * Forecasts of the total consumption of a span of whole days that begins at an origin (an index into the series),
 * by what is known before it: what is usual, for a single day the share of yesterday's deviation that lasts, and the
 * errors that this very method made before.
 */
export class Forecaster {
  readonly #series: DailyEnergy;
  readonly #days: number;
  /** First origin with enough known days before it. */
  readonly #first: number;
  readonly #profile: (origin: number) => DayProfile;
  readonly #usual: (origin: number) => number | undefined;
  readonly #expected: (origin: number) => number | undefined;
  readonly #scatter: (origin: number) => number;
  readonly #bands: Bands;
  readonly #errors: DayError[] = [];
  #errorsUpTo: number;

  constructor(series: DailyEnergy, days: number) {
    this.#series = series;
    this.#days = days;
    this.#first = firstOrigin(series);
    this.#errorsUpTo = this.#first;
    // Later forecasts look back on all before them.
    this.#profile = once((origin) => new DayProfile(series, origin));
    this.#usual = once((origin) => (origin < this.#first ? undefined : this.#profile(origin).total(days)));
    this.#expected = once((origin) => this.#expect(origin));
    this.#scatter = once((origin) =>
      new Scatter(series, this.#dayErrors(origin)).of(this.#profile(origin), origin, days),
    );
    this.#bands = new Bands(days, (origin) => this.#size(origin));
  }

  /** Undefined while too little is known. Never below zero. */
  at(origin: number): Forecast | undefined {
    const expected_kwh = this.#expected(origin);
    if (expected_kwh === undefined) return undefined;
    return { expected_kwh, ...this.#bands.at(origin, expected_kwh, this.#scatter(origin)) };
  }

  #expect(origin: number): number | undefined {
    const usual = this.#usual(origin);
    // What was unusual about yesterday says nothing of a whole week or month: tried, it only added noise.
    if (usual === undefined || this.#days > 1) return usual;
    const yesterday = this.#deviation(origin);
    // Not known how yesterday was: the usual is all that can be said.
    if (yesterday === undefined) return usual;
    const finished = this.#finished(origin);
    // A holiday before a day of little use would else take it below what the plant needs at rest.
    const least = Math.min(usual, ...finished.map(({ actual }) => actual));
    return Math.max(least, usual + persistenceOf(this.#precedents(finished)) * yesterday);
  }

  /** Error of the forecast of a finished span beside the scatter that was expected of it. */
  #size(origin: number): number | undefined {
    const actual = totalOf(this.#series, origin, this.#days);
    const expected = this.#expected(origin);
    if (actual === undefined || expected === undefined) return undefined;
    const scatter = this.#scatter(origin);
    return scatter > 0 ? Math.abs(actual - expected) / scatter : undefined;
  }

  #precedents(finished: readonly Finished[]): Precedent[] {
    return finished.flatMap(({ origin: past, actual }) => {
      const yesterday = this.#deviation(past);
      const usual = this.#usual(past);
      return yesterday === undefined || usual === undefined ? [] : [{ yesterday, today: actual - usual }];
    });
  }

  /** Spans that were over before the origin, and their totals. */
  #finished(origin: number): Finished[] {
    const found: Finished[] = [];
    for (let past = this.#first; past + this.#days <= origin; past += 1) {
      const actual = totalOf(this.#series, past, this.#days);
      if (actual !== undefined) found.push({ origin: past, actual });
    }
    return found;
  }

  /** By how much the day before differed from what was usual of it. */
  #deviation(origin: number): number | undefined {
    const actual = this.#series.kwh[origin - 1];
    const usual = this.#usual(origin - 1);
    return actual === undefined || usual === undefined ? undefined : actual - usual;
  }

  /** What was usual of each day before the origin, and what it came to. */
  #dayErrors(origin: number): DayError[] {
    for (; this.#errorsUpTo < origin; this.#errorsUpTo += 1) {
      const index = this.#errorsUpTo;
      const actual_kwh = this.#series.kwh[index];
      const expected_kwh = this.#profile(index).at(index);
      if (actual_kwh !== undefined && expected_kwh !== undefined)
        this.#errors.push({ index, expected_kwh, actual_kwh });
    }
    return this.#errors.filter(({ index }) => index < origin);
  }
}

interface Finished {
  origin: number;
  actual: number;
}

function firstOrigin({ kwh }: DailyEnergy): number {
  let known = 0;
  const last = kwh.findIndex((day) => {
    if (day !== undefined) known += 1;
    return known === leastKnownDays;
  });
  return last === -1 ? Number.POSITIVE_INFINITY : last + 1;
}

/** What was computed once for an origin is not computed again. */
function once<Result>(compute: (origin: number) => Result): (origin: number) => Result {
  const known = new Map<number, { result: Result }>();
  return (origin) => {
    const before = known.get(origin);
    if (before) return before.result;
    const result = compute(origin);
    known.set(origin, { result });
    return result;
  };
}
