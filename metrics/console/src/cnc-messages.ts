import type { Language } from './types.ts';

const en = {
  title: 'Key processes under numerical or process control',
  show: 'By process, machine and asset value',
  basis: 'Counted by',
  process_count: 'processes',
  equipment_count: 'machines',
  asset_value: 'asset value',
  declared: 'declared',
  connected: 'connected',
  active: 'active',
  manual: 'manual: no controller that could be read',
  was_connected: 'controller was read in this window',
  not_connected: 'controller was not read in this window',
  was_active: 'produced',
  not_active: 'did not produce',
  last_seen: 'last read',
  never_seen: 'not read in this window',
  rule_any: 'counts when one of its machines does',
  rule_all: 'counts when all of its machines do',
  rule_fraction: 'counts by the share of its machines',
} as const;
export type CncMessageId = keyof typeof en;

const zh: Record<CncMessageId, string> = {
  title: '关键工序数控化率',
  show: '查看各工序、设备及资产价值依据',
  basis: '计算口径',
  process_count: '按工序数',
  equipment_count: '按设备数',
  asset_value: '按设备资产价值',
  declared: '申报',
  connected: '联网',
  active: '生产',
  manual: '手动，无可采集的控制器',
  was_connected: '此时间窗口内已采集控制器数据',
  not_connected: '此时间窗口内未采集到控制器数据',
  was_active: '有生产',
  not_active: '无生产',
  last_seen: '最后采集于',
  never_seen: '此时间窗口内无数据',
  rule_any: '任一设备符合即计入',
  rule_all: '全部设备符合才计入',
  rule_fraction: '按符合设备的比例计入',
};

const messages: Record<Language, Record<CncMessageId, string>> = { en, zh };

export function cncMessage(language: Language, id: CncMessageId): string {
  return messages[language][id];
}
