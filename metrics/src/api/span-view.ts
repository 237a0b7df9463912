import { isoFromNs } from '@benchline/model';
import type { Interval } from '../intervals.ts';

/** How a stretch of time looks in the API. */
export function spanView({ from_ns, to_ns }: Interval): { from: string; to: string } {
  return { from: isoFromNs(from_ns), to: isoFromNs(to_ns) };
}
