import type { Journal } from '@benchline/store/journal';
import { decodeRecord, type SpoolRecord } from './record.ts';

/** Sequence numbers [from, to) whose batches do not read back. */
export interface Hole {
  from: number;
  to: number;
}

export interface RecordsRead {
  records: SpoolRecord[];
  /** In the stretch just read, in order. */
  holes: Hole[];
  /** Where to read on. */
  next: number;
}

/** A disk that reads badly is tried for so long before what it holds is given up. */
const patience_ms = 30_000;

/** Reads batches out of a journal and says which do not read back, for whatever reason. */
export class RecordReader {
  readonly #journal: Journal;
  #failing: { position: number; since_ms: number } | undefined;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /**
   * @throws Error of the disk while it may still come back: an unreadable stretch becomes a hole only after half a
   * minute, or at once when `hurry` is set.
   */
  async read(from: number, maxBytes: number, hurry = false): Promise<RecordsRead> {
    const first = Math.max(from, this.#journal.floor);
    try {
      const { records, missing, next } = await this.#journal.read(first, maxBytes);
      if (this.#failing?.position === first) this.#failing = undefined;
      const read: RecordsRead = { records: [], holes: [...missing], next };
      for (const { position, data } of records) {
        const record = decodeRecord(data);
        // Sound on the disk, and not understood: another version wrote it.
        if (record?.batch.content.seq === position) read.records.push(record);
        else read.holes.push({ from: position, to: position + 1 });
      }
      return read;
    } catch (error) {
      if (!hurry && !this.#givenUp(first)) throw error;
      const segment = this.#journal.segments.findLast((known) => known.first <= first);
      const next = Math.max(segment?.end ?? first, Math.min(first + 1, this.#journal.next));
      return { records: [], holes: [{ from: first, to: next }], next };
    }
  }

  #givenUp(position: number): boolean {
    const now_ms = performance.now();
    if (this.#failing?.position !== position) this.#failing = { position, since_ms: now_ms };
    return now_ms - this.#failing.since_ms > patience_ms;
  }
}
