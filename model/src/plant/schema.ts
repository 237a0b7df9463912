import { z } from 'zod';
import { carriersWithFactor } from '../energy/factors.ts';
import { Slug } from '../slug.ts';
import { Calendar } from './calendar.ts';
import { apportionWithin, Energy, registerUnit } from './energy.ts';
import { MachineMeans } from './means.ts';
import { Name } from './name.ts';
import { LossRules, ProcessChain } from './process-chain.ts';
import { Product } from './product.ts';
import { ReasonLists } from './reasons.ts';
import { Dated, MachineStays } from './stays.ts';

/** Canonical machine states and the ISO 22400-2 time element that each falls into. */
export const canonicalStates = [
  'producing',
  'setup',
  'waiting',
  'short_stop',
  'fault',
  'no_order',
  'planned_maintenance',
] as const;
export type CanonicalState = (typeof canonicalStates)[number];

export const measurements = ['state', 'count', 'energy', 'signal', 'characteristic', 'context'] as const;

const SignalCommon = {
  name: Name.optional(),
  description: z.string().optional().describe('What the signal is, for whoever maintains the mapping'),
};

/** One signal of a machine type. The measurement says what its values mean. */
export const Signal = z.discriminatedUnion('measurement', [
  z.strictObject({
    ...SignalCommon,
    measurement: z.literal('state').describe('The state of the machine; at most one such signal'),
    states: z
      .record(z.string(), z.enum(canonicalStates))
      .describe(
        'Native state → canonical state. An entry that ends in * stands for every text that begins so (exact entries first, then the longest). A native state that is not listed counts as unobserved and is reported',
      ),
    ignore_case: z.boolean().default(false).describe('Compare native states in lower case'),
  }),
  z.strictObject({
    ...SignalCommon,
    measurement: z.literal('count').describe('A counter of items; at most one of each role'),
    role: z
      .enum(['total', 'good', 'scrap', 'rework'])
      .describe('Which count of items this is (ISO 22400-2: PQ, GQ, SQ, RQ)'),
    counts_per_item: z.number().positive().default(1).describe('Divisor from counts to items'),
    on_decrease: z
      .enum(['reset', 'rollover'])
      .default('reset')
      .describe('What a smaller value means: the counter began anew at 0, or ran over rollover_at'),
    rollover_at: z
      .int()
      .positive()
      .optional()
      .describe('Values of the counter before it is 0 again (65536 for 16 bits)'),
  }),
  z.strictObject({
    ...SignalCommon,
    measurement: z.literal('energy').describe('A register of an energy meter'),
    carrier: Slug.default('electricity').describe(
      `Energy carrier. GB/T 2589 has conversion factors for ${carriersWithFactor.join(', ')}; others need one in energy.factors`,
    ),
    register: z
      .enum(['import', 'export', 'net'])
      .describe(
        'Rising register of energy taken in or given back, or net: taken in less given back, which may fall and counts as import',
      ),
    unit: registerUnit,
    apportion_within_s: apportionWithin,
    on_decrease: z
      .enum(['reset', 'rollover'])
      .default('reset')
      .describe('What a smaller value means: the register began anew at 0, or ran over rollover_at'),
    rollover_at: z
      .number()
      .positive()
      .optional()
      .describe('Value at which the register is 0 again, in its unit (1000000 for six digits)'),
  }),
  z.strictObject({
    ...SignalCommon,
    measurement: z.literal('signal').describe('Any other value that is recorded'),
    type: z
      .enum(['number', 'integer', 'text', 'flag'])
      .describe('Kind of value: double, 64-bit integer, text, true or false'),
    unit: z.string().default('1').describe("Unit by UCUM or SI symbol, '1' for none"),
  }),
  z.strictObject({
    ...SignalCommon,
    measurement: z.literal('characteristic').describe('A measured quality characteristic'),
    unit: z.string().describe('Unit of the measured value and of its limits'),
    lsl: z.number().optional().describe('Lower specification limit'),
    usl: z.number().optional().describe('Upper specification limit'),
  }),
  z.strictObject({
    ...SignalCommon,
    measurement: z.literal('context').describe('A text that names what is being made, and how'),
    role: z
      .enum(['program', 'order', 'product', 'mode'])
      .describe('Which circumstance of production this text names'),
  }),
]);
export type Signal = z.output<typeof Signal>;

