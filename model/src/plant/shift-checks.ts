import type { Problem } from '../config/problem.ts';
import type { Spot } from './draft.ts';
import { duplicates } from './duplicates.ts';

const minutesPerDay = 1440;

/** What the shifts of a pattern say that cannot be. */
export function shiftProblems(calendar: Spot): Problem[] {
  const shifts = calendar.items('shifts');
  return [...duplicates('shift', shifts), ...shifts.flatMap(breakProblems)];
}

/** Breaks outside of their shift or over each other. */
export function breakProblems(shift: Spot): Problem[] {
  const start = minutes(shift.text('start'));
  const end = minutes(shift.text('end'));
  if (start === undefined || end === undefined) return [];
  const length = (end - start + minutesPerDay) % minutesPerDay || minutesPerDay;
  const taken: { from: number; to: number }[] = [];
  return shift.items('breaks').flatMap((pause) => {
    const span = spanWithin(pause, start);
    if (!span) return [];
    const problem = (what: string, todo: string): Problem[] => [
      { path: pause.path, at: 'value', what, todo },
    ];
    const times = `${pause.text('start')}–${pause.text('end')}`;
    if (span.from >= span.to)
      return problem(
        `the break ${times} does not end after it starts`,
        'give its start and its end as HH:MM',
      );
    if (span.to > length)
      return problem(
        `the break ${times} is not within its shift ${shift.text('start')}–${shift.text('end')}`,
        'move the break or the shift',
      );
    if (taken.some((other) => span.from < other.to && other.from < span.to))
      return problem(`the break ${times} overlaps another break`, 'join the two');
    taken.push(span);
    return [];
  });
}

/** A break in minutes after the start of its shift, across midnight where the shift runs across it. */
function spanWithin(pause: Spot, shiftStart: number): { from: number; to: number } | undefined {
  const start = minutes(pause.text('start'));
  const end = minutes(pause.text('end'));
  if (start === undefined || end === undefined) return undefined;
  const from = (start - shiftStart + minutesPerDay) % minutesPerDay;
  const to = (end - shiftStart + minutesPerDay) % minutesPerDay || minutesPerDay;
  return { from, to: start === end ? from : to };
}

function minutes(clock: string | undefined): number | undefined {
  const match = /^(\d\d):(\d\d)$/.exec(clock ?? '');
  return match ? Number(match[1]) * 60 + Number(match[2]) : undefined;
}
