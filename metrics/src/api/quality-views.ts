import { type Entry, isoFromNs, type Plant, scopeOf, scrapCausesOf } from '@benchline/model';
import type { z } from 'zod';
import type { Interval } from '../intervals.ts';
import type { Charted } from '../quality/charted.ts';
import { gradeCriteria } from '../quality/grade.ts';
import type { Characteristic } from '../quality/measured.ts';
import type { CharacteristicCapability, ScopeGrade, ScopeYields } from '../quality/scope-quality.ts';
import type { QualityFigure } from '../quality/yield.ts';
import { bothNames } from './both-names.ts';
import type {
  CapabilityResult,
  CharacteristicList,
  ControlChart,
  GradeView,
  InspectionList,
  QualityValue,
  YieldResult,
} from './quality-schemas.ts';
import {
  criterionWording,
  gradeWording,
  notJudged,
  qualityReasonWording,
  ruleWording,
} from './quality-wording.ts';
import { spanView } from './span-view.ts';

/** How quality looks in the API. */

function valueView(figure: QualityFigure): z.output<typeof QualityValue> {
  if ('value' in figure) return { value: figure.value, status: 'ok' };
  return { status: figure.absent, reason: qualityReasonWording[figure.absent] };
}

/** What routes add: what the answer rests on. */
type Answered = Pick<z.output<typeof YieldResult>, 'time_zone' | 'evidence'>;

export function characteristicView({ asset, id, signal }: Characteristic) {
  return {
    machine: asset.id,
    characteristic: id,
    name: bothNames(signal.name ?? { en: id }),
    unit: signal.unit,
    ...(signal.lsl !== undefined && { lsl: signal.lsl }),
    ...(signal.usl !== undefined && { usl: signal.usl }),
  };
}

export function characteristicsView(
  scope: string,
  list: readonly Characteristic[],
): z.output<typeof CharacteristicList> {
  return {
    scope,
    characteristics: list.map((one) => ({ ...characteristicView(one), scope: scopeOf(one.asset) })),
  };
}

/** AIAG, Statistical Process Control: 25 subgroups, 100 values and more; a machine study of 50 parts in a row. */
const customary = { process: 100, machine: 50 };

export function capabilityView(
  { characteristic, capability, left_out }: CharacteristicCapability,
  window: Interval,
  { subgroup, study }: { subgroup: number; study: 'process' | 'machine' },
): Omit<z.output<typeof CapabilityResult>, keyof Answered> {
  const { samples, mean, cp, cpk, pp, ppk } = capability;
  return {
    ...characteristicView(characteristic),
    ...spanView(window),
    subgroup,
    study,
    samples,
    customary_samples: customary[study],
    ...(mean !== undefined && { mean }),
    ...(study === 'machine'
      ? { cm: valueView(pp), cmk: valueView(ppk) }
      : { cp: valueView(cp), cpk: valueView(cpk), pp: valueView(pp), ppk: valueView(ppk) }),
    left_out,
  };
}

export interface Page {
  offset: number;
  limit: number;
}

/** One page of charts; of charts of different lengths, the same instants. */
export function chartsView(
  charts: readonly Charted[],
  { offset, limit }: Page,
): Pick<z.output<typeof ControlChart>, 'charts' | 'next_offset'> {
  const longest = Math.max(0, ...charts.map(({ at_ns }) => at_ns.length));
  return {
    charts: charts.map((chart) => {
      // A moving range has no value for the first instant.
      const shift = longest - chart.at_ns.length;
      return chartView(chart, Math.max(0, offset - shift), Math.max(0, offset + limit - shift));
    }),
    ...(offset + limit < longest && { next_offset: offset + limit }),
  };
}

function chartView({ kind, chart, at_ns, warnings }: Charted, from: number, to: number) {
  const timeOf = (index: number) => isoFromNs(at_ns[index] ?? 0n);
  if ('absent' in chart)
    return {
      kind,
      status: chart.absent,
      reason: qualityReasonWording[chart.absent],
      total: at_ns.length,
      points: [],
      warnings: [],
    };
  return {
    kind,
    status: 'ok' as const,
    total: chart.length,
    points: chart.slice(from, to).map(({ value, centre, lower, upper }, i) => ({
      index: from + i,
      at: timeOf(from + i),
      value,
      centre,
      lower,
      upper,
    })),
    warnings: warnings
      .filter(({ at }) => at >= from && at < to)
      .map(({ at, rule, points }) => ({
        at: timeOf(at),
        index: at,
        rule,
        name: ruleWording[rule],
        points: [...points],
      })),
  };
}

