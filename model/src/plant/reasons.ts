import { z } from 'zod';
import { Slug } from '../slug.ts';
import { Name } from './name.ts';

/** Something that people choose from a list when they say why. */
export const Reason = z.strictObject({
  id: Slug.describe('What entries name'),
  name: Name,
});
export type Reason = z.output<typeof Reason>;

export const ScrapCause = Reason.extend({
  start_up: z
    .boolean()
    .default(false)
    .describe(
      'Names rejects of start-up (Nakajima): of what was made between a start or a changeover and stable production',
    ),
});
export type ScrapCause = z.output<typeof ScrapCause>;

const stopReasons: readonly Reason[] = [
  { id: 'tool-breakage', name: { en: 'Tool breakage', zh: '刀具损坏' } },
  { id: 'tool-change', name: { en: 'Tool change', zh: '换刀' } },
  { id: 'mechanical-fault', name: { en: 'Mechanical fault', zh: '机械故障' } },
  { id: 'electrical-fault', name: { en: 'Electrical fault', zh: '电气故障' } },
  { id: 'power-failure', name: { en: 'Power failure', zh: '停电' } },
  { id: 'changeover', name: { en: 'Changeover', zh: '换型' } },
  { id: 'adjustment', name: { en: 'Adjustment', zh: '调整' } },
  { id: 'no-material', name: { en: 'No material', zh: '缺料' } },
  { id: 'no-operator', name: { en: 'No operator', zh: '缺人' } },
  { id: 'blocked-downstream', name: { en: 'Blocked downstream', zh: '下游堵塞' } },
  { id: 'quality-check', name: { en: 'Quality check', zh: '质量检查' } },
  { id: 'cleaning', name: { en: 'Cleaning', zh: '清洁' } },
  { id: 'maintenance', name: { en: 'Maintenance', zh: '保养' } },
  { id: 'other', name: { en: 'Other', zh: '其他' } },
];

const rejects = (id: string, name: Reason['name'], start_up = false): ScrapCause => ({ id, name, start_up });

const scrapCauses: readonly ScrapCause[] = [
  rejects('dimension', { en: 'Out of dimension', zh: '尺寸超差' }),
  rejects('surface', { en: 'Surface defect', zh: '表面缺陷' }),
  rejects('material', { en: 'Material defect', zh: '材料缺陷' }),
  rejects('tool', { en: 'Tool defect', zh: '刀具原因' }),
  rejects('program', { en: 'Program error', zh: '程序错误' }),
  rejects('set-up-part', { en: 'Set-up part', zh: '调试件' }, true),
  rejects('handling', { en: 'Handling damage', zh: '搬运损伤' }),
  rejects('other', { en: 'Other', zh: '其他' }),
];

/** What a plant file may say of reasons; a list of its own replaces the usual one. */
export const ReasonLists = {
  stop_reasons: z
    .array(Reason)
    .min(1)
    .optional()
    .describe('Why machines stop, for people to choose from, instead of the usual list'),
  scrap_causes: z
    .array(ScrapCause)
    .min(1)
    .optional()
    .describe('Why items are scrap or reworked, for people to choose from, instead of the usual list'),
};

interface Reasons {
  stop_reasons?: Reason[] | undefined;
  scrap_causes?: ScrapCause[] | undefined;
}

/** The stop reasons of a plant file; ours where it lists none. */
export function stopReasonsOf(plant: Reasons): readonly Reason[] {
  return plant.stop_reasons ?? stopReasons;
}

/** The scrap causes of a plant file; ours where it lists none. */
export function scrapCausesOf(plant: Reasons): readonly ScrapCause[] {
  return plant.scrap_causes ?? scrapCauses;
}
