import { type Calendar, msFromNs, type Nanoseconds, nsPerHour, nsPerMillisecond } from '@benchline/model';
import { type Interval, intersect, subtract, union } from '../intervals.ts';
import { dateText, type PlannedShift, shiftsBeginning } from './pattern.ts';
import { perWindow } from './per-window.ts';
import { civilOf, instantOf } from './zone.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** One shift or overtime as it took or takes place. */
export interface ShiftPeriod extends Interval {
  shift: PlannedShift;
  /** Local date on which it begins, `YYYY-MM-DD`. */
  date: string;
}

/** What a calendar plans of a stretch of time. */
interface Plan {
  busy: readonly Interval[];
  maintenance: readonly Interval[];
}

/**
 * Planned busy time (PBT) of a calendar within [from, to): the union of its shifts and overtimes without their
 * breaks, less planned maintenance. Local times are cut as `instantOf` says, so a shift over the end of daylight
 * saving is an hour longer.
 */
export function plannedIntervals(calendar: Calendar, zone: string, window: Interval): readonly Interval[] {
  return planOf(calendar, zone, window).busy;
}

/** Planned maintenance of a calendar within its shifts and overtimes (PMT), outside of their planned busy time. */
export function maintenanceIntervals(
  calendar: Calendar,
  zone: string,
  window: Interval,
): readonly Interval[] {
  return calendar.planned_maintenance.length === 0 ? [] : planOf(calendar, zone, window).maintenance;
}

/** Machines of a site have one calendar, and boards ask for the same time of all of them. */
const plans = new WeakMap<Calendar, ReturnType<typeof perWindow<Plan>>>();

function planOf(calendar: Calendar, zone: string, window: Interval): Plan {
  let plan = plans.get(calendar);
  if (!plan) {
    plan = perWindow((span, timeZone) => plannedIn(calendar, timeZone, span));
    plans.set(calendar, plan);
  }
  return plan(window, zone);
}

function plannedIn(calendar: Calendar, zone: string, window: Interval): Plan {
  const shifts = shiftsOverlapping(calendar, zone, window).flatMap((period) =>
    subtract([period], breaksOf(period, zone)),
  );
  const working = intersect(union(shifts), [window]);
  const maintenance = intersect(working, maintenanceOf(calendar, zone));
  return { busy: subtract(working, maintenance), maintenance };
}

/** The shifts that overlap [from, to), whole, by start; of shifts that start together in the plant file's order. */
export function shiftsOverlapping(calendar: Calendar, zone: string, window: Interval): ShiftPeriod[] {
  const periods: ShiftPeriod[] = [];
  // A shift lasts at most 24 h on the clock, so it began on one of the window's dates or the day before.
  const first = localDate(zone, window.from_ns) - dayMs;
  for (let date = first; date <= localDate(zone, window.to_ns); date += dayMs)
    for (const shift of shiftsBeginning(calendar, date)) {
      const { from, to } = clockSpan(shift, date);
      const period = { shift, date: dateText(date), from_ns: nsOf(zone, from), to_ns: nsOf(zone, to) };
      if (period.from_ns < window.to_ns && period.to_ns > window.from_ns) periods.push(period);
    }
  return periods.sort((a, b) => (a.from_ns < b.from_ns ? -1 : a.from_ns > b.from_ns ? 1 : 0));
}

/** The local days that overlap [from, to), whole: 23, 24 or 25 hours. */
export function daysOverlapping(zone: string, window: Interval): Interval[] {
  const days: Interval[] = [];
  for (let date = localDate(zone, window.from_ns); ; date += dayMs) {
    const day = { from_ns: nsOf(zone, date), to_ns: nsOf(zone, date + dayMs) };
    if (day.from_ns >= window.to_ns) return days;
    if (day.to_ns > window.from_ns && day.to_ns > day.from_ns) days.push(day);
  }
}

/**
 * The hours that overlap [from, to), whole. Hours are counted off from local midnight, so a day has 23, 24 or 25
 * of them; where a zone's clocks jump by half an hour, the last one of that day is shorter.
 */
export function hoursOverlapping(zone: string, window: Interval): Interval[] {
  return daysOverlapping(zone, window).flatMap((day) => {
    const hours: Interval[] = [];
    for (let from_ns = day.from_ns; from_ns < day.to_ns; from_ns += nsPerHour) {
      const to_ns = from_ns + nsPerHour < day.to_ns ? from_ns + nsPerHour : day.to_ns;
      if (from_ns < window.to_ns && to_ns > window.from_ns) hours.push({ from_ns, to_ns });
    }
    return hours;
  });
}

/** Breaks of a shift that took place; a break that the clock places before the shift's start is on the next date. */
function breaksOf(period: ShiftPeriod, zone: string): Interval[] {
  const date = Date.parse(period.date);
  const start = clockSpan(period.shift, date).from;
  const spans = period.shift.breaks.map((pause) => {
    const span = clockSpan(pause, date);
    const shift = span.from < start ? dayMs : 0;
    return { from_ns: nsOf(zone, span.from + shift), to_ns: nsOf(zone, span.to + shift) };
  });
  return union(spans);
}

/** The civil times between which a span of the clock lies that begins on a date. */
export function clockSpan(span: { start: string; end: string }, date: number): { from: number; to: number } {
  const from = date + minutesOf(span.start) * minuteMs;
  const to = date + minutesOf(span.end) * minuteMs;
  return { from, to: to > from ? to : to + dayMs };
}

function minutesOf(clock: string): number {
  const [hours, minutes] = clock.split(':');
  return Number(hours) * 60 + Number(minutes);
}

/** Civil midnight of the local date at an instant. */
export function localDate(zone: string, ns: Nanoseconds): number {
  const civil = civilOf(zone, msFromNs(ns));
  return civil - (((civil % dayMs) + dayMs) % dayMs);
}

function maintenanceOf({ planned_maintenance }: Calendar, zone: string): Interval[] {
  return union(
    planned_maintenance.map(({ from, to }) => ({
      from_ns: nsOf(zone, Date.parse(`${from}Z`)),
      to_ns: nsOf(zone, Date.parse(`${to}Z`)),
    })),
  );
}

/** The instant that a civil time stands for. */
export function nsOf(zone: string, civilMs: number): Nanoseconds {
  return BigInt(instantOf(zone, civilMs)) * nsPerMillisecond;
}
