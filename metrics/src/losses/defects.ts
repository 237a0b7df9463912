import type { Entry } from '@benchline/model';
import type { Tally } from '../accounts/account.ts';
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
    const { cause, items } = causeOf(statement);
    if (cause !== undefined && items !== 0) named.set(cause, (named.get(cause) ?? 0) + items);
  }
  const causes = [...named].map(([cause, items]) => ({ cause, items: BigInt(items) }));
  return {
    scrap_items,
    rework_items,
    causes: paretoOf(causes, ({ items }) => items),
    unnamed_items: scrap_items + rework_items - [...named.values()].reduce((sum, items) => sum + items, 0),
  };
}

/** For how many items an entry names the cause of their being scrap or rework. */
function causeOf(statement: Entry['statement']): { cause?: string | undefined; items: number } {
  switch (statement.kind) {
    case 'scrap_cause':
      return statement;
    case 'count_correction':
      return { cause: statement.cause, items: (statement.scrap ?? 0) + (statement.rework ?? 0) };
    case 'reclassify':
      // From good, items become defects; between scrap and rework, a cause is named for defects that were counted.
      return { cause: statement.cause, items: statement.to === 'good' ? 0 : statement.items };
    default:
      return { items: 0 };
  }
}
