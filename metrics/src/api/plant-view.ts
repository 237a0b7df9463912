import {
  type Asset,
  type Plant,
  type PlantIndex,
  scopeOf,
  scrapCausesOf,
  stopReasonsOf,
} from '@benchline/model';
import type { z } from 'zod';
import { reportsOf } from '../kpis/scope-account.ts';
import { bothNames, type PlantName } from './both-names.ts';
import type { PlantView } from './schemas.ts';

/** The plant file as the API shows it: what there is and what it is called, not how it is computed. */
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
      name: bothNames(product.name),
      planned_run_time_per_item_s: product.planned_run_time_per_item_s,
    })),
    stop_reasons: stopReasonsOf(plant).map((reason) => ({ id: reason.id, name: bothNames(reason.name) })),
    scrap_causes: scrapCausesOf(plant).map((reason) => ({ id: reason.id, name: bothNames(reason.name) })),
    processes: plant.processes.map((process) => ({
      id: process.id,
      name: bothNames(process.name),
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

function node(item: { id: string; name: PlantName }, scope: string) {
  return { id: item.id, name: bothNames(item.name), scope };
}
