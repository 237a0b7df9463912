import { type Calendar, weekdays } from '@benchline/model';
import { instantOf, type LocalDate, weekdayOf } from './local-day.ts';

/** A stretch [from, to) of instants, ms since 1970. */
export interface Span {
  from: number;
  to: number;
}

const dayMinutes = 1440;

/** When a calendar plans work on one day in a zone: the shifts' parts that lie on that day, without breaks. */
export function busySpans(calendar: Calendar, zone: string, date: LocalDate): Span[] {
  const today = weekdayOf(date);
  const spans: Span[] = [];
  for (const shift of calendar.shifts)
    for (const [began, shift_of] of [
      [0, today],
      [-dayMinutes, (today + 6) % 7],
    ] as const) {
      if (!shift.days.includes(weekdays[shift_of] ?? 'mon')) continue;
      const start = began + minutesOf(shift.start);
      const work = [{ from: start, to: start + lengthBetween(shift.start, shift.end) }];
      const pauses = shift.breaks.map((pause) => {
        const from = start + lengthBetween(shift.start, pause.start, 0);
        return { from, to: from + lengthBetween(pause.start, pause.end) };
      });
      spans.push(...without(work, pauses));
    }
  return united(spans)
    .map(({ from, to }) => ({ from: Math.max(0, from), to: Math.min(dayMinutes, to) }))
    .filter(({ from, to }) => from < to)
    .map(({ from, to }) => ({ from: instantOf(zone, date, from), to: instantOf(zone, date, to) }))
    .filter(({ from, to }) => from < to);
}

function minutesOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

/** Minutes from one clock time to the next occurrence of another; `same` where both are equal. */
function lengthBetween(start: string, end: string, same = dayMinutes): number {
  const length = (minutesOf(end) - minutesOf(start) + dayMinutes) % dayMinutes;
  return length === 0 ? same : length;
}

function without(spans: readonly Span[], pauses: readonly Span[]): Span[] {
  return pauses.reduce<Span[]>(
    (left, pause) =>
      left.flatMap(({ from, to }) =>
        [
          { from, to: Math.min(to, Math.max(from, pause.from)) },
          { from: Math.max(from, Math.min(to, pause.to)), to },
        ].filter((piece) => piece.from < piece.to),
      ),
    [...spans],
  );
}

function united(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else merged.push({ ...span });
  }
  return merged;
}
