import { type Definition, iso22400 } from './definition.ts';

/** Figures over production orders: sums over the orders and work units of a scope. */
export const orderKpis = {
  allocation_ratio: {
    name: { en: 'Allocation ratio', zh: '分配率' },
    unit: '%',
    direction: 'up',
    formula: 'ΣAUBT / ΣAOET, over orders; several work units on one order may make it exceed 100 %',
    source: iso22400('allocation ratio'),
    decimals: 1,
    inputs: ['order_aubt_s', 'aoet_s'],
    example: { calculation: '27 000 s / 36 000 s', value: 0.75 },
  },
  throughput_rate: {
    name: { en: 'Throughput rate', zh: '生产率' },
    unit: 'items/h',
    direction: 'up',
    formula: 'PQ / AOET, over orders; PQ counts what each work unit made for them',
    source: iso22400('throughput rate'),
    decimals: 1,
    inputs: ['order_items', 'aoet_s'],
    example: { calculation: '660 items / 36 000 s · 3 600 s/h', value: 66 },
  },
  production_process_ratio: {
    name: { en: 'Production process ratio', zh: '生产过程率' },
    unit: '%',
    direction: 'up',
    formula: 'ΣAPT / ΣAOET, over orders; several work units on one order may make it exceed 100 %',
    source: iso22400('production process ratio'),
    decimals: 1,
    inputs: ['order_apt_s', 'aoet_s'],
    example: { calculation: '21 600 s / 36 000 s', value: 0.6 },
  },
} as const satisfies Record<string, Definition>;
