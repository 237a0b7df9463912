import type { Language } from './types.ts';

const en = {
  where: 'Scope',
  losses: 'Where the time went',
  stops: 'Stops by time',
  micro_stops: 'Micro-stops',
  defects: 'Scrap and rework by cause',
  unnamed: 'no cause named',
  no_reason: 'no reason named',
  no_stops: 'No stops in planned time',
  no_defects: 'No scrap or rework counted',
  chart: 'Control chart',
  characteristic: 'Characteristic',
  subgroup: 'Subgroup',
  rules: 'Rules',
  western_electric: 'Western Electric',
  nelson: 'Nelson',
  warnings: 'Warnings',
  no_warnings: 'No warnings',
  no_characteristics: 'No machine of this scope measures a characteristic',
  xbar: 'Means (X̄)',
  range: 'Ranges (R)',
  individuals: 'Individuals',
  moving_range: 'Moving ranges',
  p: 'Share nonconforming (p)',
  u: 'Nonconformities an item (u)',
  grade: 'Quality performance (质量绩效)',
  at_most: 'not ruled out',
  not_judged: 'Not judged here',
  exact: 'To the last digit',
} as const;
export type AnalysisMessageId = keyof typeof en;

const zh: Record<AnalysisMessageId, string> = {
  where: '范围',
  losses: '时间去向',
  stops: '停机排列(按时间)',
  micro_stops: '微停机',
  defects: '废品与返工原因',
  unnamed: '未注明原因',
  no_reason: '未注明原因',
  no_stops: '计划时间内没有停机',
  no_defects: '没有废品或返工计数',
  chart: '控制图',
  characteristic: '质量特性',
  subgroup: '子组大小',
  rules: '判异准则',
  western_electric: '西部电气',
  nelson: '尼尔森',
  warnings: '预警',
  no_warnings: '没有预警',
  no_characteristics: '此范围内没有测量质量特性的设备',
  xbar: '均值 (X̄)',
  range: '极差 (R)',
  individuals: '单值',
  moving_range: '移动极差',
  p: '不合格品率 (p)',
  u: '单位缺陷数 (u)',
  grade: '质量绩效',
  at_most: '尚未排除',
  not_judged: '此处不评价',
  exact: '精确值',
};

const messages: Record<Language, Record<AnalysisMessageId, string>> = { en, zh };

export function analysisMessage(language: Language, id: AnalysisMessageId): string {
  return messages[language][id];
}
