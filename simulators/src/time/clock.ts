/**
 * Simulated time. It starts in the past, runs `rate` times as fast as the wall clock until it has caught up, and
 * then keeps to the wall clock. It never runs ahead of now, never backwards, and stops where `end_ms` says.
 */
export class SimClock {
  readonly #rate: number;
  readonly #end: number;
  readonly #wall: () => number;
  #time: number;
  #looked: number;

  /** Times in ms since 1970; `rate` in simulated per real seconds while behind. */
  constructor(options: { start_ms: number; end_ms?: number; rate: number; wall?: () => number }) {
    this.#time = options.start_ms;
    this.#end = options.end_ms ?? Number.POSITIVE_INFINITY;
    this.#rate = options.rate;
    this.#wall = options.wall ?? Date.now;
    this.#looked = this.#wall();
  }

  /** Simulated time at the last look, whole ms since 1970. */
  get time_ms(): number {
    return Math.floor(this.#time);
  }

  get ended(): boolean {
    return this.#time >= this.#end;
  }

  /** Lets the wall time since the last look pass and returns simulated time. */
  advance(): number {
    const now = this.#wall();
    const passed = Math.max(0, now - this.#looked);
    this.#looked = now;
    const target = Math.min(this.#time + passed * this.#rate, now, this.#end);
    this.#time = Math.max(this.#time, target);
    return this.time_ms;
  }

  /** Lets the wall time since the last look pass without simulated time. */
  hold(): void {
    this.#looked = this.#wall();
  }

  /** Goes back to a time that was not yet reported to anybody: there was more to say than fits one turn. */
  holdAt(time_ms: number): void {
    this.#time = Math.min(this.#time, time_ms);
  }

  /** Skips ahead to a time: what lies between is not simulated. */
  skipTo(time_ms: number): void {
    this.#time = Math.max(this.#time, time_ms);
  }
}
