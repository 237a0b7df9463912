/**
 * An append-only log of records in segment files, durable by group commit: what the gateway's spool and the
 * ingest's ledger are made of. Records have positions 0, 1, 2 … that never change.
 */
export interface Journal {
  /** The position of the oldest record still there, and the position that the next append gets. */
  readonly floor: number;
  readonly next: number;
  /** Bytes on disk. */
  readonly bytes: number;
  /** What opening found and mended: bytes of a torn or corrupt tail that were cut off. */
  readonly recovery: { cut_bytes: number; cut_from: number | undefined };
  /**
   * Appends records at consecutive positions; resolves with the first position once all are fsynced. Calls made
   * while a commit runs share the next one.
   * @throws BenchlineError `journal_full` when the bound is reached, `journal_corrupt` after an I/O error.
   */
  append(records: readonly Uint8Array[]): Promise<number>;
  /** Reads up to `maxBytes` of durable records from a position on; empty at the end. */
  read(from: number, maxBytes: number): Promise<{ position: number; data: Uint8Array }[]>;
  /** Resolves when a record at `position` is durable, or when the signal aborts. */
  waitFor(position: number, signal: AbortSignal): Promise<void>;
  /** Deletes whole segments that lie entirely below a position. */
  trim(below: number): Promise<void>;
  close(): Promise<void>;
}

export interface JournalOptions {
  folder: string;
  /** A segment is closed once it has this many bytes. Default 8 MiB. */
  segment_bytes?: number;
}
