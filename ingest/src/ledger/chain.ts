/** The last batch of a gateway that a ledger holds. The digest is '' after a recorded loss: nobody has that batch. */
export interface Head {
  epoch: string;
  seq: number;
  digest: string;
}

/**
 * How many batches back a re-sent one is recognised without reading the ledger. Eight times the window of
 * unacknowledged batches that a gateway sends.
 */
export const recentBatches = 4096;

/** What is known of the batches of one epoch of one gateway: the newest, and the digests of those just before. */
export class Chain {
  #head: Head | undefined;
  readonly #recent = new Map<number, string>();

  constructor(head?: Head, recent: Iterable<readonly [seq: number, digest: string]> = []) {
    this.#head = head;
    for (const [seq, digest] of recent) this.#remember(seq, digest);
  }

  get head(): Head | undefined {
    return this.#head;
  }

  /** The digest of a batch of the head's epoch, when it is one of the recent ones. */
  digestOf(seq: number): string | undefined {
    return this.#recent.get(seq);
  }

  /** Takes the next batch; a new epoch forgets the one before. */
  extend(head: Head): void {
    if (this.#head?.epoch !== head.epoch) this.#recent.clear();
    this.#head = head;
    this.#remember(head.seq, head.digest);
  }

  #remember(seq: number, digest: string): void {
    this.#recent.set(seq, digest);
    if (this.#recent.size <= recentBatches) return;
    for (const oldest of this.#recent.keys()) {
      this.#recent.delete(oldest);
      return;
    }
  }
}
