import type { Entry } from '@benchline/model';
import type { Tally } from '../accounts/account.ts';
import { namedCause } from '../entries/named-cause.ts';
import { unitsOf } from '../kpis/quantities.ts';
import { type ParetoRow, paretoOf } from './pareto.ts';

/** Scrap and items to be reworked, by why they are. */
export interface DefectPareto {
  scrap_items: number;
  rework_items: number;
  /** By the causes that people entered. */
  causes: readonly ParetoRow<{ cause: string; items: bigint }>[];
  /** Counted, with no cause entered. Below zero where causes were entered for more items than were counted. */
  unnamed_items: number;
}

/**
 * Defects of a window by cause. Counters say how many; entries say why.
 * @param entries those in the window that hold.
 */
export function defectsOf(counts: Tally | undefined, entries: readonly Entry[]): DefectPareto {
  const scrap_items = unitsOf(counts?.scrap ?? 0n);
  const rework_items = unitsOf(counts?.rework ?? 0n);
  const named = new Map<string, number>();
  for (const { statement } of entries) {
    const said = namedCause(statement);
    if (said) named.set(said.cause, (named.get(said.cause) ?? 0) + said.items);
  }
  const causes = [...named].map(([cause, items]) => ({ cause, items: BigInt(items) }));
  return {
    scrap_items,
    rework_items,
    causes: paretoOf(causes, ({ items }) => items),
    unnamed_items: scrap_items + rework_items - [...named.values()].reduce((sum, items) => sum + items, 0),
  };
}
