import type { Slug } from '../slug.ts';
import type { Observation } from '../telemetry/batch.ts';

interface Instant {
  time: bigint;
  newest: Observation;
}

/** Instants remembered per signal: enough for a read-all that overtakes what is still queued at a controller. */
const remembered = 4;

/**
 * Gives observations their ordinal. Another value at the same instant of the same signal gets the next one; the
 * same again is a repeat, which a read-all or a re-send produces. What is older than everything remembered is
 * passed on as ordinal 0: the same late value twice is the same observation twice, which stores do not mind.
 */
export class Ordinals {
  readonly #signals = new Map<Slug, Instant[]>();

  /** `last` is the newest committed observation of each signal, as the spool knows it. */
  constructor(last: ReadonlyMap<Slug, Observation> = new Map()) {
    for (const [signal, newest] of last) this.#signals.set(signal, [{ time: newest.source_time_ns, newest }]);
  }

  /** The observation with its ordinal, or undefined for a repeat. */
  place(draft: Omit<Observation, 'ordinal'>): Observation | undefined {
    const instants = this.#signals.get(draft.signal);
    if (!instants) {
      const first = { ...draft, ordinal: 0 };
      this.#signals.set(draft.signal, [{ time: draft.source_time_ns, newest: first }]);
      return first;
    }
    const instant = instants.find((i) => i.time === draft.source_time_ns);
    if (instant) {
      if (same(instant.newest, draft)) return undefined;
      instant.newest = { ...draft, ordinal: instant.newest.ordinal + 1 };
      return instant.newest;
    }
    const newest = { ...draft, ordinal: 0 };
    instants.unshift({ time: draft.source_time_ns, newest });
    if (instants.length > remembered) instants.splice(oldestOf(instants), 1);
    return newest;
  }
}

function oldestOf(instants: readonly Instant[]): number {
  let oldest = 0;
  for (const [index, instant] of instants.entries())
    if (instant.time < (instants[oldest]?.time ?? instant.time)) oldest = index;
  return oldest;
}

function same(a: Omit<Observation, 'ordinal'>, b: Omit<Observation, 'ordinal'>): boolean {
  return Object.is(a.value, b.value) && a.status === b.status && Object.is(a.native, b.native);
}
