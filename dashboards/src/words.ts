import type { CanonicalState } from '@benchline/model';

export type Language = 'en' | 'zh';
export const languages: readonly Language[] = ['en', 'zh'];

/** What a board says besides the names in the KPI catalogue. */
export const words = {
  title: { en: 'Plant overview', zh: '工厂总览' },
  energy: { en: 'Energy', zh: '能源' },
  power: { en: 'Power', zh: '功率' },
  power_holds: {
    en: 'What machines that have a signal `power` said last, in kW. It holds until they say something else; the gaps of the plant overview show when nobody listened.',
    zh: '带有 `power` 信号的设备最近上报的功率 (kW)，保持到下一次上报；未采集的时段见工厂总览的数据缺口。',
  },
  by_shift: { en: 'by shift', zh: '按班次' },
  limits: { en: 'Limits and alarms', zh: '限额与报警' },
  limits_elsewhere: {
    en: 'Limits, early warnings, alarms with their acknowledgement, forecasts, tariffs and the balance of the meters are on the console, page `/energy`, and in the stream `/api/v1/stream`: they are worked out when asked for and no series of the store holds them. A figure that is absent shows a dash above and nothing in the trends.',
    zh: '限额、预警、报警及其确认、预测、分时电价和表计平衡见控制台页面 `/energy` 与数据流 `/api/v1/stream`：它们按需计算，数据库中没有相应序列。缺失的指标在上方显示为短横，在趋势图中留空。',
  },
  scope: { en: 'Scope', zh: '范围' },
  period: { en: 'Period', zh: '周期' },
  machine: { en: 'Machines', zh: '设备' },
  states: { en: 'Machine states', zh: '设备状态' },
  trend: { en: 'OEE and its factors', zh: 'OEE 及其因子' },
  gaps: { en: 'Declared gaps', zh: '已声明的数据缺口' },
  gap_from: { en: 'From', zh: '开始' },
  gap_to: { en: 'To', zh: '结束' },
  gap_source: { en: 'Source', zh: '数据源' },
  gap_reason: { en: 'Reason', zh: '原因' },
  hour: { en: 'Hour', zh: '小时' },
  shift: { en: 'Shift', zh: '班次' },
  day: { en: 'Day', zh: '日' },
  all: { en: 'All', zh: '全部' },
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
