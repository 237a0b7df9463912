import { BenchlineError, type Nanoseconds, nsFromIso, Slug } from '@benchline/model';
import { z } from 'zod';
import type { Interval } from '../intervals.ts';
import { grains } from './schemas.ts';

/** What may be asked, parsed where it comes in. */

const dayNs: Nanoseconds = 86_400_000_000_000n;
const longestWindow_d = 400;

export const Instant = z
  .string()
  .transform((text, context): Nanoseconds => {
    try {
      // A plus sign that nobody encoded arrives as a space: 2026-03-01T08:00:00 08:00.
      return nsFromIso(text.replace(/ (?=\d{2}:\d{2}$)/, '+'));
    } catch {
      context.addIssue({
        code: 'custom',
        message: 'an ISO 8601 instant with offset, such as 2026-03-01T08:00:00+08:00',
      });
      return z.NEVER;
    }
  })
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
const machine = Slug.describe('Id of a machine or meter');

export const KpisQuery = z.strictObject({
  scope,
  ...window,
  grain: z
    .enum(grains)
    .optional()
    .describe('Answer with a list: every whole hour, shift or day that overlaps the window'),
});
export const ScopeQuery = z.strictObject({ scope, ...window });
export const MachineQuery = z.strictObject({ machine, ...window });
export const ObservationsQuery = z.strictObject({
  machine,
  ...window,
  signal: z
    .union([Slug, z.array(Slug).max(100)])
    .optional()
    .describe('Only this signal, or these when repeated'),
});

/** @throws BenchlineError `bad_request` when the window is empty or too long. */
export function windowOf({ from, to }: { from: Nanoseconds; to: Nanoseconds }): Interval {
  if (from >= to) throw new BenchlineError('bad_request', 'the window is empty: from has to be before to');
  if (to - from > BigInt(longestWindow_d) * dayNs)
    throw new BenchlineError('bad_request', `the window is longer than ${longestWindow_d} days`, {
      hint: 'ask for shorter windows, one after the other',
    });
  return { from_ns: from, to_ns: to };
}
