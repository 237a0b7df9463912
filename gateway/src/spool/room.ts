import { BenchlineError } from '@benchline/model';
import { isDiskFull } from '@benchline/store/journal';
import type { Bound, Bounds } from './bounds.ts';
import type { Evictions } from './eviction.ts';
import type { Life } from './life.ts';
import type { Reserve } from './reserve.ts';
import type { SourceStates } from './sources.ts';

export interface RoomParts {
  when_full: 'evict_oldest' | 'stop_taking';
  bounds: Bounds;
  reserve: Reserve;
  evictions: Evictions;
  states: SourceStates;
  life(): Life;
  acked(): number;
  /** Commits the declarations that are owed. */
  settle(): Promise<void>;
  /** Writes down what has to outlive the records. */
  save(): Promise<void>;
  /** Bytes that have to fit on a full disk before anything can be deleted. */
  reserveBytes(): number;
}

/** Makes room for what is to be committed, by deleting whole segments, the oldest first. */
export class Room {
  readonly #parts: RoomParts;
  #refusing = false;

  constructor(parts: RoomParts) {
    this.#parts = parts;
  }

  /** Whether the last commit was refused for want of room. */
  get refusing(): boolean {
    return this.#refusing;
  }

  /** @throws BenchlineError `journal_full` where the policy is to stop taking. */
  async make(): Promise<void> {
    const { bounds, reserve, life, reserveBytes } = this.#parts;
    for (let dropped = false; ; dropped = true) {
      const { journal, reader } = life();
      const reached = await bounds.reached(journal, reader);
      const reserved = reached === undefined && (await reserve.restore(reserveBytes(), dropped));
      const bound = reached ?? (reserved === 'refused' ? 'disk' : undefined);
      if (bound === undefined) break;
      if (await this.drop(bound)) continue;
      if (this.#parts.when_full === 'stop_taking' && bound !== 'age') throw this.refuse(bound);
      break;
    }
  }

  /** A commit went through. */
  taken(): void {
    this.#refusing = false;
  }

  /** Deletes the oldest segment, having declared what that loses; false when none may be deleted. */
  async drop(bound: Bound): Promise<boolean> {
    const { when_full, bounds, reserve, evictions, states, life, acked, settle, save } = this.#parts;
    const { journal, marks } = life();
    const [oldest] = journal.segments;
    if (!oldest || journal.segments.length < 2) return false;
    const { end } = oldest;
    if (end > acked() + 1 && when_full === 'stop_taking' && bound !== 'age') return false;
    if (bound === 'disk') await reserve.release();
    await evictions.declareOldest({ ...life(), states, end }, acked(), bound);
    // On a disk without any reserve neither may succeed: then deleting comes first, and the declaration follows.
    await settle().catch(ignoreFull);
    await save().catch(ignoreFull);
    await journal.trim(end);
    marks.prune(journal.floor);
    bounds.changed();
    return true;
  }

  /** The disk refused a commit. */
  refused(): void {
    this.#refusing = true;
  }

  /** What to answer when there is no room. */
  refuse(bound: Bound): BenchlineError {
    this.#refusing = true;
    const fact = bound === 'bytes' ? 'the spool has reached its bound' : 'the disk has no room for the spool';
    return new BenchlineError('journal_full', `${fact}: sources wait`, {
      hint: 'bring the ledger back within reach, free space, or raise spool.max_bytes',
      retryable: true,
    });
  }
}

/** Whether an error says that there is no room, of the journal or of any other file. */
export function isFull(error: unknown): boolean {
  if (error instanceof BenchlineError) return error.code === 'journal_full';
  return isDiskFull(error);
}

/** What a disk says, as something that may be tried again; other errors as they are. */
export function asRefusal(error: unknown): unknown {
  if (!(error instanceof Error && 'syscall' in error)) return error;
  return new BenchlineError(
    isFull(error) ? 'journal_full' : 'journal_unwritable',
    `the disk of the spool refuses: ${error.message}`,
    {
      hint: 'check the disk; nothing was lost, it is tried again until it works',
      retryable: true,
      cause: error,
    },
  );
}

/** For what may be done again later. */
export function ignoreFull(error: unknown): void {
  if (!isFull(error)) throw error;
}
