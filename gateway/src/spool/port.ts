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
   * After an end that was not orderly a disk may have lost batches without a trace. From this number on a batch may
   * be the second of its number: it must not be sent before a ledger has said what it holds. Undefined where no such
   * doubt is.
   */
  readonly doubtful_from: number | undefined;

  /**
   * Numbers, chains, signs and commits batches in the given order; resolves with the sequence number of the
   * last once all are durable. A draft too large for one batch becomes several. Room is made by
   * deleting acknowledged segments, then, where the policy allows it, the oldest unacknowledged ones; what is lost
   * so is declared by gaps with reason `evicted`.
   * @throws BenchlineError `journal_full` (no room; nothing was appended, retry later), `journal_corrupt`
   * (I/O error: the process has to start anew), `value_unrepresentable` or `batch_malformed` (a draft that no
   * batch can carry; none of this call's drafts was appended).
   */
  append(drafts: readonly BatchDraft[]): Promise<number>;

  /** Where a source stood for a machine as of the last commit; undefined before its first batch. */
  resumeState(machine: Slug, source: Slug): ResumeState | undefined;
  /** All of them, for births and for status. */
  resumeStates(): readonly ResumeState[];

  /**
   * Reads batches from a sequence number on, the newest from memory. Some may be left out, because they were
   * evicted or do not read back: by then that is declared, by gaps with reason `spool_damaged`.
   * @throws Error of the disk, which may pass.
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
  /** A ledger has said what it holds of this epoch, and this spool agrees. */
  settleDoubt(): void;
  /**
   * Begins a new epoch with all unacknowledged batches, and the newest acknowledged ones, numbered and signed anew. Needed when the tail of the
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
  /** Bytes of segments with unacknowledged batches. */
  unacked_bytes: number;
  /** Gateway time of the oldest unacknowledged batch, Unix milliseconds; undefined when there is none. */
  oldest_unacked_ms: number | undefined;
  /** Bytes committed since the spool was opened. */
  appended_bytes: number;
  /** What the disk has left, and how much of that is left to others; undefined where the disk does not say. */
  free_bytes: number | undefined;
  min_free_bytes: number;
  max_age_h: number | undefined;
  when_full: 'evict_oldest' | 'stop_taking';
  /** There is no room: sources wait. */
  refusing: boolean;
  /** Hours until a bound is reached if no ledger acknowledges anything, at the rate of the last minutes. */
  buffer_left_h: number | undefined;
  /** Why nobody knows that. */
  buffer_left_unknown: 'measuring' | 'nothing_arrives' | undefined;
  /** Unacknowledged batches that are gone, since the spool was made, by what took them. */
  lost: { bytes: number; age: number; disk: number; damaged: number };
  /** Those of them that had to make room. */
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
  max_bytes?: number | undefined;
  /** Older batches are deleted. Default: no bound. */
  max_age_h?: number | undefined;
  /** Left to other programs. Default 64 MiB, or a twentieth of the disk where that is less. */
  min_free_bytes?: number | undefined;
  /** What to do when a bound is reached and nothing acknowledged is left to delete. Default `evict_oldest`. */
  when_full?: 'evict_oldest' | 'stop_taking';
}
