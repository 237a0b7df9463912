import type { LedgerBatch } from './ledger.ts';

/** A stretch shorter than this without a record is no outage. */
const outage_s = 5;
const backlogLeast = 200;

/** How fast the ledger took what an outage had dammed up, beside the pace at which it had been made. */
export type Drain = { drain_ratio: number; backlog: number; outage_s: number } | { absent: string };

/** What is kept of a batch: a long run has many. */
type Arrival = Pick<LedgerBatch, 'received_s' | 'made_s'> & { observations: number };

/** Measures a drain by the ledger's own times, fed with every batch in order. */
export class DrainMeter {
  readonly #arrivals: Arrival[] = [];

  take({ received_s, made_s, observations }: LedgerBatch): void {
    this.#arrivals.push({ received_s, made_s, observations: observations.length });
  }

  /**
   * Of the outage with the largest backlog: what the gateway had committed before the ledger took a record again,
   * over the time from that record to the last of the backlog.
   */
  result(): Drain {
    const backlog = this.#largestBacklog();
    if (!backlog) return { absent: `the ledger was never without a record for ${outage_s} s` };
    if (backlog.observations < backlogLeast)
      return { absent: `the largest backlog held ${backlog.observations} observations, too few to time` };
    const { observations, dammed_s, drained_s } = backlog;
    return {
      drain_ratio: observations / drained_s / (observations / dammed_s),
      backlog: observations,
      outage_s: dammed_s,
    };
  }

  #largestBacklog(): Backlog | undefined {
    let largest: Backlog | undefined;
    for (const [i, arrival] of this.#arrivals.entries()) {
      const before = this.#arrivals[i - 1];
      if (!before || arrival.received_s - before.received_s < outage_s) continue;
      const backlog = this.#backlogFrom(i, arrival.received_s - before.received_s);
      if (!largest || backlog.observations > largest.observations) largest = backlog;
    }
    return largest;
  }

  #backlogFrom(from: number, dammed_s: number): Backlog {
    const back_s = this.#arrivals[from]?.received_s ?? 0;
    let observations = 0;
    let last_s = back_s;
    for (const { made_s, received_s, observations: more } of this.#arrivals.slice(from)) {
      if (made_s >= back_s) break;
      observations += more;
      last_s = received_s;
    }
    // Taken within one commit, it has one time.
    return { observations, dammed_s, drained_s: Math.max(0.001, last_s - back_s) };
  }
}

interface Backlog {
  observations: number;
  dammed_s: number;
  drained_s: number;
}
