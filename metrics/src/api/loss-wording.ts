import type { LossBar, SixLosses, waterfallNotes } from '../losses/waterfall.ts';
import type { Rest } from './loss-schemas.ts';

interface Wording {
  en: string;
  zh: string;
}

export const restWording: Readonly<Record<Rest, Wording>> = {
  calendar: { en: 'Calendar time', zh: '日历时间' },
  planned: { en: 'Shifts', zh: '班次时间' },
  pbt: { en: 'Planned busy time', zh: '计划工作时间' },
  observed: { en: 'Observed', zh: '有数据的时间' },
  apt: { en: 'Production time', zh: '生产时间' },
  rated: { en: 'Production with a planned run time', zh: '有计划节拍的生产时间' },
  earned: { en: 'Planned run time of items', zh: '产品计划用时' },
  fully_productive: { en: 'Fully productive', zh: '完全有效时间' },
};

export const lossWording: Readonly<Record<LossBar, Wording>> = {
  no_shift: { en: 'No shift, breaks', zh: '无班次及休息' },
  planned_maintenance: { en: 'Planned maintenance', zh: '计划维护' },
  unobserved: { en: 'Unobserved', zh: '无数据' },
  fault: { en: 'Faults', zh: '故障' },
  setup: { en: 'Setup', zh: '调整准备' },
  no_order: { en: 'No order', zh: '无订单' },
  waiting: { en: 'Waiting', zh: '等待' },
  short_stop: { en: 'Short stops', zh: '短暂停机' },
  unrated: { en: 'No planned run time', zh: '无计划节拍' },
  speed: { en: 'Speed loss', zh: '速度损失' },
  start_up: { en: 'Start-up rejects', zh: '开机不良损失' },
  defects: { en: 'Defects', zh: '不良损失' },
};

export const noteWording: Readonly<Record<(typeof waterfallNotes)[number], Wording>> = {
  faster_than_planned: {
    en: 'More was made than the planned run time allows: it is too long',
    zh: '产量超过计划节拍所允许的数量：计划节拍过长',
  },
  defects_not_counted: {
    en: 'Some machines count good items only: their defects are unknown, not none',
    zh: '部分设备只计合格品：其不良数未知，并非为零',
  },
  start_up_not_told: {
    en: 'Nobody named a cause of defects, or the plant file has none of start-up: its rejects stand among the defects',
    zh: '无人注明不良原因，或工厂文件中没有开机类原因：开机废品计入不良',
  },
  start_up_partly_told: {
    en: 'Some defects have no cause named: those of start-up may be more',
    zh: '部分不良未注明原因：开机不良可能更多',
  },
};

export const sixLossWording: Readonly<Record<keyof SixLosses, Wording>> = {
  breakdown: { en: 'Breakdowns', zh: '故障损失' },
  setup: { en: 'Setup and adjustment', zh: '换型调整损失' },
  idling_and_minor_stops: { en: 'Idling and minor stops', zh: '空转和短暂停机损失' },
  reduced_speed: { en: 'Reduced speed', zh: '速度降低损失' },
  process_defects: { en: 'Defects in process', zh: '过程不良损失' },
  start_up: { en: 'Start-up rejects', zh: '开机不良损失' },
};
