import { type Nanoseconds, nsPerDay, nsPerMinute } from '@benchline/model';
import type { Claim } from './book.ts';

/** A source that reads a real clock and still speaks of what is longer ago has fallen behind for good. */
const longestWait: Nanoseconds = nsPerDay;

/**
 * Up to where an asset's sources have told all that they are going to tell in order: the earliest of their claims, by
 * their own clocks, which may be simulated. A source that is silent holds nothing up for longer than late data
 * are waited for.
 */
export class Watermarks {
  readonly #patience: Nanoseconds;
  readonly #claims = new Map<string, Map<string, Claim>>();
  #changed = new Set<Claim>();

  constructor(lateness_ns: Nanoseconds, claims: readonly Claim[]) {
    this.#patience = lateness_ns > nsPerMinute ? lateness_ns : nsPerMinute;
    for (const claim of claims) this.#sources(claim.machine).set(claim.source, claim);
  }

  /** A source was heard of. */
  heard(claim: Claim): void {
    const sources = this.#sources(claim.machine);
    const before = sources.get(claim.source);
    const until_ns = before && before.until_ns > claim.until_ns ? before.until_ns : claim.until_ns;
    const heard_ns = before && before.heard_ns > claim.heard_ns ? before.heard_ns : claim.heard_ns;
    if (before) this.#changed.delete(before);
    const now = { ...claim, until_ns, heard_ns };
    sources.set(claim.source, now);
    this.#changed.add(now);
  }

  of(machine: string, now_ns: Nanoseconds): Nanoseconds {
    let mark = now_ns;
    for (const { until_ns, heard_ns, simulated } of this.#sources(machine).values()) {
      if (now_ns - heard_ns > this.#patience) continue;
      const least = simulated ? until_ns : maximum(until_ns, now_ns - longestWait);
      if (least < mark) mark = least;
    }
    return mark;
  }

  /** What has changed since this was asked last. */
  changes(): Claim[] {
    const changed = [...this.#changed];
    this.#changed = new Set();
    return changed;
  }

  #sources(machine: string): Map<string, Claim> {
    let sources = this.#claims.get(machine);
    if (!sources) this.#claims.set(machine, (sources = new Map<string, Claim>()));
    return sources;
  }
}

function maximum(a: Nanoseconds, b: Nanoseconds): Nanoseconds {
  return a > b ? a : b;
}
