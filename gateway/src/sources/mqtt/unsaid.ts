import type { Slug } from '@benchline/model';

/**
 * What a device has not said again since messages of it were lost. A device that says only what changes may have said
 * in one of them that a signal has another value: until it says that signal anew, nobody knows what holds. The clock
 * is given: it only has to run evenly.
 */
export class Unsaid {
  readonly #patience_ms: number;
  readonly #signals = new Set<Slug>();
  #until_ms = Number.NEGATIVE_INFINITY;

  /** `patience_ms`: how long a device is waited for that may not understand what it is asked. */
  constructor(patience_ms: number) {
    this.#patience_ms = patience_ms;
  }

  /** Messages are lost that may have been about any of these. */
  lost(signals: Iterable<Slug>, now_ms: number): void {
    for (const signal of signals) this.#signals.add(signal);
    this.#until_ms = now_ms + this.#patience_ms;
  }

  said(signal: Slug): void {
    this.#signals.delete(signal);
  }

  /** Whether the device is to say everything anew. */
  get any(): boolean {
    return this.#signals.size > 0;
  }

  /** Whether it is waited for that. */
  waits(now_ms: number): boolean {
    return this.any && now_ms < this.#until_ms;
  }
}
