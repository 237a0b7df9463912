const shortest_ms = 5000;
const longest_ms = 60_000;
/** After so long without a renewal the next one is a first one. */
const quiet_ms = 300_000;

/**
 * When a new epoch may follow the last: soon after a first one, later and later while they follow each other, for a
 * history that a ledger refuses again and again is not mended by numbers. The clock is given: it only has to run
 * evenly.
 */
export class RenewalPause {
  #last_ms = Number.NEGATIVE_INFINITY;
  #pause_ms = shortest_ms;

  /** Whether a new epoch may begin now; if so, it is taken to begin. */
  over(now_ms: number): boolean {
    const since_ms = now_ms - this.#last_ms;
    if (since_ms < this.#pause_ms) return false;
    this.#pause_ms = since_ms > quiet_ms ? shortest_ms : Math.min(2 * this.#pause_ms, longest_ms);
    this.#last_ms = now_ms;
    return true;
  }
}
