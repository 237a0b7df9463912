import { z } from 'zod';
import { Slug } from '../slug.ts';
import { Name } from './name.ts';
import { versionOn } from './versions.ts';

export const ClockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "HH:MM, from '00:00' to '23:59'")
  .meta({ range: 'HH:MM, 00:00 to 23:59' });
export const LocalDate = z.iso.date('a date as 2026-10-01').meta({ range: 'yyyy-mm-dd' });
const LocalTime = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d$/, 'a local time as 2026-10-01T06:00')
  .refine((text) => z.iso.date().safeParse(text.slice(0, 10)).success, 'a day that the calendar has')
  .meta({ range: 'yyyy-mm-ddTHH:MM' });
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const Break = z.strictObject({
  start: ClockTime.describe('Local time at which the break begins'),
  end: ClockTime.describe('Local time at which it ends'),
});
const breaks = z.array(Break).default([]).describe('Planned pauses, outside planned busy time');

export const Shift = z.strictObject({
  id: Slug.describe('Unique in its calendar'),
  name: Name,
  days: z
    .array(z.enum(weekdays))
    .min(1)
    .default([...weekdays])
    .describe('Weekdays on which it begins'),
  cycle_days: z
    .array(z.int().min(1))
    .min(1)
    .optional()
    .describe("Days of the calendar's cycle on which it begins, from 1, instead of weekdays"),
  start: ClockTime.describe(
    'Local time at which the shift begins. A time that a change of clocks skips is at the change, one that comes twice is the first',
  ),
  end: ClockTime.describe('Local time at which it ends; not later than start means the next day'),
  breaks,
});
export type Shift = z.output<typeof Shift>;

const pattern = {
  shifts: z.array(Shift).describe('Planned busy time (PBT) is the union of the shifts without their breaks'),
  cycle: z
    .strictObject({
      start: LocalDate.describe('A date that is day 1 of the cycle; it repeats in both directions'),
      days: z.int().min(2).max(366).describe('Length of the cycle in days'),
    })
    .optional()
    .describe('Rotation: shifts with cycle_days repeat every so many days, whatever the weekday'),
};

const CalendarVersion = z.strictObject({
  valid_from: LocalDate.describe('First date on which shifts begin by this version'),
  ...pattern,
});

const Exception = z.strictObject({
  date: LocalDate.describe('First date of the exception'),
  until: LocalDate.optional().describe('Last date; the same as date unless given'),
  name: Name,
  shifts: z
    .array(Slug)
    .default([])
    .describe('The shifts that begin on these dates after all; none on a holiday'),
});

const Overtime = z.strictObject({
  id: Slug.describe('Unique among the shifts and overtimes of the calendar'),
  name: Name,
  date: LocalDate.describe('Date on which it begins'),
  start: ClockTime.describe('Local time at which it begins'),
  end: ClockTime.describe('Local time at which it ends; not later than start means the next day'),
  breaks,
});

const PlannedMaintenance = z.strictObject({
  name: Name,
  from: LocalTime.describe('Local time at which it begins'),
  to: LocalTime.describe('Local time at which it ends'),
});

export const Calendar = z.strictObject({
  id: Slug.describe('What sites, lines and machines name as their calendar'),
  ...pattern,
  versions: z
    .array(CalendarVersion)
    .default([])
    .describe(
      'Later patterns of shifts, each from a date on. Add one instead of changing a pattern: figures of the past then stay',
    ),
  exceptions: z
    .array(Exception)
    .default([])
    .describe('Dates on which other shifts begin than the pattern says: holidays, make-up days'),
  overtime: z.array(Overtime).default([]).describe('Work in addition to the pattern, on one date each'),
  planned_maintenance: z
    .array(PlannedMaintenance)
    .default([])
    .describe('Stretches planned for maintenance: outside planned busy time (PMT of ISO 22400-2)'),
});
export type Calendar = z.output<typeof Calendar>;

/** The pattern of shifts in force on a local date: the version with the latest start that has come, else the calendar's own. */
export function patternOn(calendar: Calendar, date: string): Pick<Calendar, 'shifts' | 'cycle'> {
  return versionOn(calendar.versions, date) ?? calendar;
}
