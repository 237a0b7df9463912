import {
  type CanonicalState,
  type Carrier,
  canonicalStates,
  type Energy,
  type FactorSetId,
  factorSets,
  gridFactors,
  tariffBands,
} from '@benchline/model';
import type { z } from 'zod';
import type { Account } from '../accounts/account.ts';
import { alarmStates, warningReasons } from '../energy/alarms.ts';
import { idleShare, stateEnergy } from '../energy/by-state.ts';
import { type CarrierPart, comprehensiveEnergy, type EnergyEra } from '../energy/comprehensive.ts';
import type { Balance } from '../energy/meter-tree.ts';
import type { OutputSums } from '../energy/outputs.ts';
import type { TariffCost } from '../energy/tariff-cost.ts';
import type { ScopeFigures } from '../figures/figures.ts';
import { itemsOfProduct } from '../figures/product-plans.ts';
import type { Scope } from '../figures/scopes.ts';
import { type Interval, lengthOf } from '../intervals.ts';
import { energyFigures } from '../kpis/energy-figures.ts';
import type { Figure } from '../kpis/figure.ts';
import { quantitiesOf, unitsOf } from '../kpis/quantities.ts';
import type { ScopeAccount } from '../kpis/scope-account.ts';
import { bothNames } from './both-names.ts';
import type {
  EnergyByState,
  EnergyCatalogue,
  EnergyCosts,
  EnergySummary,
  MeterBalance,
} from './energy-schemas.ts';
import {
  alarmWording,
  balanceWording,
  bandWording,
  type EnergyStatus,
  energyStatuses,
  energyStatusWording,
  warningWording,
} from './energy-wording.ts';
import { spanView } from './span-view.ts';
import { stateWording } from './wording.ts';

/** How energy looks in the API. */

const balanceStates = ['balanced', 'unbalanced', 'incomplete'] as const;

export function energyCatalogueView({
  factor_set,
  grid,
  baselines,
}: Energy): z.output<typeof EnergyCatalogue> {
  return {
    factor_sets: Object.values(factorSets).map((set) => ({ ...set, factors: [...set.factors] })),
    grid: [...gridFactors],
    in_use: { factor_set, grid },
    baselines: baselines.map(({ id, name, scope, carrier }) => ({
      ...{ id, scope, carrier },
      name: bothNames(name),
    })),
    statuses: energyStatuses.map((id) => ({ id, name: energyStatusWording[id] })),
    bands: tariffBands.map((id) => ({ id, name: bandWording[id] })),
    alarm_states: alarmStates.map((id) => ({ id, name: alarmWording[id] })),
    warnings: warningReasons.map((id) => ({ id, name: warningWording[id] })),
    balance_states: balanceStates.map((id) => ({ id, name: balanceWording[id] })),
  };
}

export function askedView(scope: Scope, window: Interval) {
  return { scope: scope.path, ...spanView(window), time_zone: scope.time_zone };
}

type EnergyFigure = z.output<typeof EnergySummary>['co2'];

function figureView(figure: Figure, unit: string): EnergyFigure {
  const { value, lower, upper } = figure;
  return {
    ...(value !== undefined && { value }),
    ...(lower !== undefined && { lower }),
    ...(upper !== undefined && { upper }),
    status: figure.status as EnergyStatus,
    unit,
  };
}

/** What was used, as a factor set and the plant's own factors convert it. */
interface BySet {
  factor_set: FactorSetId;
  eras: readonly EnergyEra[];
}

