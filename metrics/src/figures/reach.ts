import { type Nanoseconds, nsPerDay } from '@benchline/model';
import type { Interval } from '../intervals.ts';

/** Late data are taken to reach so far past their own time: mostly the next readings have taken over long before. */
const lateReach: Nanoseconds = nsPerDay;

/** Knows up to where each asset has been heard of, and so over which time news of it matter. */
export class Reach {
  readonly #newest = new Map<string, Nanoseconds>();

  newest(asset: string): Nanoseconds | undefined {
    return this.#newest.get(asset);
  }

  /** From where on late data may reach further than `of` says, to be found out; undefined where they cannot. */
  beyond(asset: string, to_ns: Nanoseconds): Nanoseconds | undefined {
    const newest = this.#newest.get(asset);
    return newest !== undefined && newest > to_ns + lateReach ? to_ns + lateReach : undefined;
  }

  /** The time whose figures news may change, as far as is taken for granted: [from, to). */
  of(asset: string, { from_ns, to_ns }: Interval): Interval {
    const newest = this.#newest.get(asset);
    if (newest === undefined || to_ns > newest) this.#newest.set(asset, to_ns);
    const late = newest !== undefined && newest > to_ns ? minimum(newest, to_ns + lateReach) : to_ns;
    // Both ends belong to it: an item that is counted at the end of a period belongs to that period.
    return { from_ns: from_ns - 1n, to_ns: late + 1n };
  }
}

function minimum(a: Nanoseconds, b: Nanoseconds): Nanoseconds {
  return a < b ? a : b;
}
