import { type DailyEnergy, totalOf } from './daily-energy.ts';
import { type Precedent, persistenceOf } from './persistence.ts';
import { type Band, bandOf } from './prediction-band.ts';
import { Usual, warmUpDays } from './usual.ts';

export interface Forecast extends Band {
  /** kWh over the whole span. */
  expected_kwh: number;
}

/**
 * Forecasts of the total consumption of a span of whole days that begins at an origin (an index into the series),
 * by what is known before it: what is usual, the share of yesterday's deviation that lasts, and the errors that
 * this very method made before.
 */
export class Forecaster {
  readonly #series: DailyEnergy;
  readonly #days: number;
  readonly #usual: Memo;
  readonly #usualDay: Memo;
  readonly #expected: Memo;

  constructor(series: DailyEnergy, days: number) {
    this.#series = series;
    this.#days = days;
    const span = new Usual(series, days);
    const day = new Usual(series, 1);
    this.#usual = new Memo((origin) => span.at(origin));
    this.#usualDay = new Memo((origin) => day.at(origin));
    this.#expected = new Memo((origin) => this.#expect(origin));
  }

  /** Undefined while too little is known. Never below zero. */
  at(origin: number): Forecast | undefined {
    const expected_kwh = this.#expected.at(origin);
    if (expected_kwh === undefined) return undefined;
    return { expected_kwh, ...bandOf(expected_kwh, this.#relativeErrors(origin)) };
  }

  #expect(origin: number): number | undefined {
    const usual = this.#usual.at(origin);
    if (usual === undefined) return undefined;
    const yesterday = this.#deviation(origin);
    // Not known how yesterday was: the usual is all that can be said.
    if (yesterday === undefined) return usual;
    const lasting = persistenceOf(this.#precedents(origin), this.#days);
    return Math.max(0, usual + lasting * yesterday);
  }

  #relativeErrors(origin: number): number[] {
    return this.#finished(origin).flatMap(({ origin: past, actual }) => {
      const forecast = this.#expected.at(past);
      return forecast === undefined || forecast === 0 ? [] : [Math.abs(actual - forecast) / forecast];
    });
  }

  #precedents(origin: number): Precedent[] {
    return this.#finished(origin).flatMap(({ origin: past, actual }) => {
      const yesterday = this.#deviation(past);
      const usual = this.#usual.at(past);
      return yesterday === undefined || usual === undefined ? [] : [{ yesterday, span: actual - usual }];
    });
  }

  /** Spans that were over before the origin, and their totals. */
  #finished(origin: number): { origin: number; actual: number }[] {
    const found: { origin: number; actual: number }[] = [];
    for (let past = warmUpDays; past + this.#days <= origin; past += 1) {
      const actual = totalOf(this.#series, past, this.#days);
      if (actual !== undefined) found.push({ origin: past, actual });
    }
    return found;
  }

  /** By how much the day before differed from what was usual. */
  #deviation(origin: number): number | undefined {
    const actual = this.#series.kwh[origin - 1];
    const usual = this.#usualDay.at(origin - 1);
    return actual === undefined || usual === undefined ? undefined : actual - usual;
  }
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
