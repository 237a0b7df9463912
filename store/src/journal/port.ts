/**
 * An append-only log of records in segment files, durable by group commit: what the gateway's spool and the
 * ingest's ledger are made of. Records have positions 0, 1, 2 … that never change.
 */
export interface Journal {
  /** The position of the oldest record still there. */
  readonly floor: number;
  /** One past the newest durable record: where the next append lands once all running ones are through. */
  readonly next: number;
  /** Bytes on disk. */
  readonly bytes: number;
  /** The segment files, oldest first; records are written to the last one. */
  readonly segments: readonly JournalSegment[];
  /** What opening found and mended: bytes of a torn or corrupt tail that were cut off, and the position it began at. */
  readonly recovery: { cut_bytes: number; cut_from: number | undefined };
  /**
   * Appends records at consecutive positions; resolves with the first position once all are fsynced. Calls made
   * while a commit runs share the next one and succeed or fail together.
   * @throws BenchlineError, always retryable, nothing was appended: `journal_full` when the bound or the disk is
   * full, `journal_unwritable` after any other I/O error. The journal goes on as soon as the disk does.
   */
  append(records: readonly Uint8Array[]): Promise<number>;
  /**
   * Reads durable records in order from a position on: as many as fit `maxBytes`, at least one if there is one.
   * A `from` below the floor reads from the floor.
   */
  read(from: number, maxBytes: number): Promise<JournalRead>;
  /** Resolves when a record at `position` is durable, when the signal aborts, or when the journal is closed. */
  waitFor(position: number, signal: AbortSignal): Promise<void>;
  /** Deletes whole segments that lie entirely below a position; never the one that is written to. */
  trim(below: number): Promise<void>;
  /** Waits for running appends, then refuses further ones. */
  close(): Promise<void>;
}

export interface JournalRecord {
  position: number;
  data: Uint8Array;
}

export interface JournalRead {
  records: JournalRecord[];
  /** Positions [from, to) in the stretch just read that do not read back as they were written, in order. */
  missing: { from: number; to: number }[];
  /** Where to read on; equal to `Journal.next` at the end. */
  next: number;
}

export interface JournalSegment {
  path: string;
  /** Position of its first record. */
  first: number;
  /** One past the position of its last record. */
  end: number;
  bytes: number;
}

/** A journal as a second process may look at it while the first one writes. */
export type JournalView = Pick<Journal, 'floor' | 'next' | 'bytes' | 'segments' | 'recovery' | 'read'>;

export interface JournalOptions {
  folder: string;
  /**
   * What to do with sound records behind damage in the newest segment: `cut` makes an end of the journal where
   * the damage begins, `keep` leaves a hole that reads report as missing. Default `cut`.
   */
  behind_damage?: 'cut' | 'keep';
  /** A segment is closed once it has this many bytes. Default 8 MiB. */
  segment_bytes?: number;
  /** Appends that would make the journal larger are refused. Default: no bound. */
  max_bytes?: number;
  /** So much of what was appended last is read from memory instead of the disk. Default: nothing. */
  tail_bytes?: number;
}
