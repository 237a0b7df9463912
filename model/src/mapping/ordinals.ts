import type { Slug } from '../slug.ts';
import type { Observation } from '../telemetry/batch.ts';

/** Instants remembered per signal: enough for a read-all that overtakes what is still queued at a controller. */
const remembered = 4;

/**
 * Gives observations their ordinal. Another value at the same instant of the same signal gets the next one; the
 * same again is a repeat, which a read-all or a re-send produces. What is older than everything remembered is
 * passed on as ordinal 0: the same late value twice is the same observation twice, which stores do not mind.
 */
export class Ordinals {
  /** The newest observation of each instant, in order of time. */
  readonly #signals = new Map<Slug, Observation[]>();

  /** `last` is the newest committed observation of each signal, as the spool knows it. */
  constructor(last: ReadonlyMap<Slug, Observation> = new Map()) {
    for (const [signal, newest] of last) this.#signals.set(signal, [newest]);
  }

  /** The observation, whose ordinal is 0, with the ordinal that it gets; undefined for a repeat. */
  place(observation: Observation): Observation | undefined {
    const { signal, source_time_ns } = observation;
    const instants = this.#signals.get(signal);
    if (!instants) {
      this.#signals.set(signal, [observation]);
      return observation;
    }
    let at = instants.length;
    // Values come in order as a rule: then this looks at the last one only.
    while (at > 0 && instants[at - 1]!.source_time_ns > source_time_ns) at -= 1;
    const newest = instants[at - 1];
    if (newest?.source_time_ns === source_time_ns) {
      if (same(newest, observation)) return undefined;
      observation.ordinal = newest.ordinal + 1;
      instants[at - 1] = observation;
      return observation;
    }
    if (at === instants.length) instants.push(observation);
    else instants.splice(at, 0, observation);
    if (instants.length > remembered) instants.shift();
    return observation;
  }
}

function same(a: Observation, b: Observation): boolean {
  return Object.is(a.value, b.value) && a.status === b.status && Object.is(a.native, b.native);
}
