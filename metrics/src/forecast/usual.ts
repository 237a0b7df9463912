import { type DailyEnergy, totalOf } from './daily-energy.ts';
import { DayProfile } from './day-profile.ts';

/** Short memories follow a changing level, long ones are steady; which serves a plant better changes with it. */
const halfLivesDays = [10, 20, 40, 80];
/** Before that there is no profile worth looking at. */
export const warmUpDays = 28;
/** How much less an error counts for each day that has passed since. */
const fading = 0.95;
/** How strongly the mixture leans to the memory that did best: one that did 10 % worse weighs a third as much. */
const preference = 11;

/** The usual consumption of spans of some days: day profiles of several memories, mixed by how well each did. */
export class Usual {
  readonly #series: DailyEnergy;
  readonly #days: number;
  readonly #candidates = new Map<number, readonly (number | undefined)[]>();

  constructor(series: DailyEnergy, days: number) {
    this.#series = series;
    this.#days = days;
  }

  /** kWh usual of the span that begins at an index, by what is known before; undefined while too little is. */
  at(origin: number): number | undefined {
    if (origin < warmUpDays) return undefined;
    const errors = this.#recentErrors(origin);
    const least = Math.min(...errors);
    let [sum, weights] = [0, 0];
    this.#candidatesAt(origin).forEach((total, i) => {
      const worse = least > 0 ? (errors[i] ?? 0) / least - 1 : 0;
      const weight = Math.exp(-preference * worse);
      sum += weight * (total ?? Number.NaN);
      weights += weight;
    });
    const mixed = sum / weights;
    return Number.isNaN(mixed) ? undefined : mixed;
  }

  /** Of each memory, the absolute errors over spans that were over before the origin, recent ones counting more. */
  #recentErrors(origin: number): number[] {
    const errors = halfLivesDays.map(() => 0);
    for (let past = warmUpDays; past + this.#days <= origin; past += 1) {
      const actual = totalOf(this.#series, past, this.#days);
      if (actual === undefined) continue;
      this.#candidatesAt(past).forEach((total, i) => {
        if (total !== undefined)
          errors[i] = (errors[i] ?? 0) + fading ** (origin - past) * Math.abs(actual - total);
      });
    }
    return errors;
  }

  #candidatesAt(origin: number): readonly (number | undefined)[] {
    let candidates = this.#candidates.get(origin);
    if (!candidates) {
      candidates = halfLivesDays.map((half) => new DayProfile(this.#series, origin, half).total(this.#days));
      this.#candidates.set(origin, candidates);
    }
    return candidates;
  }
}
