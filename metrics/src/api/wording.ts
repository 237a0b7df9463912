import { type GapReason, stateCatalogue } from '@benchline/model';
import type { apiStates, figureStatuses } from './schemas.ts';

interface Wording {
  en: string;
  zh: string;
}

/** Canonical states, and the one that is none of them. */
export const stateWording: Readonly<Record<(typeof apiStates)[number], { name: Wording; element: string }>> =
  {
    ...stateCatalogue,
    unobserved: { name: { en: 'Unobserved', zh: '无数据' }, element: 'none: neither production nor a stop' },
  };

export const statusWording: Readonly<Record<(typeof figureStatuses)[number], Wording>> = {
  ok: { en: 'Complete', zh: '完整' },
  partial: { en: 'Some of it was not observed', zh: '部分时间无数据' },
  no_planned_time: { en: 'No planned time', zh: '无计划时间' },
  not_observed: { en: 'Not observed', zh: '无数据' },
  no_items: { en: 'Nothing produced', zh: '无产出' },
  no_production: { en: 'No production time', zh: '无生产时间' },
  no_failures: { en: 'No failures', zh: '无故障' },
  no_maintenance: { en: 'No maintenance', zh: '无维护' },
  no_meter: { en: 'No meter', zh: '无电表' },
  no_factor: { en: 'No conversion factor', zh: '无折算系数' },
  no_key_processes: { en: 'No key processes', zh: '无关键工序' },
  no_orders: { en: 'No order', zh: '无订单' },
  not_declared: { en: 'Not declared', zh: '未申报' },
  not_applicable: { en: 'Not applicable', zh: '不适用' },
};

export const gapReasonWording: Readonly<Record<GapReason, Wording>> = {
  gateway_restart: { en: 'Gateway restarted', zh: '网关重启' },
  source_disconnected: { en: 'Source not connected', zh: '数据源断开' },
  source_restarted: { en: 'Source restarted', zh: '数据源重启' },
  source_stalled: { en: 'Source stalled', zh: '数据源停滞' },
  sequence_jump: { en: 'Sequence jumped', zh: '序号跳变' },
  queue_overflow: { en: 'Queue overflowed', zh: '队列溢出' },
  evicted: { en: 'Evicted from a full buffer', zh: '缓存已满被清除' },
  spool_full: { en: 'Buffer full, source had to wait', zh: '缓存已满，数据源等待' },
  spool_damaged: { en: 'Buffer damaged on disk', zh: '缓存磁盘损坏' },
};
