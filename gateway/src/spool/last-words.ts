import type { Observation, Slug } from '@benchline/model';
import { ObservationColumns } from '@benchline/model/mapping';

/** The newest observation of each signal of a source, by (source time, ordinal). */
export class LastWords {
  readonly #rowOf = new Map<Slug, number>();
  readonly #rows = new ObservationColumns();

  /** Takes note of an observation unless a newer one of its signal is known. */
  note(observation: Observation): void {
    const row = this.#rowOf.get(observation.signal);
    if (row === undefined) this.set(observation);
    else if (this.#isBefore(row, observation)) this.#rows.put(row, observation);
  }

  set(observation: Observation): void {
    let row = this.#rowOf.get(observation.signal);
    if (row === undefined) {
      row = this.#rowOf.size;
      this.#rowOf.set(observation.signal, row);
      this.#rows.reserve(row + 1);
    }
    this.#rows.put(row, observation);
  }

  all(): Observation[] {
    return [...this.#rowOf].map(([signal, row]) => this.#rows.observation(row, signal));
  }

  #isBefore(row: number, { source_time_ns, ordinal }: Observation): boolean {
    const time = this.#rows.time(row);
    return time === source_time_ns ? this.#rows.ordinal(row) < ordinal : time < source_time_ns;
  }
}
