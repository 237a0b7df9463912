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

export const stateWords: Readonly<Record<CanonicalState, { en: string; zh: string; color: string }>> = {
  producing: { en: 'Producing', zh: '生产', color: '#1d9a6c' },
  setup: { en: 'Setup', zh: '调整', color: '#3b7dd8' },
  waiting: { en: 'Waiting', zh: '等待', color: '#e2b93b' },
  short_stop: { en: 'Short stop', zh: '短停', color: '#e8863a' },
  fault: { en: 'Fault', zh: '故障', color: '#c93a32' },
  no_order: { en: 'No order', zh: '无订单', color: '#a8b3af' },
  planned_maintenance: { en: 'Planned maintenance', zh: '计划维护', color: '#8a63c9' },
};
