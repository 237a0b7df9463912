import { setTimeout as sleep } from 'node:timers/promises';
import type { FeedRecord } from './records.ts';

/** About so many observations are taken in at once, and as many wait meanwhile. */
const atOnce = 20_000;
/**
 * A transaction costs about as much as a thousand observations: what comes within this time of the last one waits for
 * it. Figures are drawn anew every two seconds, so that nobody sees half a second of it.
 */
const betweenWrites_ms = 500;

/** Reads on while a write is in progress, as far as there is room, so that the next write carries more. */
export class Intake {
  readonly #take: (records: readonly FeedRecord[]) => Promise<void>;
  #waiting: FeedRecord[] = [];
  /** Observations in what waits. */
  #size = 0;
  #writing: Promise<void> | undefined;
  #failed: { error: unknown } | undefined;
  #last = -Infinity;

  constructor(take: (records: readonly FeedRecord[]) => Promise<void>) {
    this.#take = take;
  }

  /** @throws what an earlier write failed with. */
  async add(records: readonly FeedRecord[]): Promise<void> {
    for (const record of records) {
      this.#waiting.push(record);
      this.#size += sizeOf(record);
    }
    if (!this.#writing && this.#waiting.length > 0) this.#writing = this.#drain();
    if (this.#size >= atOnce) await this.#writing;
    if (this.#failed) throw this.#failed.error;
  }

  /** Resolves when nothing is being written any more; never rejects. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #drain(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const early_ms = this.#last + betweenWrites_ms - performance.now();
        if (early_ms > 0 && this.#size < atOnce) await sleep(early_ms);
        this.#last = performance.now();
        await this.#take(this.#next());
      }
    } catch (error) {
      this.#failed = { error };
      this.#waiting = [];
      this.#size = 0;
    }
    this.#writing = undefined;
  }

  #next(): FeedRecord[] {
    let size = 0;
    let count = 0;
    while (count < this.#waiting.length && size < atOnce) {
      size += sizeOf(this.#waiting[count]!);
      count += 1;
    }
    this.#size -= size;
    return this.#waiting.splice(0, count);
  }
}

function sizeOf({ batch }: FeedRecord): number {
  return 1 + (batch?.content.observations.length ?? 0);
}
