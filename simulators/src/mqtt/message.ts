import type { Value } from '@benchline/model';
import type { Point } from '../time/timeline.ts';

/** A message of a simulated device: what changed at one instant; without tags it says that nothing did. */
export interface DeviceMessage {
  /** Rises by one with every message, over restarts too. */
  seq: number;
  /** Source time, ms since 1970. */
  ts: number;
  /** Signal → value as the device says it. */
  tags: Readonly<Record<string, number | string | boolean>>;
}

/** @param ts source time of all points, Unix ms. */
export function messageOf(seq: number, ts: number, points: readonly Point[]): DeviceMessage {
  return { seq, ts, tags: Object.fromEntries(points.map(({ signal, value }) => [signal, plain(value)])) };
}

/** A device's JSON has no integers beyond 2⁵³: its counters never come near. */
function plain(value: Value): number | string | boolean {
  return typeof value === 'bigint' ? Number(value) : value;
}