/** Energy of a scope and window; `bases` are the sets of an edition, `factor_set` the one of them that the plant takes. */
export function summaryView(
  asked: ReturnType<typeof askedView> & Pick<z.output<typeof EnergySummary>, 'evidence'>,
  {
    sums,
    factor_set,
    bases,
    declared,
    carriers,
  }: {
    sums: ScopeAccount;
    factor_set: FactorSetId;
    bases: readonly BySet[];
    declared: OutputSums | undefined;
    carriers: readonly Carrier[];
  },
): z.output<typeof EnergySummary> {
  const { account, reports, energy_missing: missing } = sums;
  const subject = { scope: sums, reports, q: quantitiesOf(account, () => 0) };
  const byBasis = bases.map((base) => ({ ...base, figures: energyFigures(subject, base.eras) }));
  const { eras, figures } = byBasis.find((base) => base.factor_set === factor_set)!;
  const energy = figures.comprehensive_energy_kgce;
  const per = (value_cny: number | undefined): EnergyFigure => {
    const unit = 'tce/10kCNY';
    if (energy.value === undefined) return figureView(energy, unit);
    if (value_cny === undefined) return { status: 'not_declared', unit };
    return { value: energy.value / 1000 / (value_cny / 10_000), status: energy.status, unit };
  };
  return {
    ...asked,
    factor_set,
    basis: factorSets[factor_set].basis,
    comprehensive_energy: figureView(energy, 'kgce'),
    by_basis: byBasis.map(basisView),
    co2: figureView(figures.co2_kg, 'kg'),
    comprehensive_energy_per_good_item: figureView(
      figures.comprehensive_energy_kgce_per_good_item,
      'kgce/item',
    ),
    comprehensive_energy_per_output_value: per(declared?.output_value_cny),
    comprehensive_energy_per_value_added: per(declared?.value_added_cny),
    ...(declared && {
      declared: { price_basis: [...declared.price_basis], sources: [...declared.sources] },
    }),
    carriers: comprehensiveEnergy(eras).parts.map((part) => {
      const partial = account.energy_from_later.includes(part.carrier) || missing.has(part.carrier);
      return { ...carrierView(carriers, part), status: partial ? ('partial' as const) : ('ok' as const) };
    }),
    not_read: [...missing].filter((carrier) => !account.energy.has(carrier)),
  };
}

/** Comprehensive energy as one of the factor sets converts it. */
function basisView({ factor_set, figures }: BySet & { figures: ReturnType<typeof energyFigures> }) {
  return {
    factor_set,
    name: factorSets[factor_set].name,
    basis: factorSets[factor_set].basis,
    comprehensive_energy: figureView(figures.comprehensive_energy_kgce, 'kgce'),
    comprehensive_energy_per_good_item: figureView(
      figures.comprehensive_energy_kgce_per_good_item,
      'kgce/item',
    ),
  };
}

function carrierView(carriers: readonly Carrier[], part: CarrierPart) {
  return {
    carrier: part.carrier,
    name: carrierName(carriers, part.carrier),
    unit: part.unit,
    import: unitsOf(part.import),
    export: unitsOf(part.export),
    net: unitsOf(part.import - part.export),
    counted: part.counted,
    ...(part.kgce !== undefined && { kgce: unitsOf(part.kgce) }),
    ...(part.kgce_factor && { kgce_factor: part.kgce_factor }),
    ...(part.co2 !== undefined && { co2_kg: unitsOf(part.co2) }),
    ...(part.co2_factor && { co2_factor: part.co2_factor }),
  };
}

function carrierName(carriers: readonly Carrier[], id: string): { en: string; zh: string } {
  const name = carriers.find((carrier) => carrier.id === id)?.name;
  if (name) return bothNames(name);
  return id === 'electricity' ? { en: 'Electricity', zh: '电力' } : { en: id, zh: id };
}

/** Most orders in one answer. */
const mostOrders = 200;

