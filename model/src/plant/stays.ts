import { z } from 'zod';
import type { Problem } from '../config/problem.ts';
import { Slug } from '../slug.ts';
import { type Calendar, LocalDate, patternOn } from './calendar.ts';
import type { Spot } from './draft.ts';
import { unknownNames } from './unknown.ts';

/** Since when a machine counts, and where it stood before. Adding to these leaves figures of the past as they were. */
export const MachineStays = {
  since: LocalDate.optional().describe(
    'First date on which it counts in figures: of a machine that is added to a plant with a history; always, unless given',
  ),
  until: LocalDate.optional().describe(
    'First date on which it no longer counts; leave the machine in the file, for its past figures need it',
  ),
  moved: z
    .array(
      z.strictObject({
        until: LocalDate.describe(
          'First date on which it stood elsewhere: on the next of these lines, or where it is listed',
        ),
        line: Slug.describe('Id of the line of the same site on which it stood until then'),
        calendar: Slug.optional().describe(
          'Its own calendar then, where that was not the calendar of the line',
        ),
      }),
    )
    .default([])
    .describe('Lines on which it stood before, by date. The machine itself is listed where it stands now'),
};

/** Between which dates something of the plant holds. Ending one and beginning another leaves figures of the past. */
export const Dated = {
  since: LocalDate.optional().describe('First date on which it holds; always, unless given'),
  until: LocalDate.optional().describe(
    'First date on which it no longer holds; leave it in the file, for figures of the past need it',
  ),
};

/** Local dates from the first of which, and until before the second of which, something holds; open where absent. */
export interface Stay {
  from?: string;
  to?: string;
}

/** A stretch of dates with the calendar that holds over it. */
export interface CalendarStay extends Stay {
  calendar: Calendar;
}

/** One calendar out of several that follow each other by date. @param stays adjoining, by date. */
export function joinedCalendar(stays: readonly [CalendarStay, ...CalendarStay[]]): Calendar {
  const [first] = stays;
  const last = stays.at(-1) ?? first;
  if (stays.every(({ calendar }) => calendar === first.calendar)) return first.calendar;
  const { shifts, cycle } = first.calendar;
  return {
    id: last.calendar.id,
    shifts,
    ...(cycle && { cycle }),
    versions: stays.flatMap((stay) => versionsOver(stay)),
    exceptions: stays.flatMap(({ calendar, ...stay }) =>
      calendar.exceptions.flatMap((exception) => {
        const from = stay.from !== undefined && exception.date < stay.from ? stay.from : exception.date;
        const end = exception.until ?? exception.date;
        const until = stay.to !== undefined && end >= stay.to ? dayBefore(stay.to) : end;
        return from <= until ? [{ ...exception, date: from, until }] : [];
      }),
    ),
    overtime: stays.flatMap(({ calendar, ...stay }) =>
      calendar.overtime.filter(({ date }) => isIn(stay, date)),
    ),
    planned_maintenance: stays.flatMap(({ calendar, ...stay }) =>
      calendar.planned_maintenance.flatMap((planned) => {
        const [start, end] = [stay.from && `${stay.from}T00:00`, stay.to && `${stay.to}T00:00`];
        const from = start !== undefined && planned.from < start ? start : planned.from;
        const to = end !== undefined && planned.to > end ? end : planned.to;
        return from < to ? [{ ...planned, from, to }] : [];
      }),
    ),
  };
}

function versionsOver({ calendar, from, to }: CalendarStay): Calendar['versions'] {
  const later = calendar.versions.filter(
    ({ valid_from }) => (from === undefined || valid_from > from) && (to === undefined || valid_from < to),
  );
  if (from === undefined) return later;
  const { shifts, cycle } = patternOn(calendar, from);
  return [{ valid_from: from, shifts, ...(cycle && { cycle }) }, ...later];
}

function isIn({ from, to }: Stay, date: string): boolean {
  return (from === undefined || date >= from) && (to === undefined || date < to);
}

function dayBefore(date: string): string {
  return new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10);
}

/** What machines say of their stays that cannot be. */
export function stayProblems(sites: readonly Spot[]): Problem[] {
  return sites.flatMap((site) => {
    const lines = site.items('areas').flatMap((area) => area.items('lines'));
    const ids = lines.flatMap((line) => line.text('id') ?? []);
    const machines = lines.flatMap((line) => line.items('machines'));
    const former = machines.flatMap((machine) => machine.items('moved').map((move) => move.get('line')));
    return [...unknownNames('line in its site', former, ids), ...machines.flatMap(dateOrderProblems)];
  });
}

/** Dates of one thing have to rise: since, every move of a machine, until. */
export function dateOrderProblems(thing: Spot): Problem[] {
  const dates = [
    thing.get('since'),
    ...thing.items('moved').map((move) => move.get('until')),
    thing.get('until'),
  ];
  let before: string | undefined;
  return dates.flatMap((date): Problem[] => {
    const text = date.text();
    if (text === undefined) return [];
    const last = before;
    before = text;
    if (last === undefined || last < text) return [];
    const what = `${text} is not later than ${last}`;
    return [
      {
        path: date.path,
        at: 'value',
        what,
        todo: 'put since, the moves and until in the order of their dates',
      },
    ];
  });
}
