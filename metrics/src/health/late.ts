import type { News } from '../follower/records.ts';

/** Counts what comes after later data of the same machine and source. */
export class LateCount {
  count = 0;
  readonly #newest = new Map<string, bigint>();

  add({ machine, source, to_ns }: News): void {
    const key = `${machine}\n${source}`;
    const newest = this.#newest.get(key);
    if (newest !== undefined && to_ns < newest) this.count += 1;
    else this.#newest.set(key, to_ns);
  }
}
