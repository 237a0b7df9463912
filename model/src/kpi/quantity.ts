import { type Definition, iso22400 } from './definition.ts';

/** Figures over counts of items. */
export const quantityKpis = {
  items: {
    name: { en: 'Items produced', zh: '产量' },
    unit: 'items',
    direction: 'none',
    formula: 'PQ',
    source: iso22400('produced quantity'),
    decimals: 0,
    example: { calculation: '660 counted', value: 660 },
  },
  good_items: {
    name: { en: 'Good items', zh: '合格品数' },
    unit: 'items',
    direction: 'none',
    formula: 'GQ',
    source: iso22400('good quantity'),
    decimals: 0,
    example: { calculation: '627 counted', value: 627 },
  },
  quality_ratio: {
    name: { en: 'Quality ratio', zh: '质量率' },
    unit: '%',
    direction: 'up',
    formula: 'GQ / PQ',
    source: iso22400('quality ratio'),
    decimals: 1,
    example: { calculation: '627 / 660', value: 0.95 },
  },
  defect_ratio: {
    name: { en: 'Defect ratio', zh: '不良品率' },
    unit: '%',
    direction: 'down',
    formula: 'SQ / PQ',
    source: iso22400('scrap ratio'),
    decimals: 1,
    example: { calculation: '22 / 660', value: 0.033333 },
  },
  rework_ratio: {
    name: { en: 'Rework ratio', zh: '返工率' },
    unit: '%',
    direction: 'down',
    formula: 'RQ / PQ',
    source: iso22400('rework ratio'),
    decimals: 1,
    example: { calculation: '11 / 660', value: 0.016667 },
  },
  first_pass_yield: {
    name: { en: 'First pass yield', zh: '一次交验合格率' },
    unit: '%',
    direction: 'up',
    formula: 'GP / IP: good at the first submission / submitted; rework is not good',
    source: iso22400('first pass yield'),
    decimals: 1,
    example: { calculation: '627 / 660', value: 0.95 },
  },
} as const satisfies Record<string, Definition>;
