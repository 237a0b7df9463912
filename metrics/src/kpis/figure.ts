import type { KpiFigure } from '@benchline/store';
import type { Quantities } from './quantities.ts';
import type { Reports, ScopeAccount } from './scope-account.ts';

/** A figure with the bounds that unobserved time leaves, where they can be told. */
export type Figure = KpiFigure & {
  lower?: number;
  upper?: number;
  /** Some input of it was declared by a person instead of measured. */
  basis?: 'declared';
  /** What it was computed from, where the sums of the account do not say it. */
  inputs?: Readonly<Record<string, number>>;
};

/** What figures are computed from. */
export interface Subject {
  scope: ScopeAccount;
  reports: Reports;
  q: Quantities;
}

export function absent(status: Exclude<KpiFigure['status'], 'ok' | 'partial'>): Figure {
  return { status };
}

/** Why no ratio over time can be told at all. */
export function withoutTime({ reports, q }: Subject): Figure | undefined {
  if (!reports.states) return absent('not_applicable');
  if (q.planned_s === 0) return absent('no_planned_time');
  return q.observed_s === 0 ? absent('not_observed') : undefined;
}

/** A share of some observed time. */
export function overTime(part_s: number, whole_s: number, q: Quantities): Figure {
  if (whole_s === 0) return absent('no_production');
  return { value: part_s / whole_s, status: timeStatus(q) };
}

export function timeStatus(q: Quantities): 'ok' | 'partial' {
  return q.unobserved_s === 0 ? 'ok' : 'partial';
}
