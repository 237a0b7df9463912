import type { CanonicalState, Nanoseconds } from '@benchline/model';
import type { StateStretch } from '../figures/state-list.ts';
import { type Interval, overlay } from '../intervals.ts';

/** A stop that is over, with what it began with. */
interface MicroStop extends Interval {
  state: CanonicalState;
  /** What the controller or an operator called it. */
  reason: string;
}

/** Stops that are nobody's plan. */
const unplanned: ReadonlySet<StateStretch['state']> = new Set(['waiting', 'short_stop', 'fault']);

/** How much earlier than a window the states have to be known, to tell the stops that ended in it. */
export function microStopsFrom(window: Interval, bound_ns: Nanoseconds): Interval {
  // A nanosecond more shows that it was producing when the longest of them began.
  return { from_ns: window.from_ns - bound_ns - 1n, to_ns: window.to_ns };
}

/**
 * The stops shorter than a bound, from producing to producing within one stretch of planned time, that ended in
 * [from, to): each belongs to one window, whatever windows are asked for. What began or ended unobserved may have
 * been longer, so it is none.
 * @param states as `microStopsFrom` says, without holes.
 */
export function microStopsOf(
  states: readonly StateStretch[],
  planned: readonly Interval[],
  window: Interval,
  bound_ns: Nanoseconds,
): MicroStop[] {
  const stretches = overlay(states, planned, ({ state, native, reason_code }) => ({
    state,
    reason: reason_code ?? native ?? '',
  }));
  const stops: MicroStop[] = [];
  let open: MicroStop | undefined;
  for (const [i, { state, reason, from_ns, to_ns }] of stretches.entries()) {
    const before = stretches[i - 1];
    const adjoins = before?.to_ns === from_ns;
    if (!adjoins) open = undefined;
    if (state !== 'unobserved' && unplanned.has(state)) {
      if (open) open = { ...open, to_ns };
      else if (adjoins && before.state === 'producing') open = { state, reason, from_ns, to_ns };
      continue;
    }
    if (open && state === 'producing' && isOf(open, window, bound_ns)) stops.push(open);
    open = undefined;
  }
  return stops;
}

function isOf({ from_ns, to_ns }: Interval, window: Interval, bound_ns: Nanoseconds): boolean {
  return to_ns - from_ns < bound_ns && to_ns >= window.from_ns && to_ns < window.to_ns;
}
