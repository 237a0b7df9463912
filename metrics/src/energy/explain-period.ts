import type { LimitPeriod, Nanoseconds } from '@benchline/model';
import { earlierPeriod, periodAround } from '../calendar/local-periods.ts';
import type { Figures } from '../figures/figures.ts';
import type { Scope } from '../figures/scopes.ts';
import type { Interval } from '../intervals.ts';
import { amountOf } from './amounts.ts';
import { type Contribution, type EnergyCells, energyCells, explain } from './explanation.ts';

/** Earlier periods that say what is usual: the same weekday of so many weeks, as many weeks, or months. */
const referencePeriods = 4;

/**
 * Which earlier periods those are: `same_time` the same hour or weekday of the weeks before, the weeks or the months
 * before; `just_before`, where none of these is known, the hours or days that ran up to this one.
 */
export const referenceBases = ['same_time', 'just_before'] as const;
export type ReferenceBasis = (typeof referenceBases)[number];

export interface PeriodExplanation extends Interval {
  /** The periods that were fully known, each as long as what has passed of this one. */
  references: readonly Interval[];
  /** Absent where there are none. */
  basis?: ReferenceBasis;
  status: 'ok' | 'partial' | 'no_meter' | 'not_observed' | 'no_reference';
  /** In 10⁻⁹ units. */
  actual?: bigint;
  usual?: bigint;
  difference?: bigint;
  contributions: readonly Contribution[];
}

interface Of {
  scope: Scope;
  carrier: string;
}

/**
 * Which machine, state and product made a period differ from what is usual for the scope itself.
 * @throws BenchlineError `store_unavailable`.
 */
export async function explainPeriod(
  figures: Figures,
  of: Of,
  { kind, period, now_ns }: { kind: LimitPeriod; period: Interval; now_ns: Nanoseconds },
): Promise<PeriodExplanation> {
  const to_ns = period.to_ns < now_ns ? period.to_ns : now_ns;
  const window = { from_ns: period.from_ns, to_ns };
  const actual = await cellsOf(figures, of, window, now_ns);
  if (!actual.cells) return { ...window, references: [], status: actual.status, contributions: [] };
  const zone = of.scope.time_zone;
  for (const basis of referenceBases) {
    const references: (Interval & { cells: EnergyCells })[] = [];
    for (const before of earlierPeriods[basis](zone, kind, period)) {
      const span = { from_ns: before.from_ns, to_ns: comparableEnd(before, window, period) };
      const { cells, status } = await cellsOf(figures, of, span, now_ns);
      if (cells && status === 'ok') references.push({ ...span, cells });
    }
    if (references.length === 0) continue;
    const told = explain(
      actual.cells,
      references.map(({ cells }) => cells),
    );
    const spans = references.map(({ from_ns, to_ns: end }) => ({ from_ns, to_ns: end }));
    return { ...window, references: spans, basis, status: actual.status, ...told };
  }
  return { ...window, references: [], status: 'no_reference', contributions: [] };
}

/** Of both kinds the latest first. */
const earlierPeriods: Record<
  ReferenceBasis,
  (zone: string, kind: LimitPeriod, period: Interval) => Interval[]
> = {
  same_time: (zone, kind, period) =>
    Array.from({ length: referencePeriods }, (_, back) => earlierPeriod(zone, kind, period, back + 1)),
  just_before(zone, kind, period) {
    const found: Interval[] = [];
    for (let { from_ns } = period; found.length < referencePeriods; from_ns = found.at(-1)?.from_ns ?? 0n)
      found.push(periodAround(zone, kind, from_ns - 1n));
    return found;
  },
};

/** As much of an earlier period as has passed of this one; a whole month is compared with whole ones, however long. */
function comparableEnd(before: Interval, passed: Interval, period: Interval): Nanoseconds {
  const end = before.from_ns + (passed.to_ns - period.from_ns);
  return passed.to_ns === period.to_ns || end > before.to_ns ? before.to_ns : end;
}

async function cellsOf(
  figures: Figures,
  of: Of,
  window: Interval,
  now_ns: Nanoseconds,
): Promise<{
  cells?: EnergyCells;
  status: 'ok' | 'partial' | 'no_meter' | 'not_observed';
}> {
  const { nano, status } = await amountOf(figures, of, window, now_ns);
  if (nano === undefined) return { status };
  const accounts = await figures.assetAccounts(of.scope.assets, window, now_ns);
  const named = accounts.map(({ asset, account }) => ({ asset: asset.id, account }));
  return { cells: energyCells(named, of.carrier, of.scope.path, nano), status };
}
