/** A window never gets smaller: a ledger that answers ten times a second still gets some hundred batches a second. */
const smallestWindow = 16;
const firstWindow = 64;
/** For a ledger that is back: a quarter of what brokers queue for a client as a rule. */
const returnWindow = 256;
/** What one broker may have to hold of this gateway. */
const maxBytesInFlight = 4 * 1024 * 1024;
/** So many acknowledgements of the same batch while others are on their way say that the one behind it was lost. */
const repeatsOfLoss = 2;
/** An acknowledgement may speak of what was on its way before the last rewind. */
const afterRewind_ms = 150;
const longestStall_ms = 8000;
/** An acknowledgement is not missed sooner, however fast they came so far: a ledger says one in 100 ms. */
const soonestRetry_ms = 300;

/**
 * Which batch goes next, and how many may be on their way. Everything up to `acked` is durable with the ledger; what
 * lies between it and the cursor may be lost there. The window opens while acknowledgements keep coming and is halved
 * when something was lost, as TCP does it (RFC 5681): brokers drop what they cannot queue, and what is sent again
 * must not be what overwhelms them. No I/O and no clock.
 */
export class Flow {
  acked: number;
  /** Next sequence number to send. */
  cursor: number;
  readonly #widest: number;
  readonly #stall_ms: number;
  #window: number;
  /** Up to here the window doubles, from here on it grows by some batches a turn. */
  #threshold: number;
  /** Sizes of the batches on their way. */
  #sizes: number[] = [];
  #bytes = 0;
  /** One above the highest number ever sent in this epoch by this process. */
  #sentBelow = 0;
  /** When something was on its way and nothing before it yet, or the ledger last took a step. */
  #progress_ms = 0;
  #rewound_ms = Number.NEGATIVE_INFINITY;
  #repeats = 0;
  #stalls = 0;
  /** Of a batch sent for the first time: its acknowledgement shows how long the way is. */
  #timed: { seq: number; sent_ms: number } | undefined;
  readonly #way = new WayTime();
  /** Since the last acknowledgement that was a step: how often it was missed. */
  #retries = 0;
  /** Sent once more to find out whether it was lost. */
  #probed: number | undefined;
  /** The window before a stall, while nothing was sent since; `newest` was on its way. */
  #beforeStall: { newest: number; window: number; threshold: number } | undefined;

  constructor(acked: number, options: { window: number; stall_ms: number }) {
    this.acked = acked;
    this.cursor = acked + 1;
    this.#widest = options.window;
    this.#stall_ms = options.stall_ms;
    this.#window = Math.min(firstWindow, options.window);
    this.#threshold = options.window;
  }

  get inFlight(): number {
    return this.cursor - this.acked - 1;
  }

