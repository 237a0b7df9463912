import type { CanonicalState } from '@benchline/model';

export type Language = 'en' | 'zh';
export const languages: readonly Language[] = ['en', 'zh'];

/** What a board says besides the names in the KPI catalogue. */
export const words = {
  title: { en: 'Plant overview', zh: '工厂总览' },
  scope: { en: 'Scope', zh: '范围' },
  period: { en: 'Period', zh: '周期' },
  machine: { en: 'Machines', zh: '设备' },
  states: { en: 'Machine states', zh: '设备状态' },
  trend: { en: 'OEE and its factors', zh: 'OEE 及其因子' },
  gaps: { en: 'Declared gaps', zh: '已声明的数据缺口' },
  other: { en: '中文', zh: 'English' },
  target: { en: 'Target', zh: '目标' },
  formula: { en: 'Formula', zh: '公式' },
  source: { en: 'Source', zh: '出处' },
} as const;

/** Colours of the states on the boards, the same as on the console. */
export const stateColors: Readonly<Record<CanonicalState, string>> = {
  producing: '#27a877',
  setup: '#3b7dd8',
  waiting: '#e2b93b',
  short_stop: '#e8863a',
  fault: '#c93a32',
  no_order: '#a8b3af',
  planned_maintenance: '#8a63c9',
};
