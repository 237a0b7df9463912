import type { LimitPeriod, Nanoseconds } from '@benchline/model';
import { earlierPeriod } from '../calendar/local-periods.ts';
import type { Figures } from '../figures/figures.ts';
import type { Scope } from '../figures/scopes.ts';
import type { Interval } from '../intervals.ts';
import { amountOf } from './amounts.ts';
import { type Contribution, type EnergyCells, energyCells, explain } from './explanation.ts';

/** Earlier periods that say what is usual: the same weekday of so many weeks, as many weeks, or months. */
const referencePeriods = 4;

export interface PeriodExplanation extends Interval {
  /** The periods that were fully known, each as long as what has passed of this one. */
  references: readonly Interval[];
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
  const references: (Interval & { cells: EnergyCells })[] = [];
  for (let back = 1; back <= referencePeriods; back += 1) {
    const before = earlierPeriod(of.scope.time_zone, kind, period, back);
    const end = before.from_ns + (to_ns - period.from_ns);
    // A whole month is compared with whole months, however long they are.
    const span = {
      from_ns: before.from_ns,
      to_ns: to_ns === period.to_ns || end > before.to_ns ? before.to_ns : end,
    };
    const { cells, status } = await cellsOf(figures, of, span, now_ns);
    if (cells && status === 'ok') references.push({ ...span, cells });
  }
  const spans = references.map(({ from_ns, to_ns: end }) => ({ from_ns, to_ns: end }));
  if (references.length === 0)
    return { ...window, references: [], status: 'no_reference', contributions: [] };
  const told = explain(
    actual.cells,
    references.map(({ cells }) => cells),
  );
  return { ...window, references: spans, status: actual.status, ...told };
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
