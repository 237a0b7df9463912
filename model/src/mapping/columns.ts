import type { Slug } from '../slug.ts';
import type { Observation } from '../telemetry/batch.ts';

const rowsAtFirst = 64;

/**
 * Rows of one observation each that stay for long. Plain numbers of Good quality lie in columns, not as objects: of ten
 * thousand tags those would all grow old in the heap, at a quarter of what a value costs.
 */
export class ObservationColumns {
  #times = new BigInt64Array(rowsAtFirst);
  #numbers = new Float64Array(rowsAtFirst);
  /** −1 in a row that is not in use. */
  #ordinals = new Int32Array(rowsAtFirst).fill(-1);
  /** What is no plain number of Good quality, by row. */
  readonly #others: (Observation | undefined)[] = [];

  /** Makes place for rows below `end`, which are not in use at first. */
  reserve(end: number): void {
    while (this.#others.length < end) this.#others.push(undefined);
    if (end <= this.#times.length) return;
    let size = this.#times.length;
    while (size < end) size *= 2;
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

  /** −1 in a row that is not in use. */
  ordinal(row: number): number {
    return this.#ordinals[row]!;
  }

  time(row: number): bigint {
    return this.#times[row]!;
  }

  /** Whether a row says the same of its instant as an observation. */
  holds(row: number, { value, native, status }: Observation): boolean {
    const other = this.#others[row];
    if (other)
      return Object.is(other.value, value) && other.status === status && Object.is(other.native, native);
    return Object.is(this.#numbers[row], value) && status === 0 && native === undefined;
  }

  put(row: number, observation: Observation): void {
    const { source_time_ns, ordinal, value, native, status } = observation;
    this.#times[row] = source_time_ns;
    this.#ordinals[row] = ordinal;
    const plain = typeof value === 'number' && status === 0 && native === undefined;
    if (plain) this.#numbers[row] = value;
    this.#others[row] = plain ? undefined : observation;
  }

  copy(from: number, to: number): void {
    this.#times[to] = this.#times[from]!;
    this.#numbers[to] = this.#numbers[from]!;
    this.#ordinals[to] = this.#ordinals[from]!;
    this.#others[to] = this.#others[from];
  }

  /** What `put` was given. */
  observation(row: number, signal: Slug): Observation {
    const source_time_ns = this.time(row);
    const ordinal = this.ordinal(row);
    return this.#others[row] ?? { signal, source_time_ns, ordinal, value: this.#numbers[row]!, status: 0 };
  }
}
