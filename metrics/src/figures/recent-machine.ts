import { isRepresentable, type Nanoseconds, type PlacedObservation, storedTime } from '@benchline/model';
import type { SaidColumns } from '@benchline/store';
import { type Interval, union } from '../intervals.ts';
import { type Stated, saidOf } from './history.ts';
import { RecentNumbers, type RecentSignal, RecentTexts } from './recent-signal.ts';

/** The year 2116: no time is believed that lies further ahead than a day, and every store can be asked about it. */
export const farAhead: Nanoseconds = 2n ** 62n;

/** Where a source watched, and where any did. */
interface Watch {
  intervals: readonly Interval[];
  /** Until what the store knew has been added. */
  asking: Promise<unknown> | undefined;
}

/** What one machine said lately, complete after an instant. */
export class RecentMachine {
  readonly #texts: ReadonlyMap<string, RecentTexts>;
  readonly #numbers: ReadonlyMap<string, RecentNumbers>;
  /** The newest of a signal at or before `#since_ns`; of one that has never said anything undefined. */
  readonly #before = new Map<string, Stated | undefined>();
  /** By source; of any source under the empty name. */
  readonly #watches = new Map<string, Watch>();
  /** Undefined until it is known up to where the store went when the keeping began. */
  #since_ns: Nanoseconds | undefined;
  /** Of the observations that are not kept: each that comes makes another one. */
  version = 0;

  constructor(machine: string, { texts, numbers }: { texts: readonly string[]; numbers: readonly string[] }) {
    this.#texts = new Map(texts.map((signal) => [signal, new RecentTexts(machine)]));
    this.#numbers = new Map(numbers.map((signal) => [signal, new RecentNumbers(machine, signal)]));
  }

  get rows(): number {
    return this.#all().reduce((sum, { rows }) => sum + rows, 0);
  }

  of(signal: string): RecentSignal | undefined {
    return this.#texts.get(signal) ?? this.#numbers.get(signal);
  }

  covers({ from_ns, to_ns }: Interval, signals: readonly string[]): boolean {
    if (this.#since_ns === undefined || from_ns < this.#since_ns || to_ns > farAhead) return false;
    return signals.every((signal) => this.of(signal));
  }

  /** @param latest of each signal what the store had, asked for after the keeping began. */
  begin(latest: readonly Stated[]): void {
    const since_ns = latest.map(storedTime).reduce((a, b) => (a > b ? a : b), 0n);
    // What came meanwhile may be newer than what the store answered, and no newer than where the keeping begins.
    const came = this.#all().some((signal) => signal.latest(since_ns) !== undefined);
    for (const signal of this.#all()) signal.drop(since_ns);
    if (!came)
      for (const signal of [...this.#texts.keys(), ...this.#numbers.keys()])
        this.#before.set(
          signal,
          latest.find((stated) => stated.signal === signal),
        );
    this.#since_ns = since_ns;
  }

  /** @returns false when it cannot be kept, nor anything else of the machine then. */
  add(observation: PlacedObservation, source: string): boolean {
    const signal = this.of(observation.signal);
    if (!signal || !isStored(observation)) return true;
    if (this.#since_ns === undefined || storedTime(observation) > this.#since_ns)
      return signal.add(observation, source);
    this.version += 1;
    this.#before.delete(observation.signal);
    return true;
  }

  claimed(source: string, claim: Interval): void {
    for (const key of ['', source]) {
      const watch = this.#watches.get(key);
      if (watch) watch.intervals = extended(watch.intervals, claim);
    }
  }

  said({ texts, numbers, ...window }: { texts: readonly string[]; numbers: readonly string[] } & Interval) {
    const columns = numbers.map((signal) => this.#numbers.get(signal)?.numbers(window));
    const said = texts.map((signal) => this.#texts.get(signal)?.news(window));
    if ([...columns, ...said].includes(undefined)) return undefined;
    return {
      texts: said.flatMap((list) => (list ?? []).map(saidOf)),
      numbers: columns.flatMap((list) => (list && list.at_ns.length > 0 ? list : [])),
    } satisfies SaidColumns;
  }

  /** @param at_ns not before the keeping began. */
  latest(signal: string, at_ns: Nanoseconds): Stated | undefined | 'unknown' {
    const near = this.of(signal)?.latest(at_ns);
    if (near) return near;
    return this.#before.has(signal) ? this.#before.get(signal) : 'unknown';
  }

  /** What the newest before the keeping began was, of a signal for which it was unknown. */
  learn(signal: string, stated: Stated | undefined): void {
    const since_ns = this.#since_ns;
    if (stated && since_ns !== undefined && storedTime(stated) > since_ns) return;
    this.#before.set(signal, stated);
  }

  /** Where a source, or any, watched since the keeping began; `ask` says what the store knows after an instant. */
  async watched(
    source: string | undefined,
    ask: (from_ns: Nanoseconds) => Promise<readonly Interval[]>,
  ): Promise<readonly Interval[] | undefined> {
    const since_ns = this.#since_ns;
    if (since_ns === undefined) return undefined;
    const key = source ?? '';
    let watch = this.#watches.get(key);
    if (!watch) {
      const begun: Watch = { intervals: [], asking: undefined };
      this.#watches.set(key, begun);
      begun.asking = ask(since_ns).then(
        (known) => {
          begun.intervals = union([...known, ...begun.intervals]);
          begun.asking = undefined;
        },
        (error: unknown) => {
          this.#watches.delete(key);
          throw error;
        },
      );
      watch = begun;
    }
    await watch.asking;
    return watch.intervals;
  }

  /** Lets go of the oldest quarter of the time that it holds. */
  shorten(): void {
    if (this.#since_ns === undefined) return;
    const [oldest, newest] = [this.#since_ns, this.#newest()];
    const since_ns = oldest + (newest - oldest + 3n) / 4n;
    for (const [name, signal] of [...this.#texts, ...this.#numbers]) {
      const last = signal.latest(since_ns);
      if (last) this.#before.set(name, last);
      signal.drop(since_ns);
    }
    for (const watch of this.#watches.values())
      watch.intervals = watch.intervals.filter(({ to_ns }) => to_ns > since_ns);
    this.#since_ns = since_ns;
  }

  #newest(): Nanoseconds {
    const ends = this.#all().flatMap((signal) => signal.latest(farAhead) ?? []);
    return ends.map(storedTime).reduce((a, b) => (a > b ? a : b), this.#since_ns ?? 0n);
  }

  #all(): readonly RecentSignal[] {
    return [...this.#texts.values(), ...this.#numbers.values()];
  }
}

/** What a store refuses it has nothing to say of; nobody asks for what lies far ahead. */
function isStored(o: PlacedObservation): boolean {
  if (o.value !== undefined && !isRepresentable(o.value)) return false;
  if (o.native !== undefined && !isRepresentable(o.native)) return false;
  return storedTime(o) <= farAhead;
}

/** A claim mostly goes on where the last one ended. */
function extended(intervals: readonly Interval[], claim: Interval): readonly Interval[] {
  const last = intervals.at(-1);
  if (!last || claim.from_ns > last.to_ns || claim.from_ns < last.from_ns)
    return union([...intervals, claim]);
  if (claim.to_ns <= last.to_ns) return intervals;
  return [...intervals.slice(0, -1), { from_ns: last.from_ns, to_ns: claim.to_ns }];
}
