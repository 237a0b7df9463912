import type { StoreWrite, WriteOutcome } from '@benchline/store';

/** A line of progress at most so often. */
const pause_ms = 2000;

/** Counts what a rebuild writes, and says how far it is and how fast. */
export class Progress {
  readonly #next: number;
  readonly #print: (line: string) => void;
  readonly #start = performance.now();
  #printed = performance.now();
  observations = 0;
  points = 0;
  rejected = 0;

  constructor(next: number, print: (line: string) => void) {
    this.#next = next;
    this.#print = print;
  }

  get seconds(): number {
    return (performance.now() - this.#start) / 1000;
  }

  wrote({ observations, observed, gaps }: StoreWrite, { rejected }: Pick<WriteOutcome, 'rejected'>): void {
    this.observations += observations.length;
    this.points += observations.length + observed.length + gaps.length;
    this.rejected += rejected.length;
  }

  reached(offset: number): void {
    if (performance.now() - this.#printed < pause_ms) return;
    this.#printed = performance.now();
    const share = this.#next === 0 ? 100 : Math.floor((100 * offset) / this.#next);
    const rate = Math.round(this.observations / this.seconds);
    this.#print(`${share} %: record ${offset} of ${this.#next}, ${rate} observations a second`);
  }
}
