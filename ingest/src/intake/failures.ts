/** So many bad messages of one sender are looked at in a row, then so many a second. */
const burst = 50;
const perSecond = 10;
const maxSenders = 1000;
const sweepPause_ms = 1000;

/**
 * How much work bad messages may cause, by the topic's edge node, since MQTT names no sender. Without it, whoever
 * may publish could keep ingest busy with verifying rubbish while good gateways wait.
 */
export class FailureBudget {
  readonly #senders = new Map<string, { left: number; at_ms: number }>();
  /** What all senders beyond those remembered have left together. */
  readonly #others = { left: burst, at_ms: 0 };
  #swept_ms = 0;

  /** Whether one more message that may turn out bad is worth looking at. */
  allows(sender: string, now_ms: number): boolean {
    return this.#left(sender, now_ms) >= 1;
  }

  /** Notes that a message turned out bad. */
  spend(sender: string, now_ms: number): void {
    if (!this.#senders.has(sender) && this.#senders.size < maxSenders)
      this.#senders.set(sender, { left: burst, at_ms: now_ms });
    const left = this.#left(sender, now_ms);
    const account = this.#senders.get(sender) ?? this.#others;
    account.left = Math.max(0, left - 1);
    account.at_ms = now_ms;
    if (this.#senders.size >= maxSenders && now_ms - this.#swept_ms > sweepPause_ms) this.#forgetFull(now_ms);
  }

  #left(sender: string, now_ms: number): number {
    const account = this.#senders.get(sender);
    if (!account) return this.#senders.size < maxSenders ? burst : refilled(this.#others, now_ms);
    return refilled(account, now_ms);
  }

  #forgetFull(now_ms: number): void {
    this.#swept_ms = now_ms;
    for (const [sender, account] of this.#senders)
      if (refilled(account, now_ms) >= burst) this.#senders.delete(sender);
  }
}

function refilled({ left, at_ms }: { left: number; at_ms: number }, now_ms: number): number {
  return Math.min(burst, left + (Math.max(0, now_ms - at_ms) / 1000) * perSecond);
}