export function byStateView(
  { scope, account, ...window }: Pick<ScopeFigures, 'scope' | 'account' | 'from_ns' | 'to_ns'>,
  machines: readonly { id: string; name: { en: string; zh: string }; account: Account }[],
  { carrier, unit }: { carrier: string; unit: 'kWh' | 'm3' | 'kg' },
): Omit<z.output<typeof EnergyByState>, 'evidence'> {
  const { states, products, total } = stateEnergy(account, carrier);
  const share = (amount: bigint) => (total === 0n ? null : Number(amount) / Number(total));
  return {
    ...askedView(scope, window),
    carrier,
    unit,
    total: unitsOf(total),
    idle_share: figureView(idleShare({ states, products, total }), '1'),
    states: [...canonicalStates, 'unattributed' as const].flatMap((state) => {
      const amount = states.get(state);
      if (amount === undefined) return [];
      return [{ state, name: stateName(state), amount: unitsOf(amount), share: share(amount) }];
    }),
    products: [...products].map(([product, amount]) => {
      const items = itemsOfProduct(account, product);
      return {
        ...(product !== '' && { product }),
        amount: unitsOf(amount),
        share: share(amount),
        ...(items !== undefined && { items: unitsOf(items) }),
      };
    }),
    orders: ordersOf(account, carrier),
    machines: machines.flatMap(({ id, name, account: own }) => {
      const energy = stateEnergy(own, carrier);
      if (energy.states.size === 0) return [];
      return [
        {
          machine: id,
          name,
          total: unitsOf(energy.total),
          unattributed: unitsOf(energy.states.get('unattributed') ?? 0n),
          idle_share: figureView(idleShare(energy), '1'),
        },
      ];
    }),
  };
}

function ordersOf({ energy_orders }: Account, carrier: string): { order: string; amount: number }[] {
  return [...energy_orders]
    .filter(([key]) => key.startsWith(`${carrier}/`))
    .map(([key, use]) => ({
      order: key.slice(carrier.length + 1),
      amount: unitsOf(use.import - use.export),
    }))
    .toSorted((a, b) => b.amount - a.amount)
    .slice(0, mostOrders);
}

export function stateName(state: string): { en: string; zh: string } {
  if (state === 'unattributed') return { en: 'Not attributed to one state', zh: '未归属状态' };
  if (state === 'not_by_state') return { en: 'Not told by state', zh: '未按状态计量' };
  return stateWording[state as CanonicalState].name;
}

export function costsView(
  scope: Scope,
  window: Interval,
  { carrier, unit, costs }: { carrier: string; unit: 'kWh' | 'm3' | 'kg'; costs: readonly TariffCost[] },
): Omit<z.output<typeof EnergyCosts>, 'evidence'> {
  return {
    ...askedView(scope, window),
    carrier,
    unit,
    sites: costs.map(({ site, tariff, bands, unpriced, status }) => {
      const known = status === 'ok' || status === 'partial';
      return {
        site,
        status,
        ...(tariff && { tariff: tariff.id, currency: tariff.currency }),
        ...(known && {
          cost: bands.reduce((sum, band) => sum + band.cost, 0),
          amount: unitsOf(bands.reduce((sum, band) => sum + band.amount, 0n)),
        }),
        bands: bands.map(({ band, time_ns, amount, cost }) => ({
          band,
          name: bandWording[band],
          hours: Number(time_ns) / 3.6e12,
          amount: unitsOf(amount),
          cost,
        })),
        unpriced: lengthOf(unpriced) === 0n ? [] : unpriced.map(spanView),
      };
    }),
  };
}

export function balanceView(
  scope: Scope,
  window: Interval,
  balances: readonly (Balance & { unit: 'kWh' | 'm3' | 'kg' })[],
): Omit<z.output<typeof MeterBalance>, 'evidence'> {
  return {
    ...askedView(scope, window),
    feeders: balances.map(({ feeder, unit, amount, parts, sum, remainder, status }) => ({
      meter: feeder.meter,
      carrier: feeder.carrier,
      unit,
      status,
      name: balanceWording[status],
      ...(amount !== undefined && { amount: unitsOf(amount) }),
      sum: unitsOf(sum),
      ...(remainder !== undefined && { remainder: unitsOf(remainder) }),
      tolerance: feeder.tolerance,
      parts: parts.map((part) => ({
        meter: part.meter,
        ...(part.amount !== undefined && { amount: unitsOf(part.amount) }),
      })),
    })),
  };
}
