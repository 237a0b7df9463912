import type { DeclaredInput, Entry } from '@benchline/model';
import type { Rated } from '../accounts/account.ts';
import { type ChainStep, rolledThroughputYield } from './chain-figures.ts';
import { absent, type Figure, timeStatus } from './figure.ts';
import { type Quantities, unitsOf } from './quantities.ts';
import { asMade, countStatus } from './quantity-figures.ts';
import type { AssetAccount, ScopeAccount } from './scope-account.ts';

type PlanKpiId =
  | 'equipment_load_ratio'
  | 'actual_to_planned_scrap_ratio'
  | 'fall_off_ratio'
  | 'rolled_throughput_yield';

/** Figures that people declared for exactly the window, by input. */
export type Declared = ReadonlyMap<DeclaredInput, number>;

/** A process chain within a scope over its time: the stations of its first operation, and its operations. */
export interface ChainAccounts {
  first: readonly AssetAccount[];
  steps: readonly ChainStep[];
  /** Entries of inspections in its time that hold. */
  inspections: readonly Entry[];
}

export interface PlanContext {
  scope: ScopeAccount;
  q: Quantities;
  /** Planned scrap of a product as a fraction of what is produced; undefined where none is planned. */
  plannedScrap(product: string): number | undefined;
  declared: Declared;
  chains: readonly ChainAccounts[];
  /** All of their stations, each once. */
  chain_stations: readonly AssetAccount[];
}

export function planFigures(context: PlanContext): Record<PlanKpiId, Figure> {
  return {
    equipment_load_ratio: equipmentLoad(context),
    actual_to_planned_scrap_ratio: actualToPlannedScrap(context),
    fall_off_ratio: fallOff(context),
    rolled_throughput_yield: rolledThroughputYield(context.chains),
  };
}

/** Corrective maintenance by the time that people declared for it; nothing where they did not. */
export function declaredMaintenance(
  declared: Declared,
  { pmt_s }: Pick<Quantities, 'pmt_s'>,
): { corrective_maintenance_ratio?: Figure } {
  const hours = declared.get('corrective_maintenance_time');
  if (hours === undefined) return {};
  const cmt_s = hours * 3600;
  const inputs = { cmt_s, pmt_s };
  if (cmt_s + pmt_s === 0)
    return { corrective_maintenance_ratio: { ...absent('no_maintenance'), basis: 'declared', inputs } };
  const value = cmt_s / (cmt_s + pmt_s);
  return { corrective_maintenance_ratio: { value, status: 'ok', basis: 'declared', inputs } };
}

function equipmentLoad({ scope }: PlanContext): Figure {
  const { capacity } = scope;
  if (!capacity) return absent('not_declared');
  const inputs = { capacity_made_items: capacity.made_items, capacity_items: capacity.items };
  if (capacity.items === 0) return { ...absent('no_planned_time'), inputs };
  if (!scope.account.counts) return { ...absent('not_observed'), inputs };
  return { value: capacity.made_items / capacity.items, status: countStatus(scope), inputs };
}

function actualToPlannedScrap(context: PlanContext): Figure {
  const { scope, declared } = context;
  if (!scope.reports.judged) return absent('not_applicable');
  const psq = declared.get('planned_scrap');
  if (psq === undefined) return scrapByProducts(context);
  const { counts } = scope.account;
  if (!counts) return { ...absent('not_observed'), basis: 'declared' };
  return overPlanned(unitsOf(counts.scrap), psq, { status: countStatus(scope), basis: 'declared' });
}

function scrapByProducts({ scope, q, plannedScrap }: PlanContext): Figure {
  const all = [...scope.account.products];
  const planned = all.flatMap(([product, rated]): { rated: Rated; ratio: number }[] => {
    const ratio = plannedScrap(product);
    return ratio === undefined ? [] : [{ rated, ratio }];
  });
  if (planned.length === 0) return absent('not_declared');
  const scrap = planned.reduce((sum, { rated }) => sum + rated.scrap, 0n);
  const psq = planned.reduce((sum, { rated, ratio }) => sum + ratio * unitsOf(rated.judged), 0);
  const status = planned.length === all.length ? timeStatus(q) : 'partial';
  return asMade(overPlanned(unitsOf(scrap), psq, { status }), scope);
}

function overPlanned(
  scrap: number,
  planned: number,
  as: { status: 'ok' | 'partial'; basis?: 'declared' },
): Figure {
  const inputs = { planned_for_scrap_items: scrap, planned_scrap_items: planned };
  const basis = as.basis && { basis: as.basis };
  if (planned === 0) return { ...absent('no_items'), inputs, ...basis };
  return { value: scrap / planned, ...as, inputs };
}

function fallOff({ chains, chain_stations: all }: PlanContext): Figure {
  const first = chains.flatMap((chain) => chain.first);
  if (chains.length === 0 || !first.every((a) => a.reports.items) || !all.every((a) => a.reports.judged))
    return absent('not_applicable');
  if (first.some((a) => !a.account.counts)) return absent('not_observed');
  const scrap = unitsOf(all.reduce((sum, { account }) => sum + (account.counts?.scrap ?? 0n), 0n));
  const items = unitsOf(first.reduce((sum, { account }) => sum + (account.counts?.items ?? 0n), 0n));
  const inputs = { chain_scrap_items: scrap, chain_first_items: items };
  if (items <= 0) return { ...absent('no_items'), inputs };
  const partial = all.some(({ account }) => !account.counts || account.counts_from_later);
  return { value: scrap / items, status: partial ? 'partial' : 'ok', inputs };
}
