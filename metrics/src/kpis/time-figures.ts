import type { KpiId } from '@benchline/model';
import { absent, type Figure, overTime, type Subject, timeStatus, withoutTime } from './figure.ts';
import type { Quantities } from './quantities.ts';
import { asMade, noneMade } from './quantity-figures.ts';

type TimeKpiId =
  | 'oee'
  | 'availability'
  | 'effectiveness'
  | 'quality_ratio'
  | 'allocation_efficiency'
  | 'utilization_efficiency'
  | 'technical_efficiency'
  | 'setup_ratio'
  | 'nee'
  | 'teep'
  | 'nakajima_availability'
  | 'nakajima_performance'
  | 'mtbf'
  | 'mttf'
  | 'mttr'
  | 'corrective_maintenance_ratio'
  | 'micro_stops'
  | 'micro_stop_time'
  | 'coverage';

/** Figures over the observed part of planned busy time (ISO 22400-2). */
export function timeFigures(subject: Subject): Record<TimeKpiId & KpiId, Figure> {
  const { q } = subject;
  const of = (figure: () => Figure): Figure => withoutTime(subject) ?? figure();
  const busy_s = q.apt_s + q.aust_s + q.adet_s;
  const processing_s = q.apt_s + q.aust_s;
  const downtime_s = q.aust_s + q.fault_s + q.no_order_s;
  return {
    oee: of(() => oee(subject)),
    availability: of(() => bounded(q.apt_s, q)),
    effectiveness: of(() => rated(subject) ?? asMade(overRated(q.earned_s, q.rated_apt_s, q), subject.scope)),
    quality_ratio: of(() => qualityRatio(subject)),
    allocation_efficiency: of(() => bounded(busy_s, q)),
    utilization_efficiency: of(() => overTime(q.apt_s, busy_s, q)),
    technical_efficiency: of(() => overTime(q.apt_s, q.apt_s + q.adet_s, q)),
    setup_ratio: of(() => overTime(q.aust_s, processing_s, q)),
    nee: of(() => scaled(oee(subject), processing_s, q.apt_s)),
    teep: of(() => scaled(oee(subject), q.planned_s, q.calendar_s)),
    nakajima_availability: of(() => bounded(q.observed_s - downtime_s, q)),
    nakajima_performance: of(() => nakajimaPerformance(subject)),
    mtbf: of(() => perFailure(q.observed_s - q.fault_s, q)),
    mttf: of(() => perFailure(q.apt_s, q)),
    mttr: of(() => perFailure(q.fault_s, q)),
    corrective_maintenance_ratio: correctiveMaintenance(subject),
    micro_stops: of(() => ({ value: q.micro_stops, status: timeStatus(q) })),
    micro_stop_time: of(() => ({ value: q.micro_stop_s, status: timeStatus(q) })),
    coverage: coverage(subject),
  };
}

function coverage({ reports, q }: Subject): Figure {
  if (!reports.states) return absent('not_applicable');
  if (q.planned_s === 0) return absent('no_planned_time');
  return { value: q.observed_s / q.planned_s, status: 'ok' };
}

function oee(subject: Subject): Figure {
  const { q } = subject;
  const missing = rated(subject);
  if (missing) return missing;
  const figure =
    q.rated_pbt_s === q.observed_s
      ? bounded(q.earned_good_s, q)
      : overRated(q.earned_good_s, q.rated_pbt_s, q);
  return asMade(figure, subject.scope);
}

function qualityRatio(subject: Subject): Figure {
  const { scope, reports, q } = subject;
  if (!reports.judged) return absent('not_applicable');
  const { judged, good } = scope.account.attributed;
  if (judged <= 0n) return absent(noneJudged(subject));
  return asMade({ value: Number(good) / Number(judged), status: timeStatus(q) }, scope);
}

/** What was made while nobody watched the state is attributed to no time: that it is nothing, counters may know. */
function noneJudged({ scope, q }: Subject): 'no_items' | 'not_observed' {
  if (timeStatus(q) === 'ok') return scope.good_told ? 'no_items' : 'not_observed';
  return (scope.account.counts?.judged ?? 0n) > 0n ? 'not_observed' : noneMade(scope);
}

/** Product, yield and speed as Nakajima's third factor takes them: what stops are short of loses performance. */
function nakajimaPerformance(subject: Subject): Figure {
  const { q } = subject;
  const missing = rated(subject);
  if (missing) return missing;
  // Stops know no product, so a part of the time without a planned run time leaves nothing to compare with.
  if (q.rated_pbt_s !== q.observed_s) return absent('not_applicable');
  return asMade(overTime(q.earned_s, q.apt_s + q.waiting_s + q.short_stop_s, q), subject.scope);
}

function perFailure(time_s: number, q: Quantities): Figure {
  if (q.failures === 0) return absent('no_failures');
  return { value: time_s / q.failures / 3600, status: timeStatus(q) };
}

/** A shift that is maintained from its start to its end has no busy time, but a ratio. */
function correctiveMaintenance(subject: Subject): Figure {
  const { q } = subject;
  const missing = withoutTime(subject);
  if (missing && (q.planned_s > 0 || q.pmt_s === 0)) return missing;
  if (q.fault_s + q.pmt_s === 0) return absent('no_maintenance');
  return { value: q.fault_s / (q.fault_s + q.pmt_s), status: timeStatus(q) };
}

/** Why speed cannot be judged: nobody counted what was made, or no planned run time per item of it is known. */
function rated({ scope, reports, q }: Subject): Figure | undefined {
  if (q.rated_pbt_s > 0) return undefined;
  return absent(reports.good && !scope.good_told ? 'not_observed' : 'not_applicable');
}

function overRated(earned_s: number, rated_s: number, q: Quantities): Figure {
  if (rated_s === 0) return absent('no_production');
  const complete = q.rated_pbt_s === q.observed_s;
  return { value: earned_s / rated_s, status: complete ? timeStatus(q) : 'partial' };
}

/** A figure times a ratio of times, with its bounds left behind: they hold for itself alone. */
function scaled({ value, status }: Figure, part_s: number, whole_s: number): Figure {
  if (value === undefined) return { status };
  return whole_s === 0 ? absent('no_production') : { value: (value * part_s) / whole_s, status };
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
