import { BenchlineError, type Nanoseconds } from '@benchline/model';
import type { KpiPeriod } from '@benchline/store';
import { localPeriods } from '../calendar/local-periods.ts';
import {
  daysOverlapping,
  hoursOverlapping,
  type ShiftPeriod,
  shiftsOverlapping,
} from '../calendar/periods.ts';
import type { Interval } from '../intervals.ts';
import type { Scope } from './scopes.ts';

/** Periods whose figures are published, each with its revisions. */
export const publishedGrains = ['hour', 'shift', 'day'] as const satisfies readonly KpiPeriod[];

/** Periods that can be asked for: weeks begin on Monday (ISO 8601). */
export const grains = [...publishedGrains, 'week', 'month'] as const;
export type Grain = (typeof grains)[number];

export interface Period extends Interval {
  shift?: Pick<ShiftPeriod, 'shift' | 'date'>;
}

/**
 * The whole hours, shifts, days, weeks or months of a scope that overlap [from, to), by start.
 * @throws BenchlineError `bad_request` for shifts of a scope whose sites do not share a calendar.
 */
export function periodsOf(scope: Scope, grain: Grain, window: Interval): Period[] {
  if (grain === 'day') return daysOverlapping(scope.time_zone, window);
  if (grain === 'hour') return hoursOverlapping(scope.time_zone, window);
  if (grain !== 'shift') return localPeriods(scope.time_zone, grain, window);
  if (!scope.calendar)
    throw new BenchlineError('bad_request', `the sites of '${scope.path}' have no shift calendar in common`, {
      hint: 'ask for the shifts of one site, area, line or machine',
    });
  return shiftsOverlapping(scope.calendar, scope.time_zone, window).map(
    ({ shift, date, from_ns, to_ns }) => ({
      shift: { shift, date },
      from_ns,
      to_ns,
    }),
  );
}

/** Whether data of a window may still come: it is open, or ended less than the lateness ago. */
export function isProvisional(to_ns: Nanoseconds, now_ns: Nanoseconds, lateness_ns: Nanoseconds): boolean {
  return now_ns < to_ns + lateness_ns;
}
