/** A gateway that is gone has said its last for good after this time. */
const patience_ms = 10_000;
/** One that was seen at work is given longer: it says something every second. */
const livePatience_ms = 20_000;
/** So long an alarm stands after the last sign of the other. */
const alarm_ms = 600_000;

/**
 * Watches what a ledger says of a newer epoch under this gateway's own name. If that makes progress, somebody else is
 * at work as this gateway: two computers with one configuration, or a copied one. Then this one keeps silent, or the
 * two would drive each other from epoch to epoch. If it stands still, it is this gateway's own past, from before its
 * folder was lost or restored, and a still newer epoch may follow it. The clock is given: it only has to run evenly.
 */
export class Rival {
  #known: { epoch: string; seq: number; since_ms: number } | undefined;
  #alive_ms: number | undefined;

  /** Takes note of an acknowledgement of a newer epoch; whether that epoch is dead and may be followed. */
  heard({ epoch, seq }: { epoch: string; seq: number }, now_ms: number): boolean {
    const known = this.#known;
    if (!known || known.epoch !== epoch || known.seq !== seq) {
      if (known) this.#alive_ms = now_ms;
      this.#known = { epoch, seq, since_ms: now_ms };
      return false;
    }
    return this.untilFollowed(now_ms) === 0;
  }

  /** Milliseconds until its epoch may be followed if it goes on standing still; undefined without a rival. */
  untilFollowed(now_ms: number): number | undefined {
    if (!this.#known) return undefined;
    const patience = this.#alive_ms === undefined ? patience_ms : livePatience_ms;
    return Math.max(0, this.#known.since_ms + patience - now_ms);
  }

  /** A newer epoch has been begun, or the ledger is content with this one. */
  gone(): void {
    this.#known = undefined;
  }

  /** Whether this gateway keeps silent for another. */
  get present(): boolean {
    return this.#known !== undefined;
  }

  /** Whether it has been seen at work and may still be: it is to be left in peace. */
  get alive(): boolean {
    return this.present && this.#alive_ms !== undefined;
  }

  alarmed(now_ms: number): boolean {
    return this.#alive_ms !== undefined && (this.present || now_ms - this.#alive_ms < alarm_ms);
  }
}
