export interface Interval {
  from_ns: bigint;
  to_ns: bigint;
}

/** The union of intervals (from, to], as far as it lies within a window, in order; touching ones become one. */
export function mergeWithin(intervals: readonly Interval[], window: Interval): Interval[] {
  const merged: Interval[] = [];
  for (const { from_ns, to_ns } of intervals.toSorted((a, b) => (a.from_ns < b.from_ns ? -1 : 1))) {
    const from = from_ns > window.from_ns ? from_ns : window.from_ns;
    const to = to_ns < window.to_ns ? to_ns : window.to_ns;
    if (from >= to) continue;
    const last = merged.at(-1);
    if (!last || from > last.to_ns) merged.push({ from_ns: from, to_ns: to });
    else if (to > last.to_ns) last.to_ns = to;
  }
  return merged;
}
