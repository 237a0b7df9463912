import {
  BenchlineError,
  cncBases,
  isoInstant,
  kpiIds,
  type Nanoseconds,
  nsPerDay,
  Slug,
} from '@benchline/model';
import { z } from 'zod';
import { grains } from '../figures/periods.ts';
import type { Interval } from '../intervals.ts';
import { tableLanguages } from '../table/table.ts';
import { oeeProfiles } from './schemas.ts';

/** What may be asked, parsed where it comes in. */

const longestWindow_d = 400;

export const Instant = z
  .string()
  // A plus sign that nobody encoded arrives as a space: 2026-03-01T08:00:00 08:00.
  .transform((text) => text.replace(/ (?=\d{2}:\d{2}$)/, '+'))
  .pipe(isoInstant)
  .meta({ format: 'date-time' });

const window = {
  from: Instant.describe('Start of the window, ISO 8601 with offset'),
  to: Instant.describe(`End of the window; at most ${longestWindow_d} days after its start`),
};

const scope = z
  .string()
  .min(1)
  .max(400)
  .describe('enterprise[/site[/area[/line[/machine]]]] by ids, as /api/v1/plant lists them');
const scopes = z
  .union([scope, z.array(scope).min(1).max(20)])
  .describe('A scope as /api/v1/plant lists them, or several when repeated');
const kpi = z.enum(kpiIds);
const kpis = z
  .union([kpi, z.array(kpi).max(kpiIds.length)])
  .optional()
  .describe('Only this figure, or these when repeated');
const machine = Slug.describe('Id of a machine or meter');

const grain = z
  .enum(grains)
  .describe('Answer with every whole hour, shift, day, week (from Monday) or month that overlaps the window');

/** Most results in one answer: those of a period that nobody has asked for before take tens of milliseconds each. */
const longestPage = 400;
const usualPage = 100;
const page = {
  cursor: z
    .string()
    .regex(/^\d{1,3}\.-?\d{1,19}$/, 'a cursor that an earlier answer gave as next_cursor')
    .optional()
    .describe('Goes on where an earlier answer ended: its next_cursor'),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(longestPage)
    .default(usualPage)
    .describe('Most results in one answer'),
};
const profile = z
  .enum(oeeProfiles)
  .default('iso22400')
  .describe('The factors that OEE is cut into; OEE itself is the same');

export const KpisQuery = z.strictObject({
  scope: scopes,
  ...window,
  kpi: kpis,
  grain: grain.optional(),
  oee_profile: profile,
  ...page,
});
export const SeriesQuery = z.strictObject({
  scope,
  kpi: kpi.describe('Which figure'),
  ...window,
  grain,
  ...page,
});
const tableForm = {
  format: z.enum(['csv', 'xlsx']).describe('CSV (RFC 4180) or an Excel workbook'),
  lang: z.enum(tableLanguages).default('en').describe('Language of headings, names and statuses'),
};
export const TableQuery = z.strictObject({
  scope: scopes,
  ...window,
  kpi: kpis,
  grain: grain.optional(),
  ...tableForm,
});
const isoInterval = z
  .string()
  .regex(/^[^/]+\/[^/]+$/, 'two instants with a slash between them')
  .transform((text) => text.split('/'))
  .pipe(z.tuple([Instant, Instant]));
export const CompareQuery = z.strictObject({
  scope: scopes,
  window: z
    .union([isoInterval.transform((one) => [one]), z.array(isoInterval).min(1).max(12)])
    .describe('from/to as ISO 8601 instants with offset; repeated to compare periods'),
  split: z.enum(['shift']).optional().describe('Compare the shifts within each window, by their name'),
  grain: z
    .enum(grains)
    .optional()
    .describe('Also each side along its periods of this kind, 400 of them at most'),
  kpi: kpis,
  oee_profile: profile,
});
export const CompareTableQuery = z.strictObject({ ...CompareQuery.shape, ...tableForm });
export const StreamQuery = z.strictObject({
  scope: scope.optional().describe('Also send the figures of this scope whenever they change'),
  grain: z
    .enum(grains)
    .default('day')
    .describe('Of which period: the hour, shift, day, week or month that is in progress'),
  kpi: kpis,
});
export const CncQuery = z.strictObject({
  scope,
  ...window,
  basis: z.enum(cncBases).default('process_count').describe('What is counted'),
});
export const ScopeQuery = z.strictObject({ scope, ...window });
export const MachineQuery = z.strictObject({ machine, ...window });
export const StatesQuery = z.strictObject({
  machine: z
    .union([machine, z.array(machine).min(1).max(100)])
    .describe('Id of a machine, or of several when repeated'),
  ...window,
});
export const ObservationsQuery = z.strictObject({
  machine,
  ...window,
  signal: z
    .union([Slug, z.array(Slug).max(100)])
    .optional()
    .describe('Only this signal, or these when repeated'),
});

/** A parameter that may be repeated. */
export function listOf<T extends string>(one: T | readonly T[]): readonly T[] {
  return typeof one === 'string' ? [one] : one;
}

/** @throws BenchlineError `bad_request` when the window is empty or too long. */
export function windowOf({ from, to }: { from: Nanoseconds; to: Nanoseconds }): Interval {
  if (from >= to)
    throw new BenchlineError('bad_request', 'the window is empty: from has to be before to', {
      hint: 'ask for an end after the start; both are instants with an offset from UTC',
    });
  if (to - from > BigInt(longestWindow_d) * nsPerDay)
    throw new BenchlineError('bad_request', `the window is longer than ${longestWindow_d} days`, {
      hint: 'ask for shorter windows, one after the other',
    });
  return { from_ns: from, to_ns: to };
}
