import { z } from 'zod';
import { canonicalStates } from '../plant/schema.ts';
import { Slug } from '../slug.ts';

/** What `reclassify` moves items between. */
export const itemQualities = ['good', 'scrap', 'rework'] as const;
export type ItemQuality = (typeof itemQualities)[number];

/** Figures that no machine gives, with the unit in which they are declared. */
export const declaredInputs = {
  output_value: { unit: 'CNY', name: { en: 'Output value', zh: '产值' } },
  value_added: { unit: 'CNY', name: { en: 'Value added', zh: '增加值' } },
  actual_personnel_work_time: {
    unit: 'h',
    name: { en: 'Actual personnel work time (APWT)', zh: '实际人员工作时间' },
  },
  actual_personnel_attendance_time: {
    unit: 'h',
    name: { en: 'Actual personnel attendance time (APAT)', zh: '实际人员出勤时间' },
  },
  throughput: { unit: 'item', name: { en: 'Throughput (TH)', zh: '吞吐量' } },
  average_inventory: { unit: 'item', name: { en: 'Average inventory', zh: '平均库存' } },
  consumed_material: { unit: 'item', name: { en: 'Consumed material (CM)', zh: '消耗物料' } },
  finished_goods: { unit: 'item', name: { en: 'Finished goods (GQ)', zh: '成品数量' } },
  integrated_goods: { unit: 'item', name: { en: 'Integrated goods (IGQ)', zh: '综合合格品数量' } },
  production_loss: { unit: 'item', name: { en: 'Production loss (PL)', zh: '生产损失' } },
  storage_transport_loss: {
    unit: 'item',
    name: { en: 'Storage and transport loss (STL)', zh: '存储运输损失' },
  },
  other_loss: { unit: 'item', name: { en: 'Other loss (OL)', zh: '其他损失' } },
  internal_quality_loss: { unit: 'CNY', name: { en: 'Internal quality loss', zh: '内部质量损失' } },
  external_quality_loss: { unit: 'CNY', name: { en: 'External quality loss', zh: '外部质量损失' } },
  planned_scrap: { unit: 'item', name: { en: 'Planned scrap quantity (PSQ)', zh: '计划报废数量' } },
  corrective_maintenance_time: {
    unit: 'h',
    name: { en: 'Corrective maintenance time (CMT)', zh: '修复性维护时间' },
  },
} as const;
export type DeclaredInput = keyof typeof declaredInputs;
const declaredInputIds = Object.keys(declaredInputs) as [DeclaredInput, ...DeclaredInput[]];

/** Numbers of orders come from other systems; they are texts, not ids of ours. */
const OrderNumber = z.string().trim().min(1).max(100);
const Items = z.int().positive();
const Delta = z.int();

const Defect = z.strictObject({
  code: Slug.describe('A scrap cause of the plant file'),
  count: z.int().positive().describe('How many defects of this kind'),
});

/** What a person may state, by kind. Instants and stretches are those of the entry. */
export const Statement = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z
      .literal('order')
      .describe('From then on the machine works on this order, until `to` or the next order or order_end'),
    order: OrderNumber.describe('Its number'),
    product: Slug.describe('What is made'),
    quantity: Items.optional().describe('Items wanted'),
  }),
  z.strictObject({
    kind: z.literal('order_end').describe('From then on the machine works on no order that a person named'),
  }),
  z.strictObject({
    kind: z.literal('stop_reason').describe('Why the machine did not produce, over the stretch'),
    reason_code: Slug.describe('A stop reason of the plant file, or of the usual list'),
  }),
  z.strictObject({
    kind: z.literal('state').describe('What the machine was doing over the stretch, watched or not'),
    state: z.enum(canonicalStates).describe('The state that holds instead of what was recorded'),
    reason_code: Slug.optional().describe('A stop reason'),
  }),
  z.strictObject({
    kind: z
      .literal('count_correction')
      .describe('Items that were not counted, or (below zero) should not be'),
    good: Delta.optional().describe('Good items'),
    scrap: Delta.optional().describe('Scrap items'),
    rework: Delta.optional().describe('Items to be reworked'),
    cause: Slug.optional().describe('A scrap cause of the plant file, or of the usual list'),
  }),
  z.strictObject({
    kind: z.literal('reclassify').describe('Items that were counted as one thing and are another'),
    from: z.enum(itemQualities).describe('What they were counted as'),
    to: z.enum(itemQualities).describe('What they are'),
    items: Items.describe('How many'),
    cause: Slug.optional().describe('A scrap cause'),
  }),
  z.strictObject({
    kind: z.literal('scrap_cause').describe('Why items that are counted as scrap are scrap; counts stay'),
    items: Items.describe('How many'),
    cause: Slug.describe('A scrap cause'),
  }),
  z.strictObject({
    kind: z.literal('register_exchange').describe('At that instant a meter or counter was exchanged'),
    signal: Slug.describe('A count or energy signal'),
    last: z.number().min(0).describe('Last reading of the old one, in the unit of the signal'),
    first: z.number().min(0).describe('First reading of the new one'),
  }),
  z.strictObject({
    kind: z.literal('register_reading').describe('What a meter or counter showed at that instant'),
    signal: Slug.describe('A count or energy signal'),
    value: z.number().min(0).describe('The reading, in the unit of the signal'),
  }),
  z.strictObject({
    kind: z.literal('inspection').describe('Items submitted to an inspection over the stretch'),
    process: Slug.optional().describe('The process that was inspected; else a characteristic'),
    characteristic: Slug.optional().describe('A characteristic signal of the machine; else a process'),
    submitted: Items.describe('Items submitted for the first time'),
    passed: z.int().min(0).describe('Of those, items that passed'),
    opportunities: z.int().positive().optional().describe('Chances for a defect in each item'),
    defects: z.array(Defect).max(200).default([]).describe('Defects found, by kind'),
  }),
  z.strictObject({
    kind: z.literal('measurement').describe('Measured values of one subgroup'),
    characteristic: Slug.describe('A characteristic signal of the machine'),
    values: z.array(z.number()).min(1).max(1000).describe('In the unit of the signal, in order'),
  }),
  z.strictObject({
    kind: z.literal('declared_input').describe('A figure for the stretch that comes from no machine'),
    input: z.enum(declaredInputIds).describe('Which figure'),
    value: z.number().describe('Its value'),
    unit: z.string().min(1).max(20).describe("The figure's unit"),
  }),
  z.strictObject({
    kind: z.literal('acknowledgement').describe('An alarm was seen'),
    alarm: z.string().min(1).max(300).describe('Id of the alarm'),
  }),
  z.strictObject({
    kind: z.literal('withdrawal').describe('Nothing takes the place of the superseded entry'),
  }),
]);
export type Statement = z.output<typeof Statement>;
export type StatementKind = Statement['kind'];
