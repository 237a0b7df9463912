import { type DailyEnergy, totalOf } from './daily-energy.ts';
import { DayProfile } from './day-profile.ts';
import { type Precedent, persistenceOf } from './persistence.ts';
import { type Band, bandOf, type Checked } from './prediction-band.ts';

export interface Forecast extends Band {
  /** kWh over the whole span. */
  expected_kwh: number;
}

/** Before that there is no profile worth looking at. */
const warmUpDays = 28;

/**
 * Forecasts of the total consumption of a span of whole days that begins at an origin (an index into the series),
 * by what is known before it: what is usual, for a single day the share of yesterday's deviation that lasts, and the
 * errors that this very method made before.
 */
export class Forecaster {
  readonly #series: DailyEnergy;
  readonly #days: number;
  readonly #usual: Memo;
  readonly #expected: Memo;

  constructor(series: DailyEnergy, days: number) {
    this.#series = series;
    this.#days = days;
    this.#usual = new Memo((origin) =>
      origin < warmUpDays ? undefined : new DayProfile(series, origin).total(days),
    );
    this.#expected = new Memo((origin) => this.#expect(origin));
  }

  /** Undefined while too little is known. Never below zero. */
  at(origin: number): Forecast | undefined {
    const expected_kwh = this.#expected.at(origin);
    if (expected_kwh === undefined) return undefined;
    return { expected_kwh, ...bandOf(expected_kwh, this.#checked(origin)) };
  }

  #expect(origin: number): number | undefined {
    const usual = this.#usual.at(origin);
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

  /** How the forecasts of finished spans came out. */
  #checked(origin: number): Checked[] {
    return this.#finished(origin).flatMap(({ origin: past, actual }) => {
      const expected_kwh = this.#expected.at(past);
      return expected_kwh === undefined ? [] : [{ expected_kwh, actual_kwh: actual }];
    });
  }

  #precedents(finished: readonly Finished[]): Precedent[] {
    return finished.flatMap(({ origin: past, actual }) => {
      const yesterday = this.#deviation(past);
      const usual = this.#usual.at(past);
      return yesterday === undefined || usual === undefined ? [] : [{ yesterday, today: actual - usual }];
    });
  }

  /** Spans that were over before the origin, and their totals. */
  #finished(origin: number): Finished[] {
    const found: Finished[] = [];
    for (let past = warmUpDays; past + this.#days <= origin; past += 1) {
      const actual = totalOf(this.#series, past, this.#days);
      if (actual !== undefined) found.push({ origin: past, actual });
    }
    return found;
  }

  /** By how much the day before differed from what was usual. */
  #deviation(origin: number): number | undefined {
    const actual = this.#series.kwh[origin - 1];
    const usual = this.#usual.at(origin - 1);
    return actual === undefined || usual === undefined ? undefined : actual - usual;
  }
}

interface Finished {
  origin: number;
  actual: number;
}

/** What was computed once for an origin is not computed again: later forecasts look back on all before them. */
class Memo {
  readonly #compute: (origin: number) => number | undefined;
  readonly #known = new Map<number, number | undefined>();

  constructor(compute: (origin: number) => number | undefined) {
    this.#compute = compute;
  }

  at(origin: number): number | undefined {
    if (!this.#known.has(origin)) this.#known.set(origin, this.#compute(origin));
    return this.#known.get(origin);
  }
}
