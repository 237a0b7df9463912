import type { EnergyUnit } from './units.ts';

/**
 * How electricity is converted: by its own heat (当量值), or by what a power station burns for it (等价值). GB/T 2589
 * asks to say which.
 */
export const factorBases = ['calorific', 'equivalent'] as const;
export type FactorBasis = (typeof factorBases)[number];

/** Kilograms of standard coal (29 307.6 kJ) in one unit of a carrier. */
export interface CoalFactor {
  carrier: string;
  unit: EnergyUnit;
  kgce_per_unit: number;
  /** Where the standard leaves a range or a choice. */
  note?: string;
}

/** One edition of conversion factors to standard coal. A later edition is another set; none is ever changed. */
export interface FactorSet {
  id: string;
  name: { en: string; zh: string };
  basis: FactorBasis;
  region: string;
  source: string;
  /** The same in Chinese. */
  source_zh: string;
  /** First date on which the edition is in force. */
  valid_from: string;
  /** Date on which the next one came into force. */
  valid_to?: string;
  factors: readonly CoalFactor[];
}

/** Alike in both editions (appendix A, reference values). */
const fuels: readonly CoalFactor[] = [
  { carrier: 'heat', unit: 'MJ', kgce_per_unit: 0.034_12 },
  { carrier: 'steam', unit: 't', kgce_per_unit: 128.6, note: 'low-pressure steam' },
  {
    carrier: 'natural-gas',
    unit: 'm3',
    kgce_per_unit: 1.33,
    note: 'the 2020 edition gives a range, 1.1000 to 1.3300',
  },
  { carrier: 'diesel', unit: 'kg', kgce_per_unit: 1.4571 },
  { carrier: 'gasoline', unit: 'kg', kgce_per_unit: 1.4714 },
  { carrier: 'raw-coal', unit: 'kg', kgce_per_unit: 0.7143 },
  { carrier: 'coke', unit: 'kg', kgce_per_unit: 0.9714 },
  { carrier: 'fuel-oil', unit: 'kg', kgce_per_unit: 1.4286 },
  { carrier: 'lpg', unit: 'kg', kgce_per_unit: 1.7143 },
  { carrier: 'compressed-air', unit: 'm3', kgce_per_unit: 0.04 },
  { carrier: 'oxygen', unit: 'm3', kgce_per_unit: 0.4 },
  { carrier: 'softened-water', unit: 't', kgce_per_unit: 0.4857 },
  { carrier: 'deaerated-water', unit: 't', kgce_per_unit: 0.9714 },
];

// The table's value: 3600 / 29 307.6 would round to 0.1228.
const byHeat: CoalFactor = { carrier: 'electricity', unit: 'kWh', kgce_per_unit: 0.1229 };
const byFuel: CoalFactor = {
  carrier: 'electricity',
  unit: 'kWh',
  kgce_per_unit: 0.404,
  note: "a usual value; the standard asks for the year's own coal use of power stations",
};
const water2008: CoalFactor = { carrier: 'water', unit: 't', kgce_per_unit: 0.0857 };
const water2020: CoalFactor = { carrier: 'water', unit: 't', kgce_per_unit: 0.2571 };

const edition2020 = {
  region: 'CN',
  source: 'GB/T 2589-2020, appendices A and B (by secondary sources)',
  source_zh: 'GB/T 2589-2020 附录 A、B(据二手资料)',
  valid_from: '2021-04-01',
} as const;
const edition2008 = {
  region: 'CN',
  source: 'GB/T 2589-2008, appendices A and B (by secondary sources)',
  source_zh: 'GB/T 2589-2008 附录 A、B(据二手资料)',
  valid_from: '2008-06-01',
  valid_to: '2021-04-01',
} as const;

const sets = {
  'gb-t-2589-2020': {
    name: { en: 'GB/T 2589-2020, calorific value', zh: 'GB/T 2589-2020 当量值' },
    basis: 'calorific',
    ...edition2020,
    factors: [byHeat, ...fuels, water2020],
  },
  'gb-t-2589-2020-equivalent': {
    name: { en: 'GB/T 2589-2020, equivalent value', zh: 'GB/T 2589-2020 等价值' },
    basis: 'equivalent',
    ...edition2020,
    factors: [byFuel, ...fuels, water2020],
  },
  'gb-t-2589-2008': {
    name: { en: 'GB/T 2589-2008, calorific value', zh: 'GB/T 2589-2008 当量值' },
    basis: 'calorific',
    ...edition2008,
    factors: [byHeat, ...fuels, water2008],
  },
  'gb-t-2589-2008-equivalent': {
    name: { en: 'GB/T 2589-2008, equivalent value', zh: 'GB/T 2589-2008 等价值' },
    basis: 'equivalent',
    ...edition2008,
    factors: [byFuel, ...fuels, water2008],
  },
} as const satisfies Record<string, Omit<FactorSet, 'id'>>;

/** Carriers that the sets have factors for, alike in all of them. */
export const carriersWithFactor = sets['gb-t-2589-2020'].factors.map(({ carrier }) => carrier);

export type FactorSetId = keyof typeof sets;
export const factorSetIds = Object.keys(sets) as [FactorSetId, ...FactorSetId[]];
export const factorSets = Object.fromEntries(
  Object.entries<Omit<FactorSet, 'id'>>(sets).map(([id, set]) => [id, { id, ...set }]),
) as Readonly<Record<FactorSetId, FactorSet>>;
