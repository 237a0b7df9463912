import type { Nanoseconds } from '@benchline/model';
import type { Interval } from '../intervals.ts';

/** Lengths of the slots that accounts are kept for; each divides the one before. All lie on the UTC grid. */
const slotLengths: readonly Nanoseconds[] = [86_400_000_000_000n, 900_000_000_000n, 60_000_000_000n];

/**
 * Cuts a window into as few slots as possible, with rests shorter than a slot at its ends. Local days and shifts
 * begin on the quarter hour in every zone in use, so they need no rests.
 */
export function piecesOf({ from_ns, to_ns }: Interval): Interval[] {
  const pieces: Interval[] = [];
  for (let at = from_ns; at < to_ns; ) {
    const slot = slotLengths.find((length) => at % length === 0n && at + length <= to_ns);
    const finest = slotLengths.at(-1)!;
    const end = slot === undefined ? nextMultiple(at, finest) : at + slot;
    pieces.push({ from_ns: at, to_ns: end < to_ns ? end : to_ns });
    at = pieces.at(-1)!.to_ns;
  }
  return pieces;
}

function nextMultiple(at: Nanoseconds, length: Nanoseconds): Nanoseconds {
  return at - (((at % length) + length) % length) + length;
}
