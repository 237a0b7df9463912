/** Counts things by names that come from outside: at most so many names, each cut to so many characters. */
export class BoundedCounts {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();
  /** What came under further names. */
  #others = 0;

  constructor(limit = 100) {
    this.#limit = limit;
  }

  add(name: string, count = 1): void {
    const key = name.slice(0, 200);
    const before = this.#counts.get(key);
    if (before === undefined && this.#counts.size >= this.#limit) this.#others += count;
    else this.#counts.set(key, (before ?? 0) + count);
  }

  report(): { names: Record<string, number>; others: number } {
    return { names: Object.fromEntries(this.#counts), others: this.#others };
  }
}
