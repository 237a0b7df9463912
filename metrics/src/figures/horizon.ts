import { type Nanoseconds, nsPerSecond } from '@benchline/model';

/** Sources say at least this often how far they have watched; older silence is unobserved time. */
const claimEvery: Nanoseconds = 5n * nsPerSecond;

/**
 * How far the present reaches for an asset. What its sources have not yet claimed is not unobserved until a claim
 * is overdue: a window that is still open ends, for the time being, at the last claim of its live sources.
 */
export class Horizon {
  readonly #claims = new Map<string, Map<string, Nanoseconds>>();

  claimed(asset: string, source: string, until_ns: Nanoseconds): void {
    let sources = this.#claims.get(asset);
    if (!sources) {
      sources = new Map();
      this.#claims.set(asset, sources);
    }
    const before = sources.get(source);
    if (before === undefined || until_ns > before) sources.set(source, until_ns);
  }

  /** The end of what can be known of an asset now, on the whole second so that answers within it agree. */
  of(asset: string, now_ns: Nanoseconds): Nanoseconds {
    const overdue = now_ns - claimEvery;
    let end: Nanoseconds | undefined;
    for (const claim of this.#claims.get(asset)?.values() ?? []) {
      if (claim < overdue) continue;
      if (end === undefined || claim < end) end = claim;
    }
    const reach = end === undefined ? overdue : end < now_ns ? end : now_ns;
    return reach - (reach % nsPerSecond);
  }
}
