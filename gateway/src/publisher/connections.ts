import { backOff } from '../sources/back-off.ts';

const longest_ms = 5000;
/** A connection that lasted so long was a good one: the next failure is a first one. */
const good_ms = 10_000;
/** So many short connections in a row, each made at the first attempt, are no accident of the network. */
const contestedAfter = 3;
const longestContested_ms = 30_000;
/** So long an alarm stands after the last time. */
const alarm_ms = 60_000;

/**
 * When to connect next. A broker ends a connection when another one comes with the same client id: two gateways with
 * one identity would throw each other out for ever, as fast as they can. Other failures look different: a broker or
 * network that is down does not take the next attempt at once.
 */
export class Connections {
  #failures = 0;
  #short = 0;
  #contested_ms: number | undefined;

  /** No connection could be made. @returns how long to wait. */
  failed(): number {
    this.#short = 0;
    return this.#wait(longest_ms);
  }

  /** One was made and is gone. @returns how long to wait. */
  ended(lasted_ms: number, now_ms: number): number {
    if (lasted_ms > good_ms) this.#failures = 0;
    this.#short = lasted_ms > good_ms ? 0 : this.#short + 1;
    if (this.#short < contestedAfter) return this.#wait(longest_ms);
    this.#contested_ms = now_ms;
    // Two that wait equally long meet again and again.
    return this.#wait(longestContested_ms) * (0.5 + Math.random());
  }

  /** Whether another client seems to use this one's id. */
  contested(now_ms: number): boolean {
    return this.#contested_ms !== undefined && now_ms - this.#contested_ms < alarm_ms;
  }

  #wait(limit_ms: number): number {
    const wait_ms = backOff(this.#failures, limit_ms);
    this.#failures += 1;
    return wait_ms;
  }
}
