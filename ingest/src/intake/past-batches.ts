import { describeError, type Log } from '@benchline/model';
import { findDigest } from '../ledger/find.ts';
import type { Ledger } from '../ledger/ledger.ts';

/** So many questions wait at most: each costs a look into a segment on the disk, and whoever sends can ask. */
const mostWaiting = 64;

/** Looks up, one after the other, what the ledger holds of batches too old to be remembered. */
export class PastBatches {
  readonly #ledger: Ledger;
  readonly #log: Log;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(ledger: Ledger, log: Log) {
    this.#ledger = ledger;
    this.#log = log;
  }

  /**
   * Calls back with the digest of the batch that the ledger holds under a number, undefined when it holds a loss
   * there; never when the ledger cannot be read, which is logged.
   * @returns false, and never calls back, while too many wait.
   */
  ask(
    gateway: string,
    number: { epoch: string; seq: number },
    answer: (digest: string | undefined) => void,
  ): boolean {
    if (this.#waiting >= mostWaiting) return false;
    this.#waiting += 1;
    this.#last = this.#last
      .then(() => findDigest(this.#ledger, gateway, number))
      .then(answer)
      .catch((error: unknown) => this.#log.error({ reason: describeError(error) }, 'cannot read the ledger'))
      .finally(() => {
        this.#waiting -= 1;
      });
    return true;
  }

  /** Resolves when every question is answered. */
  async settle(): Promise<void> {
    await this.#last;
  }
}
