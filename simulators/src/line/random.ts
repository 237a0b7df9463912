import { createHash } from 'node:crypto';

/** A stream of pseudo-random numbers that a text determines: the same on every machine and in every release. */
export class Random {
  readonly #state: Uint32Array;

  constructor(seed: string) {
    const digest = createHash('sha256').update(seed).digest();
    this.#state = new Uint32Array([0, 4, 8, 12].map((at) => digest.readUInt32LE(at)));
    // sfc32 wants a counter that starts at 1 and a dozen rounds before its output is well mixed.
    this.#state[3] = 1;
    for (let i = 0; i < 12; i++) this.unit();
  }

  /** From 0, below 1. Generator sfc32 (Chris Doty-Humphrey, PractRand, public domain). */
  unit(): number {
    const s = this.#state;
    const [a = 0, b = 0, c = 0, counter = 0] = s;
    const sum = (a + b + counter) | 0;
    s[3] = (counter + 1) | 0;
    s[0] = b ^ (b >>> 9);
    s[1] = (c + (c << 3)) | 0;
    s[2] = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.unit();
  }

  whole(low: number, high: number): number {
    return Math.floor(this.between(low, high + 1));
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.unit() * items.length)];
  }
}
