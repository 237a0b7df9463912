import type { Step } from '../accounts/facts.ts';
import { everAfter, firstIndex, type Interval } from '../intervals.ts';

/** A stretch [from, to) with what holds in it. */
export interface Stretch<T> extends Interval {
  value: T;
}

/**
 * Steps with stretches laid over them; where a stretch ends, what the steps say holds again.
 * @param stretches of several that overlap the later in the list holds.
 * @param before what holds before the first step.
 */
export function laidOver<T>(
  steps: readonly Step<T>[],
  stretches: readonly Stretch<T>[],
  before: T,
): Step<T>[] {
  let result: readonly Step<T>[] = steps;
  for (const stretch of stretches) result = withStretch(result, stretch, before);
  return [...result];
}

function withStretch<T>(
  steps: readonly Step<T>[],
  { from_ns, to_ns, value }: Stretch<T>,
  before: T,
): Step<T>[] {
  if (from_ns >= to_ns) return [...steps];
  const first = firstIndex(steps, (step) => step.at_ns >= from_ns);
  const after = firstIndex(steps, (step) => step.at_ns > to_ns);
  const resumed = steps[after - 1];
  return [
    ...steps.slice(0, first),
    { at_ns: from_ns, value },
    ...(to_ns === everAfter ? [] : [{ at_ns: to_ns, value: resumed ? resumed.value : before }]),
    ...steps.slice(after),
  ];
}
