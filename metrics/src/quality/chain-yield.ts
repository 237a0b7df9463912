import type { Entry, Process } from '@benchline/model';
import type { Tally } from '../accounts/account.ts';
import type { HeldChain } from '../figures/process-eras.ts';
import { unitsOf } from '../kpis/quantities.ts';
import {
  dpmo,
  firstPassYield,
  type QualityFigure,
  rolledYield,
  rolledYieldFromDpu,
  type Submissions,
  sigmaLevel,
} from './yield.ts';

/** What is known of a process over a window. */
export interface ProcessYield extends Submissions {
  process: Process;
  /** Inspections where there are any; else the counters of its stations. */
  basis: 'inspections' | 'counts' | 'none';
  first_pass_yield: QualityFigure;
  /** Defects that inspections found, and the chances for them; absent where no inspection says the chances. */
  dpmo: QualityFigure;
  sigma_level: QualityFigure;
  /** Defects an inspected item; undefined without inspections. */
  defects_per_unit: number | undefined;
}

export interface ChainYield {
  chain: HeldChain['chain'];
  rolled_yield: QualityFigure;
  /** e^−Σdpu: what defects that fall independently would let pass. */
  rolled_yield_from_defects: QualityFigure;
}

/**
 * First pass yield and defects of a process. Items to be reworked, and items that no counter judged, are no
 * first-pass good ones.
 * @param entries those in the window that hold. @param counts of each of its stations, where they were known.
 */
export function processYield(
  process: Process,
  entries: readonly Entry[],
  counts: readonly (Tally | undefined)[],
): ProcessYield {
  const inspections = entries.flatMap(({ statement }) =>
    statement.kind === 'inspection' && statement.process === process.id ? [statement] : [],
  );
  const counted = counts.flatMap((tally) => (tally && tally.judged > 0n ? [tally] : []));
  const inspected = inspections.length > 0;
  const items = inspected
    ? inspections
    : counted.map(({ judged, good }) => ({ submitted: unitsOf(judged), passed: unitsOf(good) }));
  const sum = { submitted: 0, passed: 0 };
  for (const { submitted, passed } of items) {
    sum.submitted += submitted;
    sum.passed += passed;
  }
  const perMillion = dpmo(chancesOf(inspections));
  return {
    process,
    basis: inspected ? 'inspections' : counted.length > 0 ? 'counts' : 'none',
    ...sum,
    first_pass_yield: firstPassYield(sum),
    dpmo: perMillion,
    sigma_level: 'absent' in perMillion ? perMillion : sigmaLevel(perMillion.value),
    defects_per_unit: inspected ? defectsIn(inspections) / sum.submitted : undefined,
  };
}

type Inspection = Extract<Entry['statement'], { kind: 'inspection' }>;

function defectsIn(inspections: readonly Inspection[]): number {
  return inspections.flatMap(({ defects }) => defects).reduce((sum, { count }) => sum + count, 0);
}

/** Inspections may differ in how many chances an item has, so chances are added up instead of multiplied. */
function chancesOf(inspections: readonly Inspection[]): Parameters<typeof dpmo>[0] {
  const told = inspections.filter(({ opportunities }) => opportunities !== undefined);
  const units = told.reduce((sum, { submitted, opportunities }) => sum + submitted * (opportunities ?? 0), 0);
  return { defects: defectsIn(told), units, opportunities: 1 };
}

export function chainYield(chain: ChainYield['chain'], processes: readonly ProcessYield[]): ChainYield {
  const steps = chain.processes.map((id) => processes.find(({ process }) => process.id === id));
  const none: Submissions = { submitted: 0, passed: 0 };
  const defects = steps.flatMap((step) => step?.defects_per_unit ?? []);
  return {
    chain,
    rolled_yield: rolledYield(steps.map((step) => step ?? none)),
    rolled_yield_from_defects:
      defects.length === steps.length ? rolledYieldFromDpu(defects) : { absent: 'no_items' },
  };
}

/** The lowest of several figures: a plant is as good as its weakest chain. Absent where any of them is. */
export function lowestOf(figures: readonly QualityFigure[]): QualityFigure {
  let lowest: QualityFigure = { absent: 'no_items' };
  for (const figure of figures) {
    if ('absent' in figure) return figure;
    if ('absent' in lowest || figure.value < lowest.value) lowest = figure;
  }
  return lowest;
}
