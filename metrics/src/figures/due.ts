import type { KpiPeriod } from '@benchline/store';
import type { Interval } from '../intervals.ts';
import { type Period, periodsOf, publishedGrains } from './periods.ts';
import type { Scope } from './scopes.ts';

/** A whole period of a scope whose figures are to be worked out. */
export interface Due {
  scope: Scope;
  grain: KpiPeriod;
  period: Period;
}

/** The hours, shifts and days of a scope that overlap [from, to). */
export function duesOf(scope: Scope, interval: Interval): Due[] {
  return publishedGrains.flatMap((grain) =>
    grain === 'shift' && !scope.calendar
      ? []
      : periodsOf(scope, grain, interval).map((period) => ({ scope, grain, period })),
  );
}

/** The same for the same period, and for no other. */
export function keyOf({ scope, grain, period }: Due): string {
  return `${scope.path} ${grain} ${period.from_ns} ${period.to_ns}`;
}
