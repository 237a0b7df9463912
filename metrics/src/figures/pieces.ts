import { type Nanoseconds, nsPerDay, nsPerMinute } from '@benchline/model';
import { localPeriods } from '../calendar/local-periods.ts';
import { perWindow } from '../calendar/per-window.ts';
import { daysOverlapping } from '../calendar/periods.ts';
import { contains, type Interval } from '../intervals.ts';

export const quarterNs: Nanoseconds = 15n * nsPerMinute;
/** Lengths of the slots shorter than a day that accounts are kept for, on the UTC grid. */
const slotLengths: readonly Nanoseconds[] = [quarterNs, nsPerMinute];

/**
 * Cuts a window into as few slots as possible: whole days of the zone, quarter hours, minutes, with rests shorter
 * than a minute at its ends. Local days and shifts begin on the quarter hour in every zone in use, so they need no
 * rests.
 */
export const piecesOf = perWindow(cut);

const shortestMonth: Nanoseconds = 27n * nsPerDay;

/** The whole local months within a window; each is made up of days that `piecesOf` cuts it into. */
export const monthsIn = perWindow((window, zone): readonly Interval[] => {
  if (window.to_ns - window.from_ns < shortestMonth) return [];
  return localPeriods(zone, 'month', window).filter((month) => contains(window, month));
});

/** Pieces of which those that some of the months are made up of are replaced by these months. */
export function withMonths(pieces: readonly Interval[], months: readonly Interval[]): readonly Interval[] {
  if (months.length === 0) return pieces;
  return pieces.flatMap((piece) => {
    const month = months.find((m) => contains(m, piece));
    if (!month) return piece;
    return piece.from_ns === month.from_ns ? month : [];
  });
}

/** The quarter hours of a slot; a local day has 92, 96 or 100 of them, and half an hour more or less in some zones. */
export function quartersOf({ from_ns, to_ns }: Interval): Interval[] {
  const quarters: Interval[] = [];
  for (let at = from_ns; at < to_ns; at += quarterNs) quarters.push({ from_ns: at, to_ns: at + quarterNs });
  return quarters;
}

function cut(window: Interval, zone: string): readonly Interval[] {
  const days = daysOverlapping(zone, window).filter((day) => contains(window, day));
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return slots(window);
  return [
    ...slots({ from_ns: window.from_ns, to_ns: first.from_ns }),
    ...days,
    ...slots({ from_ns: last.to_ns, to_ns: window.to_ns }),
  ];
}

function slots({ from_ns, to_ns }: Interval): Interval[] {
  const pieces: Interval[] = [];
  for (let at = from_ns; at < to_ns; ) {
    const slot = slotLengths.find((length) => at % length === 0n && at + length <= to_ns);
    const end = slot === undefined ? nextMultiple(at, nsPerMinute) : at + slot;
    pieces.push({ from_ns: at, to_ns: end < to_ns ? end : to_ns });
    at = pieces.at(-1)!.to_ns;
  }
  return pieces;
}

/** Whether an interval begins where minutes do; one that does not is no slot, but what is left over before one. */
export function isSlot({ from_ns }: Interval): boolean {
  return from_ns % nsPerMinute === 0n;
}

/** Whether an interval ends where minutes do; one that does not is the rest of a window that is open, or is cut. */
export function endsSlot({ to_ns }: Interval): boolean {
  return to_ns % nsPerMinute === 0n;
}

/** The first multiple of a length after an instant. */
export function nextMultiple(at: Nanoseconds, length: Nanoseconds): Nanoseconds {
  return at - (((at % length) + length) % length) + length;
}
