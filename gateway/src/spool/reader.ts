import { systemCode } from '@benchline/model';
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
  /** Since when which positions fail. */
  readonly #failing = new Map<number, number>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /**
   * @throws Error of the disk while it may still come back: an unreadable stretch becomes a hole only after half a
   * minute.
   */
  async read(from: number, maxBytes: number): Promise<RecordsRead> {
    const first = Math.max(from, this.#journal.floor);
    try {
      const { records, missing, next } = await this.#journal.read(first, maxBytes);
      this.#failing.delete(first);
      const read: RecordsRead = { records: [], holes: [...missing], next };
      for (const { position, data } of records) {
        const record = decodeRecord(data);
        // Sound on the disk, and not understood: another version wrote it.
        if (record?.batch.content.seq === position) read.records.push(record);
        else read.holes.push({ from: position, to: position + 1 });
      }
      return read;
    } catch (error) {
      if (!isDamage(error) || !this.#givenUp(first)) throw error;
      const segment = this.#journal.segments.findLast((known) => known.first <= first);
      const next = Math.max(segment?.end ?? first, Math.min(first + 1, this.#journal.next));
      return { records: [], holes: [{ from: first, to: next }], next };
    }
  }

  #givenUp(position: number): boolean {
    const now_ms = performance.now();
    const since_ms = this.#failing.get(position) ?? now_ms;
    this.#failing.set(position, since_ms);
    return now_ms - since_ms > patience_ms;
  }
}

/** Other failures, such as too many open files, say nothing of what is on the disk. */
function isDamage(error: unknown): boolean {
  return ['EIO', 'ENOENT', 'EISDIR'].includes(systemCode(error) ?? '');
}
