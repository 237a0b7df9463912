import type { Slug } from '../slug.ts';
import type { Observation } from '../telemetry/batch.ts';
import { ObservationColumns } from './columns.ts';

/** Instants remembered per signal: enough for a read-all that overtakes what is still queued at a controller. */
const remembered = 4;

/**
 * Gives observations their ordinal. Another value at the same instant of the same signal gets the next one; the
 * same again is a repeat, which a read-all or a re-send produces. What is older than everything remembered is
 * passed on as ordinal 0: the same late value twice is the same observation twice, which stores do not mind.
 */
export class Ordinals {
  /** Where the rows of a signal begin. */
  readonly #first = new Map<Slug, number>();
  readonly #rows = new ObservationColumns();
  /** Which of its `remembered` rows is the oldest, by signal; the others follow it, round the end as well. */
  readonly #oldest: number[] = [];

  /** `last` is the newest committed observation of each signal, as the spool knows it. */
  constructor(last: ReadonlyMap<Slug, Observation> = new Map()) {
    for (const newest of last.values()) this.#insert(this.#rowsOf(newest.signal), remembered, newest);
  }

  get signals(): Iterable<Slug> {
    return this.#first.keys();
  }

  /** The observation, whose ordinal is 0, with the ordinal that it gets; undefined for a repeat. */
  place(observation: Observation): Observation | undefined {
    const { signal, source_time_ns } = observation;
    const rows = this.#rows;
    const first = this.#rowsOf(signal);
    let at = remembered;
    // Values come in order as a rule: then this looks at the last one only.
    while (at > 0 && this.#isAfter(this.#row(first, at - 1), source_time_ns)) at -= 1;
    const row = this.#row(first, at - 1);
    if (at > 0 && rows.ordinal(row) >= 0 && rows.time(row) === source_time_ns) {
      if (rows.holds(row, observation)) return undefined;
      observation.ordinal = rows.ordinal(row) + 1;
      rows.put(row, observation);
    } else this.#insert(first, at, observation);
    return observation;
  }

  /** Rows that are not in use come first. */
  #isAfter(row: number, time: bigint): boolean {
    return this.#rows.ordinal(row) >= 0 && this.#rows.time(row) > time;
  }

  /** The row of the `nth` instant of a signal, from the oldest. */
  #row(first: number, nth: number): number {
    return first + (((this.#oldest[first / remembered] ?? 0) + nth) % remembered);
  }

  /** Puts an observation before the instant `at`, at the cost of the oldest; nothing where it would be that itself. */
  #insert(first: number, at: number, observation: Observation): void {
    if (at === 0) return;
    if (at === remembered) {
      const row = this.#row(first, 0);
      this.#oldest[first / remembered] = (row - first + 1) % remembered;
      this.#rows.put(row, observation);
      return;
    }
    for (let nth = 1; nth < at; nth += 1) this.#rows.copy(this.#row(first, nth), this.#row(first, nth - 1));
    this.#rows.put(this.#row(first, at - 1), observation);
  }

  #rowsOf(signal: Slug): number {
    const known = this.#first.get(signal);
    if (known !== undefined) return known;
    const first = remembered * this.#first.size;
    this.#first.set(signal, first);
    this.#oldest.push(0);
    this.#rows.reserve(first + remembered);
    return first;
  }
}
