import { BenchlineError, describeError, type Log, nsNow } from '@benchline/model';
import type { Journal, JournalRecord } from '@benchline/store/journal';
import { type Checkpoint, writeCheckpoint } from './checkpoint.ts';
import type { DurableHead, LedgerHeads } from './heads.ts';
import { type Draft, encodeRecord } from './record-line.ts';

/** Opening reads at most this many records more than it must; a checkpoint costs two fsyncs. */
const checkpointEvery = 20_000;

/**
 * Everything that ever came in, in the order in which it came, one JSON line a record, in a journal. It is the
 * whole truth: all else can be rebuilt from it. Nothing is ever changed or deleted.
 */
export class Ledger {
  readonly id: string;
  /** What opening found and mended. */
  readonly recovery: Journal['recovery'];
  readonly #journal: Journal;
  readonly #heads: LedgerHeads;
  readonly #checkpointFile: string;
  readonly #log: Log;
  /** The offset that the next draft gets: ahead of the journal's by what is being committed. */
  #assigned: number;
  #durable: number;
  #checkpointed: number;
  #checkpointing: Promise<void> = Promise.resolve();
  #damage: { since_ms: number; reason: string } | undefined;

  constructor(parts: { id: string; journal: Journal; heads: LedgerHeads; checkpointFile: string; log: Log }) {
    this.id = parts.id;
    this.recovery = parts.journal.recovery;
    this.#journal = parts.journal;
    this.#heads = parts.heads;
    this.#checkpointFile = parts.checkpointFile;
    this.#log = parts.log;
    this.#assigned = parts.journal.next;
    this.#durable = parts.journal.next;
    this.#checkpointed = parts.journal.next;
  }

  /** The offset that the next durable record gets: all below can be read. */
  get next(): number {
    return this.#durable;
  }

  get bytes(): number {
    return this.#journal.bytes;
  }

  /** Since when and why records were found that do not read back. */
  get damage(): { since_ms: number; reason: string } | undefined {
    return this.#damage;
  }

  /** The newest fsynced batch of a gateway. */
  head(gateway: string): DurableHead | undefined {
    return this.#heads.byGateway.get(gateway);
  }

  /** The digest of the last plant file recorded. */
  get plantDigest(): string | undefined {
    return this.#heads.plantDigest;
  }

  /**
   * Appends records in the order of the calls; resolves once they are fsynced. Calls made meanwhile share the
   * next fsync and its fate, so nobody should wait for one call before making the next.
   * @throws BenchlineError `journal_full` (none of the running calls was appended, the ledger goes on) or
   * `journal_corrupt` (the process has to start anew).
   */
  async append(drafts: readonly Draft[]): Promise<void> {
    const first = this.#assigned;
    const received_ns = nsNow();
    this.#assigned += drafts.length;
    try {
      const position = await this.#journal.append(
        drafts.map((draft, i) => encodeRecord(draft, first + i, received_ns)),
      );
      if (position !== first) throw damaged(`position ${position} was given to record ${first}`);
    } catch (error) {
      this.#assigned = this.#journal.next;
      throw error;
    }
    for (const [i, draft] of drafts.entries()) this.#heads.apply(draft, first + i);
    this.#durable = first + drafts.length;
    if (this.#durable - this.#checkpointed >= checkpointEvery) void this.checkpoint();
  }

  /**
   * Durable records from an offset on, as the lines that were written: as many as fit, at least one if there is one.
   * @throws BenchlineError `journal_corrupt` when records do not read back: a ledger with a hole is no ledger.
   */
  async read(from: number, maxBytes: number): Promise<JournalRecord[]> {
    const { records, missing } = await this.#journal.read(from, maxBytes);
    const hole = missing[0];
    if (!hole) return records;
    if (hole.from > from) return records.filter(({ position }) => position < hole.from);
    const error = damaged(`records ${hole.from} to ${hole.to - 1} do not read back`);
    this.#damage ??= { since_ms: Date.now(), reason: describeError(error) };
    throw error;
  }

  /** Resolves when the record at `offset` is durable, or when the signal aborts. */
  waitFor(offset: number, signal: AbortSignal): Promise<void> {
    return this.#journal.waitFor(offset, signal);
  }

  async close(): Promise<void> {
    await this.checkpoint();
    await this.#journal.close();
  }

  /** Notes where the chains stand. It only saves time: failing to write it is logged and nothing more. */
  checkpoint(): Promise<void> {
    this.#checkpointed = this.#durable;
    const checkpoint: Checkpoint = {
      v: 1,
      ledger_id: this.id,
      next: this.#durable,
      ...(this.plantDigest === undefined ? {} : { plant_digest: this.plantDigest }),
      heads: Object.fromEntries(this.#heads.byGateway),
    };
    this.#checkpointing = this.#checkpointing
      .then(() => writeCheckpoint(this.#checkpointFile, checkpoint))
      .catch((error: unknown) =>
        this.#log.warn({ reason: describeError(error) }, 'cannot write the checkpoint'),
      );
    return this.#checkpointing;
  }
}

function damaged(what: string): BenchlineError {
  return new BenchlineError('journal_corrupt', `the ledger is damaged: ${what}`, {
    hint: 'check the disk and bring the ledger folder back from a copy',
  });
}
