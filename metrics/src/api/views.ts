import {
  type Asset,
  gapReasons,
  isoFromNs,
  type KpiId,
  kpiCatalogue,
  kpiIds,
  type Plant,
  type PlantIndex,
  scopeOf,
  stageNames,
  stageStateNames,
  stageStates,
  stages,
} from '@benchline/model';
import type { KpiPeriod, MachineGap } from '@benchline/store';
import type { z } from 'zod';
import type { ScopeFigures } from '../figures/figures.ts';
import type { Period } from '../figures/periods.ts';
import type { Scope } from '../figures/scopes.ts';
import type { StateStretch } from '../figures/state-list.ts';
import type { Interval } from '../intervals.ts';
import type { CncRatios } from '../kpis/cnc-ratio.ts';
import type { Figure } from '../kpis/figure.ts';
import { energyInKwh } from '../kpis/quantities.ts';
import { itemsOf } from '../kpis/quantity-figures.ts';
import { reportsOf } from '../kpis/scope-account.ts';
import {
  apiStates,
  type Catalogue,
  type CncRatio,
  figureStatuses,
  type KpiResult,
  type PlantView,
} from './schemas.ts';
import { gapReasonWording, stateWording, statusWording } from './wording.ts';

/** How what was computed looks in the API. */

function span({ from_ns, to_ns }: Interval): { from: string; to: string } {
  return { from: isoFromNs(from_ns), to: isoFromNs(to_ns) };
}

export function kpiView(result: ScopeFigures, listed?: { grain: KpiPeriod; period: Period }): KpiResult {
  const { account, quantities: q, figures } = result;
  const carriers = Object.fromEntries([...account.energy].map(([id, use]) => [id, energyInKwh(use)]));
  return {
    scope: result.scope.path,
    ...span(result),
    time_zone: result.scope.time_zone,
    ...(listed && { grain: listed.grain }),
    ...(listed?.period.shift && { shift: shiftView(listed.period.shift) }),
    figures: Object.fromEntries(
      kpiIds.map((id) => [id, figureView(id, figures[id])]),
    ) as KpiResult['figures'],
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
    counts: itemsOf(account.counts),
    energy: carriers['electricity'] ?? { import_kwh: 0, export_kwh: 0 },
    carriers,
    coverage: figures.coverage.value ?? null,
    provisional: result.provisional,
    revision: result.revision,
  };
}

function shiftView({ shift, date }: NonNullable<Period['shift']>) {
  return { id: shift.id, name: nameOf(shift), date };
}

function figureView(id: KpiId, figure: Figure): KpiResult['figures'][KpiId] {
  return { ...figure, unit: kpiCatalogue[id].unit };
}

export function cncView(scope: Scope, window: Interval, ratios: CncRatios): z.output<typeof CncRatio> {
  return {
    scope: scope.path,
    ...span(window),
    basis: 'process_count',
    declared: figureView('cnc_ratio_declared', ratios.declared),
    connected: figureView('cnc_ratio_connected', ratios.connected),
    active: figureView('cnc_ratio_active', ratios.active),
    processes: ratios.processes.map(({ process, declared, connected, active, stations }) => ({
      id: process.id,
      name: nameOf(process),
      line: process.line,
      rule: process.rule,
      declared,
      connected,
      active,
      machines: stations.map((station) => ({
        id: station.machine.id,
        name: nameOf(station.machine),
        control: station.machine.control,
        ...(station.machine.controller !== undefined && { controller: station.machine.controller }),
        connected: station.connected,
        active: station.active,
        ...(station.last_seen_ns !== undefined && { last_seen: isoFromNs(station.last_seen_ns) }),
      })),
    })),
  };
}

export function statesView(
  machine: string,
  { states, ...window }: Interval & { states: readonly StateStretch[] },
) {
  return {
    machine,
    ...span(window),
    states: states.map(({ state, native, ...interval }) => ({
      ...span(interval),
      state,
      ...(native !== undefined && { native }),
    })),
  };
}

export function gapView({ machine, source, from_ns, to_ns, reason }: MachineGap) {
  const exact = { from_ns: from_ns.toString(), to_ns: to_ns.toString() };
  return { machine, source, ...span({ from_ns, to_ns }), ...exact, reason };
}

export function plantView({ plant, assets }: PlantIndex): z.output<typeof PlantView> {
  const { enterprise } = plant;
  return {
    enterprise: {
      ...node(enterprise, enterprise.id),
      sites: enterprise.sites.map((site) => ({
        ...node(site, `${enterprise.id}/${site.id}`),
        time_zone: site.time_zone,
        areas: site.areas.map((area) => ({
          ...node(area, `${enterprise.id}/${site.id}/${area.id}`),
          lines: area.lines.map((line) => ({
            ...node(line, `${enterprise.id}/${site.id}/${area.id}/${line.id}`),
            machines: line.machines.flatMap((machine) => machineView(machine, assets.get(machine.id))),
            meters: line.meters.flatMap((meter) => assetView(assets.get(meter.id))),
          })),
        })),
      })),
    },
    products: plant.products.map((product) => ({
      id: product.id,
      name: nameOf(product),
      planned_run_time_per_item_s: product.planned_run_time_per_item_s,
    })),
    processes: plant.processes.map((process) => ({
      id: process.id,
      name: nameOf(process),
      key: process.key,
      line: process.line,
      machines: process.machines,
    })),
  };
}

type Machine = Plant['enterprise']['sites'][number]['areas'][number]['lines'][number]['machines'][number];

function machineView({ control, controller, product }: Machine, asset: Asset | undefined) {
  return assetView(asset).map((view) => ({
    ...view,
    control,
    ...(controller !== undefined && { controller }),
    ...(product !== undefined && { product }),
    planned: asset !== undefined && reportsOf(asset).states,
  }));
}

function assetView(asset: Asset | undefined) {
  return asset ? [{ ...node(asset.definition, scopeOf(asset)), type: asset.type.id }] : [];
}

function node(item: { id: string; name: { en: string; zh?: string | undefined } }, scope: string) {
  return { id: item.id, name: nameOf(item), scope };
}

function nameOf({ name }: { name: { en: string; zh?: string | undefined } }): { en: string; zh: string } {
  return { en: name.en, zh: name.zh ?? name.en };
}

export function catalogueView(): z.output<typeof Catalogue> {
  return {
    kpis: kpiIds.map((id) => ({ ...kpiCatalogue[id] })),
    states: apiStates.map((id) => ({ id, ...stateWording[id] })),
    statuses: figureStatuses.map((id) => ({ id, name: statusWording[id] })),
    gap_reasons: gapReasons.map((id) => ({ id, name: gapReasonWording[id] })),
    stages: stageNames.map((id) => ({ id, ...stages[id] })),
    stage_states: stageStates.map((id) => ({ id, name: stageStateNames[id] })),
  };
}
