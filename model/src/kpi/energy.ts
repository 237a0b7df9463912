import type { Definition } from './definition.ts';

/** Figures over registers of energy. */
export const energyKpis = {
  energy_kwh: {
    name: { en: 'Electrical energy', zh: '用电量' },
    unit: 'kWh',
    direction: 'none',
    formula: 'import register difference − export register difference',
    source: 'GB/T 2589-2020; energy from register differences',
    decimals: 3,
    inputs: ['electricity_import_kwh', 'electricity_export_kwh'],
    example: { calculation: '132 kWh − 6.6 kWh', value: 125.4 },
  },
  energy_kwh_per_good_item: {
    name: { en: 'Energy per good item', zh: '单位合格品能耗' },
    unit: 'kWh/item',
    direction: 'down',
    formula: '(import − export) / GQ',
    source: 'GB/T 2589-2020, unit product energy consumption; electricity only, register differences',
    decimals: 4,
    inputs: ['electricity_import_kwh', 'electricity_export_kwh', 'good_items'],
    example: { calculation: '(132 − 6.6) kWh / 627', value: 0.2 },
  },
  comprehensive_energy_kgce: {
    name: { en: 'Comprehensive energy consumption', zh: '综合能耗' },
    unit: 'kgce',
    direction: 'none',
    // 2: a window over the day on which a factor changes is the sum of its parts.
    version: 2,
    formula: 'Σ eᵢ·pᵢ over all carriers, with pᵢ of the factor set that the plant file names',
    source: 'GB/T 2589-2020; carriers made in the scope itself are not counted twice',
    decimals: 2,
    inputs: ['electricity_import_kwh', 'electricity_export_kwh'],
    example: { calculation: '125.4 kWh · 0.1229 kgce/kWh', value: 15.41166 },
  },
  comprehensive_energy_kgce_per_good_item: {
    name: { en: 'Comprehensive energy per good item', zh: '单位产品综合能耗' },
    unit: 'kgce/item',
    direction: 'down',
    // 2: a window over the day on which a factor changes is the sum of its parts.
    version: 2,
    formula: 'Σ eᵢ·pᵢ / GQ',
    source: 'GB/T 2589-2020, unit product comprehensive energy consumption',
    decimals: 5,
    inputs: ['electricity_import_kwh', 'electricity_export_kwh', 'good_items'],
    example: { calculation: '15.41166 kgce / 627', value: 0.02458 },
  },
  co2_kg: {
    name: { en: 'CO₂ of energy', zh: '能源二氧化碳排放' },
    unit: 'kg',
    direction: 'down',
    // 2: a window over the day on which a factor changes is the sum of its parts.
    version: 2,
    formula: 'Σ eᵢ·fᵢ over all carriers; electricity by the factor of the grid, region and year',
    source: 'Average CO₂ emission factors of electricity, Ministry of Ecology and Environment',
    decimals: 2,
    inputs: ['electricity_import_kwh', 'electricity_export_kwh'],
    example: { calculation: '125.4 kWh · 0.5306 kg/kWh', value: 66.53724 },
  },
  idle_energy_share: {
    name: { en: 'Idle energy share', zh: '空载能耗占比' },
    unit: '%',
    direction: 'down',
    formula: 'energy while powered and neither APT nor AUST / energy while powered; machines, electricity',
    source: 'Benchline: registers cut at state changes; powered is where a state is reported',
    decimals: 1,
    inputs: ['idle_kwh', 'powered_kwh'],
    example: { calculation: '(125.4 − 114) kWh / 125.4 kWh', value: 0.090909 },
  },
} as const satisfies Record<string, Definition>;
