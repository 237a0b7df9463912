import type { Spool } from './spool/port.ts';

/** A value waits for its commit no longer than this part of what it will have to wait for a ledger anyway. */
const partOfLateness = 1 / 5;
/** What is not committed is lost when the process is killed. */
const longest_ms = 1000;

/**
 * Says how long observations may be gathered for one commit: longer while the ledger is away or has yet to take what
 * piled up. Nobody waits for them then, and larger batches cost everybody on the way less.
 */
export class Gathering {
  readonly #usual_ms: number;
  /** The newest batch when the one before was acknowledged: how long it takes is how late everything is. */
  #watched: { epoch: string; seq: number; since_ms: number } | undefined;
  #took_ms = 0;

  /** @param usual_ms how long they are gathered while the ledger keeps up. */
  constructor(usual_ms: number) {
    this.#usual_ms = usual_ms;
  }

  /** How long to gather at present, in milliseconds; to be asked at least once in the usual time. */
  at(spool: Pick<Spool, 'epoch' | 'next' | 'acked'>, now_ms: number): number {
    const late_ms = this.#lateness(spool, now_ms);
    return Math.max(this.#usual_ms, Math.min(longest_ms, late_ms * partOfLateness));
  }

  #lateness({ epoch, next, acked }: Pick<Spool, 'epoch' | 'next' | 'acked'>, now_ms: number): number {
    const newest = next - 1;
    if (this.#watched && (acked >= this.#watched.seq || this.#watched.epoch !== epoch)) {
      this.#took_ms = now_ms - this.#watched.since_ms;
      this.#watched = undefined;
    }
    if (acked >= newest) return (this.#took_ms = 0);
    this.#watched ??= { epoch, seq: newest, since_ms: now_ms };
    return Math.max(this.#took_ms, now_ms - this.#watched.since_ms);
  }
}
