import type { Tally } from '../accounts/account.ts';
import { absent, type Figure, type Subject } from './figure.ts';
import { unitsOf } from './quantities.ts';
import type { ScopeAccount } from './scope-account.ts';

type QuantityKpiId = 'items' | 'good_items' | 'defect_ratio' | 'rework_ratio' | 'first_pass_yield';

/** Figures over the counts of the whole window, gaps in the observation included. */
export function quantityFigures(subject: Subject): Record<QuantityKpiId, Figure> {
  const { reports } = subject;
  return {
    items: count(subject, 'items'),
    good_items: count(subject, 'good'),
    defect_ratio: ratio(subject, reports.judged, ({ scrap, judged }) => [scrap, judged]),
    rework_ratio: ratio(subject, reports.rework, ({ rework, items }) => [rework, items]),
    first_pass_yield: ratio(subject, reports.judged, ({ good, judged }) => [good, judged]),
  };
}

export function count(subject: Subject, which: 'items' | 'good'): Figure {
  if (!subject.reports[which]) return absent('not_applicable');
  const { counts } = subject.scope.account;
  if (!counts || (which === 'good' && !subject.scope.good_told)) return absent('not_observed');
  return { value: unitsOf(counts[which]), status: countStatus(subject.scope) };
}

function ratio(
  subject: Subject,
  told: boolean,
  of: (counts: Tally) => readonly [part: bigint, whole: bigint],
): Figure {
  if (!told) return absent('not_applicable');
  const { counts } = subject.scope.account;
  if (!counts) return absent('not_observed');
  const [part, whole] = of(counts);
  if (whole <= 0n) return absent(noneMade(subject.scope));
  return { value: Number(part) / Number(whole), status: countStatus(subject.scope) };
}

/** Why nothing can be divided by what was made: that it is nothing is known only of a window that was counted whole. */
export function noneMade(scope: ScopeAccount): 'no_items' | 'not_observed' {
  return scope.good_told && countStatus(scope) === 'ok' ? 'no_items' : 'not_observed';
}

/** A figure of what was made, which is no more complete than the counts that it comes from. */
export function asMade(figure: Figure, scope: ScopeAccount): Figure {
  return figure.status === 'ok' ? { ...figure, status: countStatus(scope) } : figure;
}

/** Whether the counts of a scope are all of them. */
export function countStatus(scope: ScopeAccount): 'ok' | 'partial' {
  return scope.account.counts_from_later || scope.counts_missing ? 'partial' : 'ok';
}
