import type { Problem } from '../config/problem.ts';
import { suggestion } from '../config/problem.ts';
import type { Spot } from './draft.ts';
import { duplicates } from './duplicates.ts';
import { breakProblems, shiftProblems } from './shift-checks.ts';
import { sameDateProblems } from './versions.ts';

/** What a calendar says that cannot be, beyond its shape. */
export function calendarProblems(calendar: Spot): Problem[] {
  const patterns = [calendar, ...calendar.items('versions')];
  const shifts = patterns.flatMap((pattern) => pattern.items('shifts'));
  const overtime = calendar.items('overtime');
  return [
    ...patterns.flatMap((pattern) => [...shiftProblems(pattern), ...cycleProblems(pattern)]),
    ...sameDateProblems(calendar),
    ...duplicates('overtime', overtime),
    ...overtime.flatMap(breakProblems),
    ...overtimeNames(overtime, shifts),
    ...exceptionProblems(calendar.items('exceptions'), shifts),
    ...calendar.items('planned_maintenance').flatMap(maintenanceProblems),
  ];
}

function cycleProblems(pattern: Spot): Problem[] {
  const length = pattern.get('cycle').get('days').value;
  return pattern.items('shifts').flatMap((shift) => {
    const days = shift.items('cycle_days');
    if (days.length === 0) return [];
    if (typeof length !== 'number')
      return [
        problem(shift.get('cycle_days'), 'there is no cycle to count days of', 'add cycle: { start, days }'),
      ];
    return days
      .filter(({ value }) => typeof value === 'number' && value > length)
      .map((day) => problem(day, `the cycle has ${length} days`, 'name a day of it, from 1'));
  });
}

function overtimeNames(overtime: readonly Spot[], shifts: readonly Spot[]): Problem[] {
  const taken = new Set(shifts.map((shift) => shift.text('id')));
  return overtime
    .filter((spot) => taken.has(spot.text('id')))
    .map((spot) =>
      problem(spot.get('id'), `a shift is called '${spot.text('id')}', too`, 'give it another id'),
    );
}

function exceptionProblems(exceptions: readonly Spot[], shifts: readonly Spot[]): Problem[] {
  const known = shifts.flatMap((shift) => shift.text('id') ?? []);
  const earlier: { from: string; to: string }[] = [];
  return exceptions.flatMap((exception) => {
    const named = exception.items('shifts').flatMap((shift): Problem[] => {
      const id = shift.text();
      if (id === undefined || known.includes(id)) return [];
      return [
        problem(shift, `the calendar has no shift '${id}'`, suggestion(id, known, 'name one of its shifts')),
      ];
    });
    const from = exception.text('date');
    const to = exception.text('until') ?? from;
    if (from === undefined || to === undefined) return named;
    if (to < from)
      return [...named, problem(exception.get('until'), `${to} is before ${from}`, 'swap the two')];
    const overlaps = earlier.some((other) => from <= other.to && other.from <= to);
    earlier.push({ from, to });
    return overlaps
      ? [
          ...named,
          problem(exception, `another exception has a date of ${from} to ${to}`, 'let each date have one'),
        ]
      : named;
  });
}

function maintenanceProblems(maintenance: Spot): Problem[] {
  const [from, to] = [maintenance.text('from'), maintenance.text('to')];
  if (from === undefined || to === undefined || from < to) return [];
  return [problem(maintenance.get('to'), `${to} is not after ${from}`, 'let it end after it begins')];
}

function problem(spot: Spot, what: string, todo: string): Problem {
  return { path: spot.path, at: 'value', what, todo };
}
