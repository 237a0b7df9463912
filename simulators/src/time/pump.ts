import { setTimeout as sleep } from 'node:timers/promises';
import type { SimClock } from './clock.ts';
import type { Instant, Timeline } from './timeline.ts';

/** What a pump feeds: an OPC UA server or a publisher of messages. */
export interface Outlet {
  /** Whether somebody listens and keeps up; while not, simulated time stands still. */
  ready(): boolean;
  /** Puts everything up to `time_ms` on record and then on the wire, in order. */
  deliver(instants: readonly Instant[], time_ms: number): Promise<void>;
}

const turnMs = 50;
/** Points delivered in one turn: enough for 40 000 a second, little enough not to flood a client's queues. */
const pointsPerTurn = 2000;

/** Draws a timeline as simulated time passes and feeds it to an outlet. */
export class Pump {
  readonly #clock: SimClock;
  readonly #timeline: Timeline;
  readonly #outlet: Outlet;
  #next: Instant | undefined;

  constructor(clock: SimClock, timeline: Timeline, outlet: Outlet) {
    this.#clock = clock;
    this.#timeline = timeline;
    this.#outlet = outlet;
  }

  /** Runs until the clock has reached its end or the signal aborts. Rejects with what the outlet rejects with. */
  async run(signal: AbortSignal): Promise<void> {
    this.#clock.hold();
    while (!signal.aborted) {
      if (this.#outlet.ready()) await this.#turn();
      else this.#clock.hold();
      if (this.#clock.ended && this.#peek() === undefined) return;
      await sleep(turnMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Delivers what is due before any time has passed, whether or not anybody listens yet. */
  async prime(): Promise<void> {
    await this.#deliverUntil(this.#clock.time_ms);
  }

  async #turn(): Promise<void> {
    await this.#deliverUntil(this.#clock.advance());
  }

  async #deliverUntil(until: number): Promise<void> {
    const due: Instant[] = [];
    let points = 0;
    for (let next = this.#peek(); next && next.time_ms <= until; next = this.#peek()) {
      if (points > 0 && points + next.points.length > pointsPerTurn) {
        this.#clock.holdAt(due.at(-1)?.time_ms ?? until);
        break;
      }
      if (next.points.length > 0) due.push(next);
      points += next.points.length;
      this.#next = undefined;
    }
    await this.#outlet.deliver(due, this.#clock.time_ms);
  }

  #peek(): Instant | undefined {
    this.#next ??= this.#timeline.next().value ?? undefined;
    return this.#next;
  }
}
