import type { Slug } from '../slug.ts';
import type { Observation } from '../telemetry/batch.ts';

/** Instants remembered per signal: enough for a read-all that overtakes what is still queued at a controller. */
const remembered = 4;
const signalsAtFirst = 16;

/**
 * Gives observations their ordinal. Another value at the same instant of the same signal gets the next one; the
 * same again is a repeat, which a read-all or a re-send produces. What is older than everything remembered is
 * passed on as ordinal 0: the same late value twice is the same observation twice, which stores do not mind.
 *
 * Plain numbers are remembered in columns, not as observations: of ten thousand tags those would all grow old in the
 * heap, at a quarter of what a value costs.
 */
export class Ordinals {
  /** Where the rows of a signal begin; of its `remembered` rows the oldest is the first. */
  readonly #rows = new Map<Slug, number>();
  #times = new BigInt64Array(remembered * signalsAtFirst);
  #numbers = new Float64Array(remembered * signalsAtFirst);
  /** −1 in a row that is not in use: those come first. */
  #ordinals = new Int32Array(remembered * signalsAtFirst).fill(-1);
  /** What is no plain number of Good quality, by row. */
  readonly #others: (Observation | undefined)[] = [];

  /** `last` is the newest committed observation of each signal, as the spool knows it. */
  constructor(last: ReadonlyMap<Slug, Observation> = new Map()) {
    for (const newest of last.values()) this.#insert(this.#rowsOf(newest.signal), remembered, newest);
  }

  get signals(): Iterable<Slug> {
    return this.#rows.keys();
  }

  /** The observation, whose ordinal is 0, with the ordinal that it gets; undefined for a repeat. */
  place(observation: Observation): Observation | undefined {
    const { signal, source_time_ns } = observation;
    const first = this.#rowsOf(signal);
    let at = remembered;
    // Values come in order as a rule: then this looks at the last one only.
    while (at > 0 && this.#isAfter(first + at - 1, source_time_ns)) at -= 1;
    const row = first + at - 1;
    if (at > 0 && this.#ordinals[row]! >= 0 && this.#times[row] === source_time_ns) {
      if (this.#holds(row, observation)) return undefined;
      observation.ordinal = this.#ordinals[row]! + 1;
      this.#put(row, observation);
    } else this.#insert(first, at, observation);
    return observation;
  }

  #isAfter(row: number, time: bigint): boolean {
    return this.#ordinals[row]! >= 0 && this.#times[row]! > time;
  }

  #holds(row: number, { value, native, status }: Observation): boolean {
    const other = this.#others[row];
    if (other)
      return Object.is(other.value, value) && other.status === status && Object.is(other.native, native);
    return Object.is(this.#numbers[row], value) && status === 0 && native === undefined;
  }

  /** Makes an observation the row before `at`, at the cost of the oldest; nothing where it would be that itself. */
  #insert(first: number, at: number, observation: Observation): void {
    if (at === 0) return;
    this.#times.copyWithin(first, first + 1, first + at);
    this.#numbers.copyWithin(first, first + 1, first + at);
    this.#ordinals.copyWithin(first, first + 1, first + at);
    this.#others.copyWithin(first, first + 1, first + at);
    this.#put(first + at - 1, observation);
  }

  #put(row: number, observation: Observation): void {
    const { source_time_ns, ordinal, value, native, status } = observation;
    this.#times[row] = source_time_ns;
    this.#ordinals[row] = ordinal;
    const plain = typeof value === 'number' && status === 0 && native === undefined;
    if (plain) this.#numbers[row] = value;
    this.#others[row] = plain ? undefined : observation;
  }

  #rowsOf(signal: Slug): number {
    const known = this.#rows.get(signal);
    if (known !== undefined) return known;
    const first = remembered * this.#rows.size;
    this.#rows.set(signal, first);
    for (let row = first; row < first + remembered; row += 1) this.#others[row] = undefined;
    if (first === this.#times.length) this.#grow();
    return first;
  }

  #grow(): void {
    const size = 2 * this.#times.length;
    const times = new BigInt64Array(size);
    const numbers = new Float64Array(size);
    const ordinals = new Int32Array(size).fill(-1);
    times.set(this.#times);
    numbers.set(this.#numbers);
    ordinals.set(this.#ordinals);
    this.#times = times;
    this.#numbers = numbers;
    this.#ordinals = ordinals;
  }
}
