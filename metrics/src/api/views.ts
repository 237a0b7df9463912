import { isoFromNs, type KpiId, kpiCatalogue, kpiIds } from '@benchline/model';
import type { MachineGap } from '@benchline/store';
import type { z } from 'zod';
import { carrierUnits } from '../energy/rules.ts';
import type { ScopeFigures } from '../figures/figures.ts';
import type { Grain, Period } from '../figures/periods.ts';
import type { Scope } from '../figures/scopes.ts';
import type { StateStretch } from '../figures/state-list.ts';
import type { Interval } from '../intervals.ts';
import type { CncRatios } from '../kpis/cnc-ratio.ts';
import type { Figure } from '../kpis/figure.ts';
import { energyInKwh, unitsOf } from '../kpis/quantities.ts';
import { bothNames } from './both-names.ts';
import type { CncRatio, KpiResult, OeeProfile } from './schemas.ts';
import type { Series } from './series-schemas.ts';
import { spanView } from './span-view.ts';

/** How what was computed looks in the API. */

/** Availability, performance and quality as each profile cuts OEE. */
const oeeFactors: Readonly<Record<OeeProfile, readonly [KpiId, KpiId, KpiId]>> = {
  iso22400: ['availability', 'effectiveness', 'quality_ratio'],
  nakajima: ['nakajima_availability', 'nakajima_performance', 'quality_ratio'],
};

export interface KpiViewOptions {
  /** Only these figures; all of them unless stated. */
  kpis?: readonly KpiId[] | undefined;
  profile?: OeeProfile;
  listed?: { grain: Grain; period: Period };
}

export function kpiView(
  result: ScopeFigures,
  { kpis = kpiIds, profile = 'iso22400', listed }: KpiViewOptions = {},
): KpiResult {
  const { quantities: q, figures } = result;
  const factors = oeeFactors[profile];
  const shown = new Set([...kpis, ...(kpis.includes('oee') ? factors : [])]);
  return {
    scope: result.scope.path,
    ...spanView(result),
    time_zone: result.scope.time_zone,
    ...(listed && { grain: listed.grain }),
    ...(listed?.period.shift && { shift: shiftView(listed.period.shift) }),
    oee_profile: profile,
    oee_factors: [...factors],
    figures: Object.fromEntries([...shown].map((id) => [id, figureView(id, figures[id], result.sums)])),
    elements: {
      planned_s: q.planned_s,
      observed_s: q.observed_s,
      apt_s: q.apt_s,
      aust_s: q.aust_s,
      adet_s: q.adet_s,
      adot_s: q.adot_s,
      pmt_s: q.pmt_s,
      unobserved_s: q.unobserved_s,
    },
    counts: countsView(result),
    energy: {
      import_kwh: result.sums.get('electricity_import_kwh') ?? null,
      export_kwh: result.sums.get('electricity_export_kwh') ?? null,
    },
    carriers: carriersView(result),
    coverage: figures.coverage.value ?? null,
    provisional: result.provisional,
    revision: result.revision,
  };
}

/** What the counters of a scope told; the sums leave out what is unknown. */
function countsView({ sums }: ScopeFigures): KpiResult['counts'] {
  const told = (name: string) => sums.get(name) ?? null;
  return {
    items: told('items'),
    good_items: told('good_items'),
    scrap_items: told('scrap_items'),
    rework_items: told('rework_items'),
  };
}

function carriersView({ scope, account }: ScopeFigures): KpiResult['carriers'] {
  const units = carrierUnits(scope.assets);
  return Object.fromEntries(
    [...account.energy].map(([id, use]) => {
      const unit = units.get(id) ?? 'kWh';
      const amounts = { unit, import: unitsOf(use.import), export: unitsOf(use.export) };
      return [id, unit === 'kWh' ? { ...amounts, ...energyInKwh(use) } : amounts];
    }),
  );
}

export function shiftView({ shift, date }: NonNullable<Period['shift']>) {
  return { id: shift.id, name: bothNames(shift.name), date };
}

type FigureView = NonNullable<KpiResult['figures'][KpiId]>;

function figureView(
  id: KpiId,
  { inputs, basis, ...figure }: Figure,
  sums: ReadonlyMap<string, number>,
): FigureView {
  const { unit, decimals, inputs: names = [] } = kpiCatalogue[id];
  const known = names.flatMap((name): [string, number][] => {
    const sum = sums.get(name);
    return sum === undefined ? [] : [[name, sum]];
  });
  return {
    ...figure,
    unit,
    decimals,
    formula: formulaOf(id),
    basis: basis ?? 'measured',
    inputs: inputs ?? Object.fromEntries(known),
  };
}

function formulaOf(id: KpiId): string {
  return `${id}@${kpiCatalogue[id].version}`;
}

export function cncView(scope: Scope, window: Interval, ratios: CncRatios): z.output<typeof CncRatio> {
  return {
    scope: scope.path,
    ...spanView(window),
    time_zone: scope.time_zone,
    basis: ratios.basis,
    ...(ratios.currency !== undefined && { currency: ratios.currency }),
    declared: figureView('cnc_ratio_declared', ratios.declared, new Map()),
    connected: figureView('cnc_ratio_connected', ratios.connected, new Map()),
    active: figureView('cnc_ratio_active', ratios.active, new Map()),
    processes: ratios.processes.map(({ process, declared, connected, active, stations }) => ({
      id: process.id,
      name: bothNames(process.name),
      line: process.line,
      rule: process.rule,
      declared,
      connected,
      active,
      machines: stations.map((station) => ({
        id: station.machine.id,
        name: bothNames(station.machine.name),
        control: station.machine.control,
        ...(station.machine.controller !== undefined && { controller: station.machine.controller }),
        ...(station.machine.asset_value && { asset_value: station.machine.asset_value.amount }),
        connected: station.connected,
        active: station.active,
        ...(station.last_seen_ns !== undefined && { last_seen: isoFromNs(station.last_seen_ns) }),
      })),
    })),
  };
}

/** One figure of each result of a page. */
export function seriesView(
  scope: Scope,
  kpi: KpiId,
  grain: Grain,
  { results, next_cursor }: { results: readonly KpiResult[]; next_cursor?: string },
): z.output<typeof Series> {
  const { unit, decimals } = kpiCatalogue[kpi];
  return {
    scope: scope.path,
    kpi,
    unit,
    decimals,
    formula: formulaOf(kpi),
    grain,
    time_zone: scope.time_zone,
    points: results.flatMap(({ from, to, shift, figures, coverage, provisional, revision }) => {
      const figure = figures[kpi];
      if (!figure) return [];
      const { value, status, basis, lower, upper } = figure;
      return { from, to, shift, value, status, basis, lower, upper, coverage, provisional, revision };
    }),
    ...(next_cursor !== undefined && { next_cursor }),
  };
}

export function statesView(
  machine: string,
  { states, ...window }: Interval & { states: readonly StateStretch[] },
) {
  return {
    machine,
    ...spanView(window),
    states: states.map(({ state, native, reason_code, ...interval }) => ({
      ...spanView(interval),
      state,
      ...(native !== undefined && { native }),
      ...(reason_code !== undefined && { reason_code }),
    })),
  };
}

export function gapView({ machine, source, from_ns, to_ns, reason }: MachineGap) {
  const exact = { from_ns: from_ns.toString(), to_ns: to_ns.toString() };
  return { machine, source, ...spanView({ from_ns, to_ns }), ...exact, reason };
}
