import { type Calendar, patternOn, type Shift, weekdays } from '@benchline/model';

/** A shift or an overtime: what is worked, and when on the clock. */
export type PlannedShift = Pick<Shift, 'id' | 'name' | 'start' | 'end' | 'breaks'>;

const dayMs = 86_400_000;

/**
 * What begins on a local date: the shifts of the version that is in force, of an exception only those that it
 * names, and overtime besides.
 * @param date civil midnight of the date, as `Date.UTC` gives it.
 */
export function shiftsBeginning(calendar: Calendar, date: number): PlannedShift[] {
  const text = dateText(date);
  const pattern = patternOn(calendar, text);
  const exception = calendar.exceptions.find((e) => e.date <= text && text <= (e.until ?? e.date));
  const shifts = exception
    ? pattern.shifts.filter(({ id }) => exception.shifts.includes(id))
    : pattern.shifts.filter((shift) => beginsOn(shift, pattern.cycle, date));
  return [...shifts, ...calendar.overtime.filter((overtime) => overtime.date === text)];
}

export function dateText(date: number): string {
  return new Date(date).toISOString().slice(0, 10);
}

function beginsOn(shift: Shift, cycle: Calendar['cycle'], date: number): boolean {
  if (shift.cycle_days === undefined || cycle === undefined) return shift.days.includes(weekdayOf(date));
  const since = Math.round((date - Date.parse(cycle.start)) / dayMs);
  return shift.cycle_days.includes((((since % cycle.days) + cycle.days) % cycle.days) + 1);
}

export function weekdayOf(date: number): (typeof weekdays)[number] {
  // The days of a week are seven: the index is one of them.
  return weekdays[(new Date(date).getUTCDay() + 6) % 7]!;
}
