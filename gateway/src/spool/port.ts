import type { Batch, Observation, SignedBatch, SigningKey, Slug } from '@benchline/model';

/**
 * The gateway's memory on disk: batches get their place in the sequence, their link in the hash chain and
 * their signature here, and are fsynced before anybody else sees them. It also knows, exactly for everything
 * committed, where each source stood, so that a gateway that was killed can go on without guessing.
 */
export interface Spool {
  readonly gateway: Slug;
  /** Changes only when the spool finds that its past was lost, see `renew`. */
  readonly epoch: string;
  /** Sequence number of the oldest batch still there. */
  readonly floor: number;
  /** Sequence number that the next batch gets. */
  readonly next: number;
  /** Newest sequence number that a trusted ledger holds durably; −1 when none. */
  readonly acked: number;

  /**
   * Numbers, chains, signs and commits batches in the given order; resolves with the sequence number of the
   * last once all are durable. A draft too large for one batch becomes several. Room is made by
   * deleting acknowledged segments, then the oldest unacknowledged ones; what is lost so is declared by gaps
   * with reason `evicted`.
   * @throws BenchlineError `journal_full` (disk full; nothing was appended, retry later), `journal_corrupt`
   * (I/O error: the process has to start anew), `value_unrepresentable` or `batch_malformed` (a draft that no
   * batch can carry; none of this call's drafts was appended).
   */
  append(drafts: readonly BatchDraft[]): Promise<number>;

  /** Where a source stood for a machine as of the last commit; undefined before its first batch. */
  resumeState(machine: Slug, source: Slug): ResumeState | undefined;
  /** All of them, for births and for status. */
  resumeStates(): readonly ResumeState[];

  /**
   * Reads batches from a sequence number on, the newest from memory. The first may be later than `from` when
   * batches were evicted or do not read back.
   */
  read(from: number, maxBytes: number): Promise<SignedBatch[]>;
  /** Resolves when batch `seq` is durable, when the signal aborts, or when the spool is closed. */
  waitFor(seq: number, signal: AbortSignal): Promise<void>;
  /**
   * Takes note of what a trusted ledger says it holds; it may go back.
   * Resolves with false when the ledger holds something else than this spool at `seq`, or more than this spool
   * ever had: then only `renew` helps.
   */
  acknowledge(seq: number, digest: string): Promise<boolean>;
  /**
   * Begins a new epoch with all unacknowledged batches numbered and signed anew. Needed when the tail of the
   * spool was lost after it had been sent, because its sequence numbers must not be used twice.
   * @param after an epoch that is known elsewhere: the new one sorts behind it, too.
   */
  renew(after?: string): Promise<void>;

  status(): SpoolStatus;
  close(): Promise<void>;
}

/** A batch as a source hands it over; the spool adds its place in the sequence. */
export interface BatchDraft extends Omit<Batch, 'v' | 'gateway' | 'epoch' | 'seq' | 'prev'> {
  /**
   * Where the source can be resumed after this batch, in the source's own words (a device's sequence number,
   * a continuation point). Kept with the batch, never sent.
   */
  resume?: string;
}

/** What is known of a (machine, source) from its committed batches. */
export interface ResumeState {
  machine: Slug;
  source: Slug;
  /**
   * Source time up to which it is known whether the source was watched: the newest end of a claim or of a gap.
   * Undefined when there was neither.
   */
  until_ns: bigint | undefined;
  /** The `resume` of the last draft that had one. */
  resume: string | undefined;
  /** The newest observation of each signal by (source time, ordinal). */
  last: ReadonlyMap<Slug, Observation>;
}

export interface SpoolStatus {
  epoch: string;
  floor: number;
  next: number;
  acked: number;
  bytes: number;
  max_bytes: number;
  /** Unacknowledged batches deleted for want of room, since the spool was made. */
  evicted_batches: number;
  /** Bytes of a torn or corrupt tail cut when the spool was opened. */
  cut_bytes: number;
  /** How often the epoch changed because the past was lost. */
  renewals: number;
}

export interface SpoolOptions {
  folder: string;
  gateway: Slug;
  key: SigningKey;
  /** Default 512 MiB. */
  max_bytes?: number;
}
