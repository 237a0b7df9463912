import type { DailyEnergy } from './daily-energy.ts';

/** Shares of the weight left out at either end: idle days among working days, and the other way round. */
const trimmed = 0.35;
/**
 * A day so far back weighs half of what yesterday weighs: long enough to be steady, short enough to follow a level
 * that changes with the season.
 */
const halfLifeDays = 20;

export const dayClasses = ['working_day', 'saturday', 'sunday'] as const;
export type DayClass = (typeof dayClasses)[number];

/**
 * What a day of each class consumes by what is known before day `origin` (an index into the series): the
 * trimmed mean of earlier days of the class, recent ones weighing more. Monday to Friday are one class: apart, each
 * has too few days to follow a changing level. Undefined while no day of the class is known.
 */
export class DayProfile {
  readonly #series: DailyEnergy;
  readonly #origin: number;
  readonly #expected = new Map<DayClass, number | undefined>();

  constructor(series: DailyEnergy, origin: number) {
    this.#series = series;
    this.#origin = origin;
  }

  /** kWh expected on the day at an index, at or after the origin. */
  at(index: number): number | undefined {
    const wanted = classOf(this.#series, index);
    if (!this.#expected.has(wanted)) this.#expected.set(wanted, this.#mean(wanted));
    return this.#expected.get(wanted);
  }

  /** kWh expected from the origin on over a number of days. */
  total(days: number): number | undefined {
    let total = 0;
    for (let index = this.#origin; index < this.#origin + days; index += 1) {
      const expected = this.at(index);
      if (expected === undefined) return undefined;
      total += expected;
    }
    return total;
  }

  #mean(wanted: DayClass): number | undefined {
    const days: { kwh: number; weight: number }[] = [];
    for (let index = this.#origin - 1; index >= 0; index -= 1) {
      const kwh = this.#series.kwh[index];
      if (kwh !== undefined && classOf(this.#series, index) === wanted)
        days.push({ kwh, weight: 0.5 ** ((this.#origin - index) / halfLifeDays) });
    }
    return trimmedMean(days);
  }
}

export function classOf({ first_day }: DailyEnergy, index: number): DayClass {
  // 1970-01-01 was a Thursday.
  const weekday = (((first_day + index + 3) % 7) + 7) % 7;
  if (weekday === 5) return 'saturday';
  return weekday === 6 ? 'sunday' : 'working_day';
}

function trimmedMean(days: readonly { kwh: number; weight: number }[]): number | undefined {
  if (days.length === 0) return undefined;
  const sorted = days.toSorted((a, b) => a.kwh - b.kwh);
  const whole = sorted.reduce((sum, { weight }) => sum + weight, 0);
  const [lowest, highest] = [whole * trimmed, whole * (1 - trimmed)];
  let passed = 0;
  let sum = 0;
  for (const { kwh, weight } of sorted) {
    const counted = Math.min(passed + weight, highest) - Math.max(passed, lowest);
    if (counted > 0) sum += kwh * counted;
    passed += weight;
  }
  return sum / (highest - lowest);
}