/** The time of a chain that was not one for the whole of a window. */
function heldView(window: Interval, parts: readonly Interval[]): { from?: string; to?: string } {
  const [first, last] = [parts[0], parts.at(-1)];
  if (!first || !last || (first.from_ns === window.from_ns && last.to_ns === window.to_ns)) return {};
  return spanView({ from_ns: first.from_ns, to_ns: last.to_ns });
}

export function yieldView(
  scope: string,
  window: Interval,
  { processes, chains, rolled_yield }: ScopeYields,
): Omit<z.output<typeof YieldResult>, keyof Answered> {
  return {
    scope,
    ...spanView(window),
    rolled_yield: valueView(rolled_yield),
    chains: chains.map(({ chain, parts, ...figures }) => ({
      ...heldView(window, parts),
      ...(chain.id !== undefined && { id: chain.id }),
      ...(chain.name && { name: bothNames(chain.name) }),
      processes: chain.processes,
      rolled_yield: valueView(figures.rolled_yield),
      rolled_yield_from_defects: valueView(figures.rolled_yield_from_defects),
    })),
    processes: processes.map(({ process, basis, submitted, passed, ...figures }) => ({
      id: process.id,
      name: bothNames(process.name),
      basis,
      submitted,
      passed,
      first_pass_yield: valueView(figures.first_pass_yield),
      dpmo: valueView(figures.dpmo),
      sigma_level: valueView(figures.sigma_level),
    })),
  };
}

export function gradeView(
  scope: string,
  window: Interval,
  graded: ScopeGrade,
): Omit<z.output<typeof GradeView>, keyof Answered> {
  return {
    scope,
    ...spanView(window),
    standard: '工信部联科〔2023〕249号, 质量绩效',
    grade: graded.grade,
    grade_name: gradeWording[graded.grade],
    at_most: graded.at_most,
    at_most_name: gradeWording[graded.at_most],
    criteria: gradeCriteria.map((criterion) => ({
      criterion,
      name: criterionWording[criterion],
      measured: criterion !== 'internal_loss' && criterion !== 'external_loss',
      value: valueView(graded.values[criterion]),
      verdicts: graded.verdicts
        .filter((verdict) => verdict.criterion === criterion)
        .map(({ grade, cut_off, verdict }) => ({ grade, ...cut_off, verdict })),
    })),
    capabilities: graded.capabilities.map(({ characteristic, capability }) => ({
      machine: characteristic.asset.id,
      characteristic: characteristic.id,
      samples: capability.samples,
      cpk: valueView(capability.cpk),
    })),
    not_judged: [...notJudged],
  };
}

/** @param entries those of the window that hold; what are no inspections is passed over. */
export function inspectionsView(
  scope: string,
  window: Interval,
  { entries, plant }: { entries: readonly Entry[]; plant: Plant },
  { offset, limit }: Page,
): z.output<typeof InspectionList> {
  const inspections = entries.flatMap((entry) =>
    entry.statement.kind === 'inspection' ? [{ entry, said: entry.statement }] : [],
  );
  const causes = new Map(scrapCausesOf(plant).map(({ id, name }) => [id, bothNames(name)]));
  return {
    scope,
    ...spanView(window),
    total: inspections.length,
    ...(offset + limit < inspections.length && { next_offset: offset + limit }),
    inspections: inspections.slice(offset, offset + limit).map(({ entry, said }) => ({
      id: entry.id,
      subject: entry.subject,
      ...spanView({ from_ns: entry.from_ns, to_ns: entry.to_ns ?? entry.from_ns }),
      author: entry.author,
      note: entry.reason,
      ...(said.process !== undefined && { process: said.process }),
      ...(said.characteristic !== undefined && { characteristic: said.characteristic }),
      submitted: said.submitted,
      passed: said.passed,
      ...(said.opportunities !== undefined && { opportunities: said.opportunities }),
      defects: said.defects.map(({ code, count }) => {
        const name = causes.get(code);
        return { code, ...(name && { name }), count };
      }),
    })),
  };
}
