import { isoFromNs, nsFromMs } from '@benchline/model';

/** Epochs of one gateway that are remembered: the one in force and the last that were refused. */
const remembered = 5;

/** Which epochs of one gateway id were heard, and when last: two at once are two gateways with one id. */
export class EpochsHeard {
  readonly #epochs = new Map<string, { last_ms: number; messages: number; refused: number }>();

  note(epoch: string, refused: boolean, now_ms: number): void {
    const heard = this.#epochs.get(epoch) ?? { last_ms: 0, messages: 0, refused: 0 };
    heard.last_ms = now_ms;
    heard.messages += 1;
    if (refused) heard.refused += 1;
    // Put last again, so that the first is the one that was heard of least recently.
    this.#epochs.delete(epoch);
    this.#epochs.set(epoch, heard);
    for (const oldest of this.#epochs.keys()) {
      if (this.#epochs.size <= remembered) break;
      this.#epochs.delete(oldest);
    }
  }

  report() {
    return [...this.#epochs].map(([epoch, { last_ms, messages, refused }]) => ({
      epoch,
      last_heard: isoFromNs(nsFromMs(last_ms)),
      messages,
      refused,
    }));
  }
}
