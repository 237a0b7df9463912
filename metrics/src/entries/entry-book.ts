import { type Entry, entriesInOrder, holdingEntries } from '@benchline/model';
import type { TelemetryStore } from '@benchline/store';
import { always, type Interval } from '../intervals.ts';

/** Entries kept in memory: what people enter in a year on some hundred machines. */
const mostKept = 200_000;

/** What was ever stated about a subject, and what of it holds; both by start. */
interface Stated {
  all: readonly Entry[];
  holding: readonly Entry[];
  /** Of those, inspections. */
  inspections: readonly Entry[];
}

/** Whether an entry belongs to a window by where it ends: an instant to the window that it closes. */
export function endsIn({ from_ns, to_ns = from_ns }: Entry, window: Interval): boolean {
  return to_ns > window.from_ns && to_ns <= window.to_ns;
}

/** The entries about each subject, kept from one question to the next until something new is entered. */
export class EntryBook {
  readonly #store: Pick<TelemetryStore, 'entries'>;
  /** By subject, the least recently used first. */
  readonly #kept = new Map<string, Promise<Stated>>();
  readonly #sizes = new Map<string, number>();

  constructor(store: Pick<TelemetryStore, 'entries'>) {
    this.#store = store;
  }

  /**
   * Entries about a subject that nothing supersedes, by start.
   * @throws BenchlineError `store_unavailable`.
   */
  async of(subject: string): Promise<readonly Entry[]> {
    return (await this.#of(subject)).holding;
  }

  /** Superseded ones as well. @throws BenchlineError `store_unavailable`. */
  async all(subject: string): Promise<readonly Entry[]> {
    return (await this.#of(subject)).all;
  }

  /** Inspections about a subject that hold. @throws BenchlineError `store_unavailable`. */
  async inspections(subject: string): Promise<readonly Entry[]> {
    return (await this.#of(subject)).inspections;
  }

  /**
   * The entries about some subjects that hold and belong to (from, to], by start: an instant to the window that it
   * closes, as a counter's reading does, and a stretch to the one that it ends in, so that none counts twice.
   * @throws BenchlineError `store_unavailable`.
   */
  async within(subjects: readonly string[], window: Interval): Promise<Entry[]> {
    const holding = await Promise.all(subjects.map((subject) => this.of(subject)));
    return entriesInOrder(holding.flat().filter((entry) => endsIn(entry, window)));
  }

  #of(subject: string): Promise<Stated> {
    const known = this.#kept.get(subject);
    const entries = known ?? this.#read(subject);
    this.#kept.delete(subject);
    this.#kept.set(subject, entries);
    return entries;
  }

  /** Something new was entered about a subject. */
  touched(subject: string): void {
    this.#kept.delete(subject);
    this.#sizes.delete(subject);
  }

  #read(subject: string): Promise<Stated> {
    const read = this.#store.entries({ subjects: [subject], ...always }).then((all) => {
      const holding = holdingEntries(all);
      const inspections = holding.filter(({ statement }) => statement.kind === 'inspection');
      return { all, holding, inspections };
    });
    read.then(
      ({ all }) => this.#sized(subject, read, all.length),
      () => {
        if (this.#kept.get(subject) === read) this.touched(subject);
      },
    );
    return read;
  }

  #sized(subject: string, read: Promise<Stated>, size: number): void {
    if (this.#kept.get(subject) !== read) return;
    this.#sizes.set(subject, size);
    let kept = [...this.#sizes.values()].reduce((sum, each) => sum + each, 0);
    for (const oldest of this.#kept.keys()) {
      if (kept <= mostKept) return;
      kept -= this.#sizes.get(oldest) ?? 0;
      this.touched(oldest);
    }
  }
}
