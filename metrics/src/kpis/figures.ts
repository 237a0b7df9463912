import type { KpiId } from '@benchline/model';
import type { KpiFigure } from '@benchline/store';
import type { Tally } from '../accounts/account.ts';
import { energyInKwh, type Quantities, quantitiesOf, type RunTime, unitsOf } from './quantities.ts';
import type { Reports, ScopeAccount } from './scope-account.ts';

/** A figure with the bounds that unobserved time leaves, where they can be told. */
export type Figure = KpiFigure & { lower?: number; upper?: number };

export type CncKpiId = Extract<KpiId, `cnc_ratio_${string}`>;
export type AccountKpiId = Exclude<KpiId, CncKpiId>;

/**
 * The figures of a scope and window. Ratios over time (availability, effectiveness, quality ratio, OEE) are taken
 * over the observed part of planned busy time and what was made in it; items, energy and defects over the whole
 * window. What cannot be told is absent with its reason. Nothing is clamped: an effectiveness above 1 says that a
 * planned run time is too long.
 */
export function figuresOf(scope: ScopeAccount, runTime: RunTime): Record<AccountKpiId, Figure> {
  const q = quantitiesOf(scope.account, runTime);
  const subject = { scope, reports: scope.reports, q };
  return {
    oee: oee(subject),
    availability: availability(subject),
    effectiveness: effectiveness(subject),
    quality_ratio: qualityRatio(subject),
    energy_kwh_per_good_item: energyPerGoodItem(subject),
    defect_ratio: defectRatio(subject),
    energy_kwh: energy(subject),
    items: count(subject, 'items'),
    good_items: count(subject, 'good'),
    coverage: coverage(subject),
  };
}

interface Subject {
  scope: ScopeAccount;
  reports: Reports;
  q: Quantities;
}

function coverage({ reports, q }: Subject): Figure {
  if (!reports.states) return absent('not_applicable');
  if (q.planned_s === 0) return absent('no_planned_time');
  return { value: q.observed_s / q.planned_s, status: 'ok' };
}

function availability({ reports, q }: Subject): Figure {
  if (!reports.states) return absent('not_applicable');
  return withoutTime(q) ?? bounded(q.apt_s, q);
}

function effectiveness({ reports, q }: Subject): Figure {
  if (!reports.states || !reports.good) return absent('not_applicable');
  return withoutTime(q) ?? withoutProduct(q) ?? overRated(q.earned_s, q.rated_apt_s, q);
}

function qualityRatio({ scope, reports, q }: Subject): Figure {
  if (!reports.states || !reports.judged) return absent('not_applicable');
  const { judged, good } = scope.account.attributed;
  const missing = withoutTime(q) ?? (judged === 0n ? absent('no_items') : undefined);
  return missing ?? { value: Number(good) / Number(judged), status: timeStatus(q) };
}

function oee({ reports, q }: Subject): Figure {
  if (!reports.states || !reports.good) return absent('not_applicable');
  const missing = withoutTime(q) ?? withoutProduct(q);
  if (missing) return missing;
  return q.rated_pbt_s === q.observed_s
    ? bounded(q.earned_good_s, q)
    : overRated(q.earned_good_s, q.rated_pbt_s, q);
}

function count(subject: Subject, which: 'items' | 'good'): Figure {
  if (!subject.reports[which]) return absent('not_applicable');
  const { counts } = subject.scope.account;
  return counts ? { value: unitsOf(counts[which]), status: countStatus(subject) } : absent('not_observed');
}

function defectRatio(subject: Subject): Figure {
  if (!subject.reports.judged) return absent('not_applicable');
  const { counts } = subject.scope.account;
  if (!counts) return absent('not_observed');
  if (counts.judged === 0n) return absent('no_items');
  return { value: Number(counts.scrap) / Number(counts.judged), status: countStatus(subject) };
}

const electricity = 'electricity';

function energy({ scope, reports }: Subject): Figure {
  if (!reports.carriers.has(electricity)) return absent('no_meter');
  const use = scope.account.energy.get(electricity);
  if (!use) return absent('not_observed');
  const partial = scope.account.energy_from_later || scope.energy_missing.has(electricity);
  const { import_kwh, export_kwh } = energyInKwh(use);
  return { value: import_kwh - export_kwh, status: partial ? 'partial' : 'ok' };
}

function energyPerGoodItem(subject: Subject): Figure {
  const kwh = energy(subject);
  const good = count(subject, 'good');
  if (kwh.value === undefined) return kwh;
  if (good.value === undefined) return good;
  if (good.value === 0) return absent('no_items');
  const partial = kwh.status === 'partial' || good.status === 'partial';
  return { value: kwh.value / good.value, status: partial ? 'partial' : 'ok' };
}

function absent(status: Exclude<KpiFigure['status'], 'ok' | 'partial'>): Figure {
  return { status };
}

function withoutTime(q: Quantities): Figure | undefined {
  if (q.planned_s === 0) return absent('no_planned_time');
  return q.observed_s === 0 ? absent('not_observed') : undefined;
}

/** No planned run time per item is known for anything that was made: speed cannot be judged. */
function withoutProduct(q: Quantities): Figure | undefined {
  return q.rated_pbt_s === 0 ? absent('not_applicable') : undefined;
}

function overRated(earned_s: number, rated_s: number, q: Quantities): Figure {
  if (rated_s === 0) return absent('no_production');
  const complete = q.rated_pbt_s === q.observed_s;
  return { value: earned_s / rated_s, status: complete ? timeStatus(q) : 'partial' };
}

/** A share of observed PBT. What lies unobserved may have earned nothing, or all of its time. */
function bounded(earned_s: number, q: Quantities): Figure {
  const value = earned_s / q.observed_s;
  if (q.unobserved_s === 0) return { value, status: 'ok' };
  return {
    value,
    status: 'partial',
    lower: earned_s / q.planned_s,
    upper: (earned_s + q.unobserved_s) / q.planned_s,
  };
}

function timeStatus(q: Quantities): 'ok' | 'partial' {
  return q.unobserved_s === 0 ? 'ok' : 'partial';
}

function countStatus({ scope }: Subject): 'ok' | 'partial' {
  return scope.account.counts_from_later || scope.counts_missing ? 'partial' : 'ok';
}

/** Items of a tally as the API shows them; nothing counted is 0 there, the figures say whether it is known. */
export function itemsOf(
  counts: Tally | undefined,
): Record<'items' | 'good_items' | 'scrap_items' | 'rework_items', number> {
  return {
    items: unitsOf(counts?.items ?? 0n),
    good_items: unitsOf(counts?.good ?? 0n),
    scrap_items: unitsOf(counts?.scrap ?? 0n),
    rework_items: unitsOf(counts?.rework ?? 0n),
  };
}