  get window(): number {
    return Math.floor(this.#window);
  }

  get full(): boolean {
    return this.inFlight >= this.window || (this.inFlight > 0 && this.#bytes >= maxBytesInFlight);
  }

  /** Milliseconds until an acknowledgement is overdue; undefined while none is due. */
  untilStall(now_ms: number): number | undefined {
    const patience_ms = Math.min(
      this.#stall_ms * 2 ** this.#stalls,
      Math.max(longestStall_ms, this.#stall_ms),
    );
    return this.inFlight > 0 ? this.#progress_ms + patience_ms - now_ms : undefined;
  }

  /** Milliseconds until what is on its way should have been acknowledged, as things went so far. */
  untilRetry(now_ms: number): number | undefined {
    const usual_ms = this.#way.longest_ms;
    if (this.inFlight <= 0 || usual_ms === undefined) return undefined;
    const first_ms = Math.min(Math.max(soonestRetry_ms, usual_ms), this.#stall_ms / 2);
    const wait_ms = first_ms * 2 ** this.#retries;
    return wait_ms >= this.#stall_ms ? undefined : this.#progress_ms + wait_ms - now_ms;
  }

  /**
   * It was not. A ledger that is busy is late, too, and what it has must not be sent again for that: the first time one
   * batch is, the oldest, whose number is returned. Where the answer names that one and nothing behind it, or none
   * comes, the rest was lost as well (RFC 8985, 7, does so, too).
   */
  retry(now_ms: number): number | undefined {
    this.#retries += 1;
    if (this.#retries === 1) return (this.#probed = this.acked + 1);
    const progress_ms = this.#progress_ms;
    this.#lost(now_ms);
    this.#progress_ms = progress_ms;
    return undefined;
  }

  /** Whether this process sent a batch before. */
  wasSent(seq: number): boolean {
    return seq < this.#sentBelow;
  }

  /** Notes that a batch went out. */
  sent(seq: number, bytes: number, now_ms: number): void {
    if (this.inFlight <= 0) this.#progress_ms = now_ms;
    this.cursor = seq + 1;
    this.#beforeStall = undefined;
    this.#sizes.push(bytes);
    this.#bytes += bytes;
    if (seq >= this.#sentBelow) this.#timed ??= { seq, sent_ms: now_ms };
    this.#sentBelow = Math.max(this.#sentBelow, this.cursor);
  }

  /** Takes note of what the ledger has; `back` when it has less than it had, `lost` when something has to be sent again. */
  acknowledged(seq: number, now_ms: number): 'forward' | 'same' | 'back' | 'lost' {
    if (seq === this.acked) return this.#repeated(now_ms);
    const forward = seq > this.acked;
    const onlyProbe = seq === this.#probed && this.cursor > seq + 1;
    this.#progress_ms = now_ms;
    this.#repeats = 0;
    this.#probed = undefined;
    if (forward) {
      this.#stalls = 0;
      this.#retries = 0;
      this.#time(seq, now_ms);
      this.#afterStall(seq);
      this.#widen(Math.min(seq - this.acked, this.inFlight));
      this.#arrived(seq - this.acked);
    }
    this.acked = seq;
    if (onlyProbe) {
      this.#lost(now_ms);
      return 'lost';
    }
    if (!forward || this.cursor <= seq) this.#sendFrom(seq + 1);
    return forward ? 'forward' : 'back';
  }

  /** Another epoch: numbers begin anew. */
  reset(): void {
    this.acked = -1;
    this.#sendFrom(0);
    this.#sentBelow = 0;
  }

  /** Sends everything unacknowledged again. */
  rewind(): void {
    this.#sendFrom(this.acked + 1);
  }

  /**
   * The ledger is back from where it heard nothing. That says nothing of what it can take, and what has piled up since
   * must not wait for a window that opens by some batches a turn.
   */
  begin(): void {
    this.#window = Math.min(returnWindow, this.#widest);
    this.#threshold = this.#widest;
    this.rewind();
  }

  /** Nothing was acknowledged for too long: everything is sent again, and it is waited longer the next time. */
  stalled(now_ms: number): void {
    this.#stalls += 1;
    const before = { newest: this.cursor - 1, window: this.#window, threshold: this.#threshold };
    this.#lost(now_ms);
    this.#beforeStall = before;
  }

  #repeated(now_ms: number): 'same' | 'lost' {
    if (this.inFlight <= 0 || now_ms - this.#rewound_ms < afterRewind_ms) return 'same';
    this.#repeats += 1;
    if (this.#repeats < repeatsOfLoss) return 'same';
    this.#lost(now_ms);
    return 'lost';
  }

  #lost(now_ms: number): void {
    const smallest = Math.min(smallestWindow, this.#widest);
    this.#window = Math.max(smallest, this.inFlight / 2);
    this.#threshold = this.#window;
    this.#rewound_ms = now_ms;
    this.#progress_ms = now_ms;
    this.#repeats = 0;
    this.rewind();
  }

  /** All that was on its way before a stall has arrived: the ledger was late, and nothing is to be learned of the way. */
  #afterStall(acked: number): void {
    const before = this.#beforeStall;
    if (before && acked >= before.newest) {
      this.#window = before.window;
      this.#threshold = before.threshold;
    }
    this.#beforeStall = undefined;
  }

  #time(acked: number, now_ms: number): void {
    if (!this.#timed || acked < this.#timed.seq) return;
    this.#way.took(now_ms - this.#timed.sent_ms);
    this.#timed = undefined;
  }

  #widen(acked: number): void {
    const step = this.#window < this.#threshold ? acked : (acked * smallestWindow) / this.#window;
    this.#window = Math.min(this.#widest, this.#window + step);
  }

  #arrived(count: number): void {
    for (const size of this.#sizes.splice(0, count)) this.#bytes -= size;
  }

  #sendFrom(seq: number): void {
    this.cursor = seq;
    this.#probed = undefined;
    this.#timed = undefined;
    this.#sizes = [];
    this.#bytes = 0;
  }
}

/** How long the way to the ledger and back takes, with what it varies (RFC 6298, 2). */
class WayTime {
  #mean_ms: number | undefined;
  #variation_ms = 0;

  took(sample_ms: number): void {
    if (this.#mean_ms === undefined) {
      this.#mean_ms = sample_ms;
      this.#variation_ms = sample_ms / 2;
      return;
    }
    this.#variation_ms += (Math.abs(this.#mean_ms - sample_ms) - this.#variation_ms) / 4;
    this.#mean_ms += (sample_ms - this.#mean_ms) / 8;
  }

  /** Undefined before there was any. */
  get longest_ms(): number | undefined {
    return this.#mean_ms === undefined ? undefined : this.#mean_ms + 4 * this.#variation_ms;
  }
}
