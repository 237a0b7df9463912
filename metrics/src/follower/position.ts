/** How far the feed has been read. */
export interface FeedPosition {
  /** Offset of the next record wanted. */
  next: number;
  /** SHA-256 (hexadecimal) of the line before it, by which ingest tells whether its ledger is the one that was read. */
  line: string | undefined;
}

export const feedStart: FeedPosition = { next: 0, line: undefined };
