import { setTimeout as sleep } from 'node:timers/promises';
import { backOff } from '../back-off.ts';
import type { Item, ItemResult } from './items.ts';
import type { Subscription } from './subscription.ts';

/** A server that is short of something is not asked more often than this once it has refused a few times. */
const longestPause_ms = 60_000;
/** The first pause is about six seconds: a server that has just started may not have all of its nodes yet. */
const failuresAssumed = 5;

/**
 * Items that the server did not take: nodes that it does not have, or has no room to watch. Both may change without
 * the session ending, after a new program or when a dead client's subscription runs out, so they are asked for again.
 */
export class RefusedItems {
  #items: readonly Item[] = [];

  get items(): readonly Item[] {
    return this.#items;
  }

  note(asked: readonly Item[], results: readonly ItemResult[]): void {
    const refused = new Set(results.filter((r) => r.status !== 0).map((r) => r.handle));
    this.#items = asked.filter(({ handle }) => refused.has(handle));
  }

  /** Asks for them, at growing intervals, until the server has taken all or the signal aborts. */
  async askAgain(subscription: Subscription, signal: AbortSignal): Promise<void> {
    for (let failures = failuresAssumed; this.#items.length > 0; failures += 1) {
      await sleep(backOff(failures, longestPause_ms), undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      // A service that fails as a whole is the connection's business; here it means no more than "not yet".
      const results = await subscription.addItems(this.#items).catch(() => undefined);
      if (results && !signal.aborted) this.note(this.#items, results);
    }
  }
}
