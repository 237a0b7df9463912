import type { Definition } from './definition.ts';

/** What the ratio is taken over. Key figures and boards take `process_count`. */
export const cncBases = ['process_count', 'equipment_count', 'asset_value'] as const;
export type CncBasis = (typeof cncBases)[number];

/** CNC ratio of key processes (关键工序数控化率), by what supports it. */
export const cncRatioKpis = {
  cnc_ratio_declared: {
    name: { en: 'CNC ratio of key processes, declared', zh: '关键工序数控化率(申报)' },
    unit: '%',
    direction: 'up',
    formula: 'key processes under numerical or process control in the register / key processes',
    source: '关键工序数控化率, basis process_count',
    target: { value: 0.7, source: '工信部联规〔2023〕258号: more than 70 % by 2027' },
    decimals: 1,
    inputs: ['declared_processes', 'key_processes'],
    example: { calculation: '3 of 4 key processes', value: 0.75 },
  },
  cnc_ratio_connected: {
    name: { en: 'CNC ratio of key processes, connected', zh: '关键工序数控化率(联网)' },
    unit: '%',
    direction: 'up',
    formula: 'declared, and a controller was seen in the period / key processes',
    source: '关键工序数控化率, basis process_count',
    decimals: 1,
    inputs: ['connected_processes', 'key_processes'],
    example: { calculation: '2 of 4 key processes', value: 0.5 },
  },
  cnc_ratio_active: {
    name: { en: 'CNC ratio of key processes, active', zh: '关键工序数控化率(生产)' },
    unit: '%',
    direction: 'up',
    formula: 'declared, and it produced in the period / key processes',
    source: '关键工序数控化率, basis process_count',
    decimals: 1,
    inputs: ['active_processes', 'key_processes'],
    example: { calculation: '1 of 4 key processes', value: 0.25 },
  },
} as const satisfies Record<string, Definition>;
