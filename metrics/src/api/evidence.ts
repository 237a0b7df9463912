import { type DerivedFormulaId, derivedFormulaOf } from '@benchline/model';
import type { z } from 'zod';
import type { Scope } from '../figures/scopes.ts';
import type { Interval } from '../intervals.ts';
import type { ApiParts } from './parts.ts';
import type { Evidence } from './schemas.ts';

/**
 * What the figures of an answer rest on. The catalogue's own figures say it one by one, see `Figure`.
 * @param formulas of each figure of the answer, by its field.
 * @param declared those of them that rest on something declared.
 * @throws BenchlineError `store_unavailable`.
 */
export async function evidenceOf(
  { figures, now }: Pick<ApiParts, 'figures' | 'now'>,
  { scope, window }: { scope: Scope; window: Interval },
  formulas: Readonly<Record<string, DerivedFormulaId>>,
  declared: readonly string[] = [],
): Promise<z.output<typeof Evidence>> {
  const { figures: known, provisional, revision } = await figures.of(scope, window, now());
  return {
    formulas: formulasView(formulas),
    declared: [...declared],
    coverage: known.coverage.value ?? null,
    provisional,
    revision,
  };
}

/** Formulas with their versions. */
export function formulasView(formulas: Readonly<Record<string, DerivedFormulaId>>): Record<string, string> {
  return Object.fromEntries(Object.entries(formulas).map(([field, id]) => [field, derivedFormulaOf(id)]));
}
