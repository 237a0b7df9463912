import { type CanonicalState, type Nanoseconds, nsFromMs, type PlantIndex } from '@benchline/model';
import type { Interval } from '../intervals.ts';
import type { StopKey } from './account.ts';
import type { Known } from './known.ts';

/** A micro-stop, where it ended: it belongs to the window that this instant lies in, whatever windows there are. */
export interface MicroStop {
  at_ns: Nanoseconds;
  /** The state and the reason that it began with. */
  key: StopKey;
  time_ns: Nanoseconds;
}

/** Stops that are nobody's plan. */
const unplanned: ReadonlySet<CanonicalState> = new Set(['waiting', 'short_stop', 'fault']);

/** Below this length a stop is a micro-stop. */
export function microStopNs({ plant }: PlantIndex): Nanoseconds {
  return nsFromMs(plant.losses.micro_stop_s * 1000);
}

/** How much earlier than a window states have to be known, to tell the micro-stops that ended in it. */
export function microStopReach(bound_ns: Nanoseconds): Nanoseconds {
  // A nanosecond more shows that it was producing when the longest of them began.
  return bound_ns + 1n;
}

/**
 * The stops shorter than a bound, from producing to producing within one stretch of planned time, in order. What
 * began or ended unobserved may have been longer, so it is none.
 * @param busy observed time within shifts, in order.
 */
export function microStopsIn(busy: readonly Known[], bound_ns: Nanoseconds): MicroStop[] {
  const stops: MicroStop[] = [];
  let before: Known | undefined;
  let open: (Interval & { key: StopKey }) | undefined;
  for (const stretch of busy) {
    const { state, reason, from_ns, to_ns } = stretch;
    const adjoins = before?.to_ns === from_ns;
    if (!adjoins) open = undefined;
    if (unplanned.has(state)) {
      if (open) open.to_ns = to_ns;
      else if (adjoins && before?.state === 'producing')
        open = { key: `${state}/${reason ?? ''}`, from_ns, to_ns };
    } else {
      if (open && state === 'producing' && open.to_ns - open.from_ns < bound_ns)
        stops.push({ at_ns: open.to_ns, key: open.key, time_ns: open.to_ns - open.from_ns });
      open = undefined;
    }
    before = stretch;
  }
  return stops;
}
