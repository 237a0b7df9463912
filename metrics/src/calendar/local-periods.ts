import type { LimitPeriod, Nanoseconds } from '@benchline/model';
import type { Interval } from '../intervals.ts';
import { hoursOverlapping, localDate, nsOf } from './periods.ts';

const dayMs = 86_400_000;

/** The local hour, day, week (from Monday) or month that an instant lies in. */
export function periodAround(zone: string, period: LimitPeriod, at_ns: Nanoseconds): Interval {
  if (period === 'hour') {
    const [hour] = hoursOverlapping(zone, { from_ns: at_ns, to_ns: at_ns + 1n });
    // Hours leave no instant out.
    return hour!;
  }
  const date = localDate(zone, at_ns);
  const { from, to } = spans[period](date);
  return { from_ns: nsOf(zone, from), to_ns: nsOf(zone, to) };
}

/** The local hours, days, weeks or months that overlap [from, to), whole, by start. */
export function localPeriods(zone: string, period: LimitPeriod, window: Interval): Interval[] {
  const periods: Interval[] = [];
  for (let at_ns = window.from_ns; at_ns < window.to_ns; ) {
    const next = periodAround(zone, period, at_ns);
    periods.push(next);
    at_ns = next.to_ns;
  }
  return periods;
}

/** The period of the same kind a number of weeks before (of a month: that many months), as long on the clock. */
export function earlierPeriod(zone: string, period: LimitPeriod, of: Interval, back: number): Interval {
  const date = localDate(zone, of.from_ns);
  if (period === 'month') {
    const start = new Date(date);
    const before = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() - back, 1);
    return periodAround(zone, period, nsOf(zone, before));
  }
  const shift = back * 7 * dayMs;
  if (period !== 'hour') return periodAround(zone, period, nsOf(zone, date - shift));
  const into = of.from_ns - nsOf(zone, date);
  return periodAround(zone, period, nsOf(zone, date - shift) + into);
}

const spans: Record<Exclude<LimitPeriod, 'hour'>, (date: number) => { from: number; to: number }> = {
  day: (date) => ({ from: date, to: date + dayMs }),
  week(date) {
    const monday = date - ((new Date(date).getUTCDay() + 6) % 7) * dayMs;
    return { from: monday, to: monday + 7 * dayMs };
  },
  month(date) {
    const day = new Date(date);
    const [year, month] = [day.getUTCFullYear(), day.getUTCMonth()];
    return { from: Date.UTC(year, month, 1), to: Date.UTC(year, month + 1, 1) };
  },
};
