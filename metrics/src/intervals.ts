import type { Nanoseconds } from '@benchline/model';

/** A stretch of time; whether its ends belong to it is said where it is used. */
export interface Interval {
  from_ns: Nanoseconds;
  to_ns: Nanoseconds;
}

/** Before and after anything: the ends of what has none. */
export const everBefore: Nanoseconds = -(2n ** 63n);
export const everAfter: Nanoseconds = 2n ** 63n - 1n;
export const always: Interval = { from_ns: everBefore, to_ns: everAfter };

/** Whether the second lies within the first. */
export function contains(outer: Interval, inner: Interval): boolean {
  return inner.from_ns >= outer.from_ns && inner.to_ns <= outer.to_ns;
}

/** The union of intervals as disjoint ones in order; empty and touching ones melt away. */
export function union(intervals: readonly Interval[]): Interval[] {
  const sorted = intervals
    .filter((i) => i.from_ns < i.to_ns)
    .sort((a, b) => (a.from_ns < b.from_ns ? -1 : a.from_ns > b.from_ns ? 1 : 0));
  const merged: Interval[] = [];
  for (const interval of sorted) {
    const last = merged.at(-1);
    if (last && interval.from_ns <= last.to_ns) {
      if (interval.to_ns > last.to_ns) last.to_ns = interval.to_ns;
    } else merged.push({ ...interval });
  }
  return merged;
}

/** What two lists of disjoint, ordered intervals have in common. */
export function intersect(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  return overlay(a, b, (_a, _b, from_ns, to_ns) => ({ from_ns, to_ns }));
}

/** What of `a` is not in `b`; both disjoint and ordered. */
export function subtract(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const rest: Interval[] = [];
  let j = 0;
  for (const { from_ns, to_ns } of a) {
    let start = from_ns;
    while (j < b.length && b[j]!.to_ns <= start) j += 1;
    for (let k = j; k < b.length && b[k]!.from_ns < to_ns; k += 1) {
      if (b[k]!.from_ns > start) rest.push({ from_ns: start, to_ns: b[k]!.from_ns });
      start = b[k]!.to_ns;
    }
    if (start < to_ns) rest.push({ from_ns: start, to_ns });
  }
  return rest;
}

/** Cuts an interval at those of some instants, which are in order, that lie within it. */
export function cutAt({ from_ns, to_ns }: Interval, instants: readonly Nanoseconds[]): Interval[] {
  const edges = [from_ns, ...instants.filter((at) => at > from_ns && at < to_ns), to_ns];
  return edges.slice(1).map((end, i) => ({ from_ns: edges[i]!, to_ns: end }));
}

/** Total length. */
export function lengthOf(intervals: readonly Interval[]): Nanoseconds {
  return intervals.reduce((sum, i) => sum + (i.to_ns - i.from_ns), 0n);
}

/**
 * Index of the first item of an ordered list for which `after` holds (all later ones must hold too), or the
 * list's length.
 */
export function firstIndex<T>(items: ArrayLike<T>, after: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (after(items[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** What of some segments lies within others, both disjoint and ordered; what does as a whole stays the object that it is. */
export function clippedTo<A extends Interval>(segments: readonly A[], others: readonly Interval[]): A[] {
  return overlay(segments, others, (segment, _, from_ns, to_ns) =>
    segment.from_ns === from_ns && segment.to_ns === to_ns ? segment : { ...segment, from_ns, to_ns },
  );
}

/** Pairs of overlapping segments of two disjoint, ordered lists, joined over what they have in common. */
export function overlay<A extends Interval, B extends Interval, C>(
  a: readonly A[],
  b: readonly B[],
  join: (a: A, b: B, from_ns: Nanoseconds, to_ns: Nanoseconds) => C,
): C[] {
  const joined: C[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const left = a[i]!;
    const right = b[j]!;
    const from_ns = left.from_ns > right.from_ns ? left.from_ns : right.from_ns;
    const to_ns = left.to_ns < right.to_ns ? left.to_ns : right.to_ns;
    if (from_ns < to_ns) joined.push(join(left, right, from_ns, to_ns));
    if (left.to_ns < right.to_ns) i += 1;
    else j += 1;
  }
  return joined;
}
