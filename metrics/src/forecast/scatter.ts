import type { DailyEnergy } from './daily-energy.ts';
import { classOf, type DayClass, type DayProfile, dayClasses } from './day-profile.ts';

/** As many days of a class as it takes to believe in half of how they scatter. */
const caution = 5;

/** A day that is over, and what was expected of it in the morning. */
export interface DayError {
  index: number;
  expected_kwh: number;
  actual_kwh: number;
}

/**
 * How far a total of days may be off, in units that are the same for all spans: the root of the sum over its days of
 * what each is expected to use, times how unsteady days of its class were. The root, because the scatter of many
 * consumers grows so; by class, because whether anybody works on a Saturday is decided from week to week.
 */
export class Scatter {
  readonly #series: DailyEnergy;
  readonly #unsteadiness: ReadonlyMap<DayClass, number>;

  constructor(series: DailyEnergy, errors: readonly DayError[]) {
    this.#series = series;
    this.#unsteadiness = unsteadinessOf(series, errors);
  }

  /** Zero where nothing is expected, or a day of the span cannot be told. */
  of(profile: DayProfile, first: number, days: number): number {
    let square = 0;
    for (let index = first; index < first + days; index += 1) {
      const unsteadiness = this.#unsteadiness.get(classOf(this.#series, index)) ?? 1;
      square += Math.max(0, profile.at(index) ?? 0) * unsteadiness ** 2;
    }
    return Math.sqrt(square);
  }
}

/** Mean error beside the root of the amount, of each class relative to all. */
function unsteadinessOf(series: DailyEnergy, errors: readonly DayError[]): Map<DayClass, number> {
  const sizes = errors
    .filter(({ expected_kwh }) => expected_kwh > 0)
    .map(({ index, expected_kwh, actual_kwh }) => ({
      name: classOf(series, index),
      size: Math.abs(actual_kwh - expected_kwh) / Math.sqrt(expected_kwh),
    }));
  const sum = (of: typeof sizes) => of.reduce((total, { size }) => total + size, 0);
  const mean = sum(sizes) / sizes.length;
  return new Map(
    dayClasses.map((wanted) => {
      const own = sizes.filter(({ name }) => name === wanted);
      return [wanted, mean > 0 ? (sum(own) / mean + caution) / (own.length + caution) : 1];
    }),
  );
}