export const MachineType = z.strictObject({
  id: Slug.describe('What machines and meters name as their type'),
  name: Name,
  signals: z.record(Slug, Signal).describe('The signals that machines of this type have, by id'),
});
export type MachineType = z.output<typeof MachineType>;

export const controlKinds = ['NC', 'DNC', 'CNC', 'FMC', 'PLC', 'DCS', 'PCS', 'manual'] as const;

export const Machine = z.strictObject({
  id: Slug.describe('Unique in the enterprise for ever; the identity of everything recorded'),
  name: Name,
  type: Slug.describe('Id of a machine type'),
  control: z.enum(controlKinds).default('manual').describe('Kind of control of the station'),
  controller: z.string().optional().describe('Make and model of the controller, as evidence'),
  product: Slug.optional().describe('The product it makes while no signal or entry says another'),
  calendar: Slug.optional().describe("Overrides the line's calendar"),
  ...MachineStays,
  ...MachineMeans,
});
export type Machine = z.output<typeof Machine>;

export const Meter = z.strictObject({
  id: Slug.describe('Unique among machines and meters'),
  name: Name,
  type: Slug.describe('Id of a machine type that has energy signals'),
});
export type Meter = z.output<typeof Meter>;

const Line = z.strictObject({
  id: Slug.describe('Unique in the enterprise: processes name their line by it'),
  name: Name,
  calendar: Slug.optional().describe("Overrides the site's calendar"),
  machines: z.array(Machine).default([]).describe('Machines and manual stations of the line'),
  meters: z.array(Meter).default([]).describe('Meters that measure the whole line'),
});
const Area = z.strictObject({
  id: Slug.describe('Unique in its site'),
  name: Name,
  lines: z.array(Line).min(1).describe('Production lines, cells and utilities of the area'),
});

/** Intl takes every IANA name and alias, besides offsets and abbreviations, which say nothing of summer time. */
function isTimeZone(zone: string): boolean {
  if (!/^(UTC|[A-Z][A-Za-z_]+(\/[A-Z][A-Za-z0-9_+-]+)+)$/.test(zone)) return false;
  try {
    Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

const Site = z.strictObject({
  id: Slug.describe('Unique in the enterprise; the usual Sparkplug group id'),
  name: Name,
  time_zone: z
    .string()
    .refine(isTimeZone, 'an IANA time zone such as Asia/Shanghai')
    .describe('IANA time zone in which shifts and days are cut'),
  calendar: Slug.describe('Id of the shift calendar'),
  areas: z.array(Area).min(1).describe('Areas (workshops) of the site'),
});

export const Process = z.strictObject({
  id: Slug.describe('Unique in the enterprise'),
  name: Name,
  key: z.boolean().default(false).describe('Whether it is a key process (关键工序)'),
  line: Slug.describe('Id of the line that it belongs to'),
  machines: z.array(Slug).min(1).describe('Stations that carry it out; a manual one is a machine too'),
  rule: z
    .enum(['any', 'all', 'fraction'])
    .default('all')
    .describe(
      'How a process with manual and controlled stations counts: 1 if any, 1 if all, or the controlled fraction',
    ),
  ...Dated,
});
export type Process = z.output<typeof Process>;

/** One YAML file describes a plant. Hierarchy and names follow ISA-95 (IEC 62264-1). */
export const Plant = z
  .strictObject({
    benchline: z.literal(1).describe('Version of this file format'),
    enterprise: z
      .strictObject({
        id: Slug.describe('Begins every scope path'),
        name: Name,
        sites: z.array(Site).min(1).describe('Sites, each with its time zone'),
      })
      .describe('The enterprise and everything in it'),
    machine_types: z.array(MachineType).min(1).describe('What machines of a kind say, defined once'),
    products: z.array(Product).default([]).describe('Products with their planned run time'),
    energy: Energy.prefault({}).describe(
      'Conversion factors, meter tree, tariffs, limits and baselines of energy',
    ),
    processes: z.array(Process).default([]).describe('Processes (工序) and the stations that carry them out'),
    chains: z
      .array(ProcessChain)
      .default([])
      .describe(
        'Process chains that rolled yield is taken over; without any, the processes of a scope in their order are one',
      ),
    losses: LossRules.prefault({}).describe('How losses are told apart'),
    calendars: z.array(Calendar).min(1).describe('Shift calendars'),
    ...ReasonLists,
  })
  .describe(
    'A plant: enterprise → site → area → line → machine, with what its machines say and when they are planned to work',
  );
export type Plant = z.output<typeof Plant>;
