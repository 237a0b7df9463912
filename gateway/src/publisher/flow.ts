/**
 * Which batch goes next. Everything up to `acked` is durable with the ledger; what lies between it and the
 * cursor is on its way and may be lost there. No I/O and no clock.
 */
export class Flow {
  acked: number;
  /** Next sequence number to send. */
  cursor: number;
  readonly #window: number;
  /** One above the highest number ever sent in this epoch by this process. */
  #sentBelow = 0;
  /** When something was on its way and nothing before it yet, or the ledger last took a step. */
  #progress_ms = 0;

  constructor(acked: number, window: number) {
    this.acked = acked;
    this.cursor = acked + 1;
    this.#window = window;
  }

  get inFlight(): number {
    return this.cursor - this.acked - 1;
  }

  get full(): boolean {
    return this.inFlight >= this.#window;
  }

  /** Milliseconds until an acknowledgement is overdue; undefined while none is due. */
  untilStall(now_ms: number, stall_ms: number): number | undefined {
    return this.inFlight > 0 ? this.#progress_ms + stall_ms - now_ms : undefined;
  }

  /** Notes that a batch goes out; whether it went out before. */
  sent(seq: number, now_ms: number): boolean {
    if (this.inFlight <= 0) this.#progress_ms = now_ms;
    this.cursor = seq + 1;
    const again = seq < this.#sentBelow;
    this.#sentBelow = Math.max(this.#sentBelow, this.cursor);
    return again;
  }

  /** Takes note of what the ledger has; whether it has less than it had. */
  acknowledged(seq: number, now_ms: number): boolean {
    const back = seq < this.acked;
    if (seq !== this.acked) this.#progress_ms = now_ms;
    this.acked = seq;
    if (back || this.cursor <= seq) this.cursor = seq + 1;
    return back;
  }

  /** Another epoch: numbers begin anew. */
  reset(): void {
    this.acked = -1;
    this.cursor = 0;
    this.#sentBelow = 0;
  }

  /** Sends everything unacknowledged again. */
  rewind(): void {
    this.cursor = this.acked + 1;
  }
}
