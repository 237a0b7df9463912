import type { TariffBand } from '@benchline/model';
import type { Alarm, AlarmState, WarningReason } from '../energy/alarms.ts';
import type { Balance } from '../energy/meter-tree.ts';
import { statusWording } from './wording.ts';

interface Wording {
  en: string;
  zh: string;
}

/** Statuses of energy answers: those of figures, and what only energy knows. */
export const energyStatuses = [
  'ok',
  'partial',
  'no_meter',
  'not_observed',
  'no_factor',
  'no_items',
  'not_applicable',
  'not_declared',
  'no_tariff',
  'too_few_points',
  'no_variation',
  'too_little_history',
  'no_reference',
] as const;
export type EnergyStatus = (typeof energyStatuses)[number];

export const energyStatusWording: Readonly<Record<EnergyStatus, Wording>> = {
  ok: statusWording.ok,
  partial: statusWording.partial,
  no_meter: statusWording.no_meter,
  not_observed: statusWording.not_observed,
  no_factor: statusWording.no_factor,
  no_items: statusWording.no_items,
  not_applicable: statusWording.not_applicable,
  not_declared: statusWording.not_declared,
  no_tariff: { en: 'No tariff for this site and carrier', zh: '无适用电价' },
  too_few_points: { en: 'Too few complete periods to fit', zh: '完整周期过少，无法拟合' },
  no_variation: { en: 'The variables do not vary', zh: '变量无变化' },
  too_little_history: { en: 'Too few complete days to forecast from', zh: '历史完整天数不足，无法预测' },
  no_reference: { en: 'No earlier period to compare with', zh: '无可比的历史周期' },
};

export const bandWording: Readonly<Record<TariffBand, Wording>> = {
  sharp: { en: 'Sharp', zh: '尖' },
  peak: { en: 'Peak', zh: '峰' },
  flat: { en: 'Flat', zh: '平' },
  valley: { en: 'Valley', zh: '谷' },
  deep_valley: { en: 'Deep valley', zh: '深谷' },
};

export const alarmWording: Readonly<Record<AlarmState, Wording>> = {
  none: { en: 'Within the limit', zh: '未超限' },
  warning: { en: 'Warning', zh: '预警' },
  open: { en: 'Exceeded', zh: '超限' },
  acknowledged: { en: 'Exceeded, acknowledged', zh: '超限（已确认）' },
  ended: { en: 'Was exceeded', zh: '曾超限（周期已结束）' },
};

/** That nothing was exceeded is said only of what was read. */
export function alarmName({ state, value, partial }: Pick<Alarm, 'state' | 'value' | 'partial'>): Wording {
  if (state !== 'none') return alarmWording[state];
  if (value === undefined) return { en: 'Cannot be told', zh: '无法判断' };
  return partial ? { en: 'Within the limit as far as known', zh: '已知部分未超限' } : alarmWording.none;
}

export const warningWording: Readonly<Record<WarningReason, Wording>> = {
  near: { en: 'Near the limit', zh: '接近限值' },
  above: { en: 'Above the limit so far', zh: '目前高于限值' },
  forecast: { en: 'Forecast to exceed the limit', zh: '预测将超限' },
};

export const balanceWording: Readonly<Record<Balance['status'], Wording>> = {
  balanced: { en: 'Balanced', zh: '平衡' },
  unbalanced: { en: 'Not balanced', zh: '不平衡' },
  incomplete: { en: 'A meter was not read', zh: '有计量点无数据' },
};
