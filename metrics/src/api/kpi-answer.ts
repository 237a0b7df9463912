import { BenchlineError, type Nanoseconds } from '@benchline/model';
import type { KpiPeriod } from '@benchline/store';
import type { z } from 'zod';
import type { Figures } from '../figures/figures.ts';
import { type Period, periodsOf } from '../figures/periods.ts';
import type { Scope } from '../figures/scopes.ts';
import type { Interval } from '../intervals.ts';
import type { KpiList, KpiResult } from './schemas.ts';
import { kpiView } from './views.ts';

/** Most periods that one list answers with. */
const mostPeriods = 1000;

/**
 * The key figures of a scope over a window or, with a grain, over each period that overlaps it.
 * @throws BenchlineError `bad_request` for too many periods or shifts without a calendar, `store_unavailable`.
 */
export async function kpiAnswer(
  figures: Figures,
  scope: Scope,
  window: Interval,
  { grain, now_ns }: { grain: KpiPeriod | undefined; now_ns: Nanoseconds },
): Promise<KpiResult | z.output<typeof KpiList>> {
  if (grain === undefined) return kpiView(await figures.of(scope, window, now_ns));
  const results: KpiResult[] = [];
  for (const period of bounded(periodsOf(scope, grain, window)))
    results.push(kpiView(await figures.of(scope, period, now_ns), { grain, period }));
  return { scope: scope.path, grain, time_zone: scope.time_zone, results };
}

function bounded(periods: readonly Period[]): readonly Period[] {
  if (periods.length <= mostPeriods) return periods;
  throw new BenchlineError('bad_request', `${periods.length} periods are more than ${mostPeriods}`, {
    hint: 'ask for a shorter window or a coarser grain',
  });
}
