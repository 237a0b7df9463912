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
} as const satisfies Record<string, Definition>;
