import { readFileSync } from 'node:fs';
import { indexPlant, type Plant, parsePlant, scopeOf } from '@benchline/model';
import type { Box } from './box.ts';
import { type KpiResult, MetricsApi } from './metrics-api.ts';
import type { SettledAccount } from './settle.ts';

/** What `benchline start --report` writes: the balance of observations and the figures computed from them. */
export interface RunReport extends SettledAccount {
  from: string;
  to: string;
  restarts: Record<string, number>;
  machines: Record<string, Record<string, unknown>>;
  cnc_ratio: unknown;
}

/** Asks the API for the figures of every machine over one window. Absent figures come as null with their status. */
export async function writeUp(
  box: Box,
  account: SettledAccount,
  from: string,
  to: string,
): Promise<RunReport> {
  const api = new MetricsApi(box.url);
  const plant = boxPlant(box);
  const machines: RunReport['machines'] = {};
  for (const asset of indexPlant(plant).assets.values()) {
    if (asset.kind !== 'machine') continue;
    machines[asset.id] = flatten(await api.kpis(scopeOf(asset), from, to));
  }
  const cnc_ratio = await api.cncRatio(plant.enterprise.id, from, to);
  return { ...account, from, to, restarts: box.supervisor.restarts(), machines, cnc_ratio };
}

export function boxPlant(box: Box): Plant {
  const file = box.home.config('plant.yaml');
  return parsePlant(readFileSync(file, 'utf8'), file);
}

function flatten(result: KpiResult): Record<string, unknown> {
  const absent: Record<string, string> = {};
  const figures: Record<string, number | null> = {};
  for (const [id, figure] of Object.entries(result.figures)) {
    if (id.startsWith('cnc_ratio')) continue;
    figures[id] = figure.value ?? null;
    if (figure.value === undefined) absent[id] = figure.status;
  }
  return { ...figures, absent, elements: result.elements, counts: result.counts, energy: result.energy };
}
