import { type Nanoseconds, type PlacedObservation, storedTime } from '@benchline/model';
import { type SaidNumbers, saidKinds } from '@benchline/store';
import { firstIndex, type Interval } from '../intervals.ts';
import type { Stated } from './history.ts';

/** What one signal said lately, in time order. */
export interface RecentSignal {
  /** How many observations it holds. */
  readonly rows: number;
  /** @returns false for what cannot be put behind the rest: nothing is added then. */
  add(observation: PlacedObservation, source: string): boolean;
  /** The newest at or before an instant. */
  latest(at_ns: Nanoseconds): Stated | undefined;
  /** Those in (from, to]. */
  within(window: Interval): Stated[];
  /** Lets go of what lies at or before an instant. */
  drop(until_ns: Nanoseconds): void;
}

/** Texts: few, as they came. */
export class RecentTexts implements RecentSignal {
  readonly #machine: string;
  #said: Stated[] = [];
  /** Those that say something else than the one before. */
  #changes: Stated[] = [];

  constructor(machine: string) {
    this.#machine = machine;
  }

  get rows(): number {
    return this.#said.length;
  }

  add(observation: PlacedObservation, source: string): boolean {
    const last = this.#said.at(-1);
    if (last && storedTime(last) >= storedTime(observation)) return false;
    const { signal, source_time_ns, ordinal, value, native } = observation;
    const stated: Stated = { machine: this.#machine, signal, source, source_time_ns, ordinal };
    if (value !== undefined) stated.value = value;
    if (native !== undefined) stated.native = native;
    this.#said.push(stated);
    if (!last || last.value !== value || last.native !== native || last.source !== source)
      this.#changes.push(stated);
    return true;
  }

  latest(at_ns: Nanoseconds): Stated | undefined {
    return this.#said[upTo(this.#said, at_ns) - 1];
  }

  within({ from_ns, to_ns }: Interval): Stated[] {
    return this.#said.slice(upTo(this.#said, from_ns), upTo(this.#said, to_ns));
  }

  /** The same as `within` without what repeats the one before. */
  news({ from_ns, to_ns }: Interval): Stated[] {
    const changes = this.#changes.slice(upTo(this.#changes, from_ns), upTo(this.#changes, to_ns));
    const first = this.#said[upTo(this.#said, from_ns)];
    if (!first || first === changes[0] || storedTime(first) > to_ns) return changes;
    return [first, ...changes];
  }

  drop(until_ns: Nanoseconds): void {
    this.#said = this.#said.slice(upTo(this.#said, until_ns));
    this.#changes = this.#changes.slice(upTo(this.#changes, until_ns));
  }
}

function upTo(said: readonly Stated[], at_ns: Nanoseconds): number {
  return firstIndex(said, (stated) => storedTime(stated) > at_ns);
}

const leastRoom = 64;
/** Sources are numbered in two bytes; nobody has so many. */
const mostSources = 65_536;

/** Numbers, column by column: 23 bytes each, of which there may be ten thousand a second. */
export class RecentNumbers implements RecentSignal {
  readonly #machine: string;
  readonly #signal: string;
  readonly #sources: string[] = [];
  #columns = columnsFor(leastRoom);
  #rows = 0;

  constructor(machine: string, signal: string) {
    this.#machine = machine;
    this.#signal = signal;
  }

  get rows(): number {
    return this.#rows;
  }

  add({ source_time_ns, ordinal, value }: PlacedObservation, source: string): boolean {
    const at = source_time_ns + BigInt(ordinal);
    const row = this.#rows;
    if (row > 0 && this.#columns.at_ns[row - 1]! >= at) return false;
    // What is no number says something else to those who ask for the latest word.
    if (typeof value === 'string' || typeof value === 'boolean') return false;
    const number = this.#numberOf(source);
    if (number >= mostSources) return false;
    if (row === this.#columns.at_ns.length) this.#columns = copied(this.#columns, 0, row, row * 2);
    const { at_ns, ordinals, kinds, doubles, integers, sources } = this.#columns;
    at_ns[row] = at;
    ordinals[row] = ordinal;
    sources[row] = number;
    if (typeof value === 'bigint') integers[row] = value;
    else if (value !== undefined) doubles[row] = value;
    kinds[row] = value === undefined ? saidKinds.none : kindOf(value);
    this.#rows = row + 1;
    return true;
  }

  latest(at_ns: Nanoseconds): Stated | undefined {
    const row = this.#upTo(at_ns) - 1;
    return row < 0 ? undefined : this.#stated(row);
  }

  within({ from_ns, to_ns }: Interval): Stated[] {
    const first = this.#upTo(from_ns);
    return Array.from({ length: this.#upTo(to_ns) - first }, (_, i) => this.#stated(first + i));
  }

  /** The same as `within` in columns of their own. */
  numbers({ from_ns, to_ns }: Interval): SaidNumbers {
    const [first, end] = [this.#upTo(from_ns), this.#upTo(to_ns)];
    const { at_ns, kinds, doubles, integers, sources } = copied(this.#columns, first, end, end - first);
    const [only = 0] = sources;
    return {
      ...{ signal: this.#signal, at_ns, kinds, doubles, integers },
      source: sources.every((source) => source === only)
        ? this.#nameOf(only)
        : Array.from(sources, (source) => this.#nameOf(source)),
    };
  }

  drop(until_ns: Nanoseconds): void {
    const first = this.#upTo(until_ns);
    if (first === 0) return;
    const rest = this.#rows - first;
    this.#columns = copied(this.#columns, first, this.#rows, Math.max(leastRoom, rest));
    this.#rows = rest;
  }

  #stated(row: number): Stated {
    const { at_ns, ordinals, kinds, doubles, integers, sources } = this.#columns;
    const ordinal = ordinals[row]!;
    const value = kinds[row] === saidKinds.integer ? integers[row] : doubles[row];
    return {
      machine: this.#machine,
      signal: this.#signal,
      source: this.#nameOf(sources[row]!),
      source_time_ns: at_ns[row]! - BigInt(ordinal),
      ordinal,
      ...(kinds[row] !== saidKinds.none && value !== undefined && { value }),
    };
  }

  #numberOf(source: string): number {
    const known = this.#sources.indexOf(source);
    return known < 0 ? this.#sources.push(source) - 1 : known;
  }

  #nameOf(source: number): string {
    return this.#sources[source] ?? '';
  }

  #upTo(instant: Nanoseconds): number {
    return firstIndex(this.#columns.at_ns.subarray(0, this.#rows), (at) => at > instant);
  }
}

function kindOf(value: number | bigint): number {
  return typeof value === 'bigint' ? saidKinds.integer : saidKinds.double;
}

type Columns = ReturnType<typeof columnsFor>;

function columnsFor(rows: number) {
  // A value is a double or an integer, and its kind says which.
  const values = new ArrayBuffer(rows * 8);
  return {
    at_ns: new BigInt64Array(rows),
    ordinals: new Int32Array(rows),
    kinds: new Uint8Array(rows),
    doubles: new Float64Array(values),
    integers: new BigInt64Array(values),
    sources: new Uint16Array(rows),
  };
}

/** Rows first ≤ row < end in columns with room for so many. */
function copied(from: Columns, first: number, end: number, room: number): Columns {
  const to = columnsFor(room);
  to.at_ns.set(from.at_ns.subarray(first, end));
  to.ordinals.set(from.ordinals.subarray(first, end));
  to.kinds.set(from.kinds.subarray(first, end));
  to.integers.set(from.integers.subarray(first, end));
  to.sources.set(from.sources.subarray(first, end));
  return to;
}
