import { type Definition, iso22400 } from './definition.ts';

/** Figures over counts and what the plant file, or a declaration, plans of them. */
export const planKpis = {
  equipment_load_ratio: {
    name: { en: 'Equipment load ratio', zh: '设备负荷率' },
    unit: '%',
    direction: 'up',
    formula: 'PQ / EPC, with EPC = capacity per hour of the plant file · PBT',
    source: iso22400('equipment load ratio'),
    decimals: 1,
    inputs: ['capacity_made_items', 'capacity_items'],
    example: { calculation: '660 / (100 items/h · 28 800 s)', value: 0.825 },
  },
  actual_to_planned_scrap_ratio: {
    name: { en: 'Actual to planned scrap ratio', zh: '实际与计划报废比' },
    unit: '%',
    direction: 'down',
    formula:
      'SQ / PSQ, with PSQ = Σ planned scrap ratio of the product · PQ in observed PBT, or as declared for the window',
    source: iso22400('actual to planned scrap ratio'),
    decimals: 1,
    inputs: ['planned_for_scrap_items', 'planned_scrap_items'],
    example: { calculation: '22 / (0.04 · 660)', value: 0.833333 },
  },
  fall_off_ratio: {
    name: { en: 'Fall-off ratio', zh: '生产过程损耗率' },
    unit: '%',
    direction: 'down',
    formula: 'ΣSQ of the operations of a process chain / PQ of its first operation',
    source: iso22400('fall off ratio'),
    decimals: 1,
    inputs: ['chain_scrap_items', 'chain_first_items'],
    example: { calculation: '(22 + 11) / 660', value: 0.05 },
  },
} as const satisfies Record<string, Definition>;
