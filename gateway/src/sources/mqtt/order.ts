import type { DeviceMessage } from './message.ts';

type Sequenced = DeviceMessage & { sequence: bigint };

/** What to do with a message: in turn, after a hole that nothing filled, or not at all. */
export interface Released {
  message: Sequenced;
  /** Whether messages between the one before and this one never came. */
  jump: boolean;
}

/** More messages than this are not held back for one that is missing. */
const heldAtMost = 1000;

/**
 * Brings the messages of a device that numbers them into order. A repeat is dropped. A message after a hole is
 * held back for a while, because a device with a buffer re-sends what was lost on the way; what has not come by
 * then is a jump.
 */
export class SequenceOrder {
  readonly counters = { repeats: 0, jumps: 0, held: 0 };
  readonly #patience_ms: number;
  #last: bigint | undefined;
  #lastTime_ns: bigint | undefined;
  #held = new Map<bigint, Sequenced>();
  #waitingSince_ms: number | undefined;

  constructor(patience_ms: number, last: bigint | undefined, lastTime_ns: bigint | undefined) {
    this.#patience_ms = patience_ms;
    this.#last = last;
    this.#lastTime_ns = lastTime_ns;
  }

  /** Takes a message in; returns what is in turn now. */
  push(message: Sequenced, now_ms: number): Released[] {
    if (this.#isRepeat(message)) {
      this.counters.repeats += 1;
      return [];
    }
    const last = this.#last;
    const began = last !== undefined && message.sequence <= last;
    if (last === undefined || began) {
      // A device that numbers from the beginning again: its newer time tells it from a repeat.
      const before = began ? this.#giveUp() : [];
      return [...before, this.#release(message, began), ...this.#following()];
    }
    if (message.sequence === last + 1n) return [this.#release(message, false), ...this.#following()];
    this.#held.set(message.sequence, message);
    this.counters.held += 1;
    this.#waitingSince_ms ??= now_ms;
    return this.#held.size > heldAtMost ? this.#giveUp() : [];
  }

  /** Returns what was held back too long; to be called now and then. */
  expire(now_ms: number): Released[] {
    const waited = this.#waitingSince_ms;
    if (waited === undefined || now_ms - waited < this.#patience_ms) return [];
    return this.#giveUp();
  }

  #isRepeat({ sequence, time_ns }: Sequenced): boolean {
    if (this.#held.has(sequence)) return true;
    if (this.#last === undefined || sequence > this.#last) return false;
    return this.#lastTime_ns === undefined || time_ns <= this.#lastTime_ns;
  }

  #release(message: Sequenced, jump: boolean): Released {
    this.#last = message.sequence;
    if (this.#lastTime_ns === undefined || message.time_ns > this.#lastTime_ns)
      this.#lastTime_ns = message.time_ns;
    if (jump) this.counters.jumps += 1;
    return { message, jump };
  }

  #following(): Released[] {
    const released: Released[] = [];
    for (;;) {
      const next = this.#last === undefined ? undefined : this.#held.get(this.#last + 1n);
      if (!next) break;
      this.#held.delete(next.sequence);
      released.push(this.#release(next, false));
    }
    if (this.#held.size === 0) this.#waitingSince_ms = undefined;
    return released;
  }

  #giveUp(): Released[] {
    const held = [...this.#held.values()].sort((a, b) => (a.sequence < b.sequence ? -1 : 1));
    this.#held = new Map();
    this.#waitingSince_ms = undefined;
    return held.map((message) => this.#release(message, message.sequence !== (this.#last ?? 0n) + 1n));
  }
}
