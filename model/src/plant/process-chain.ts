import { z } from 'zod';
import { Slug } from '../slug.ts';
import { Name } from './name.ts';
import { Dated } from './stays.ts';

/** The processes that an item goes through one after the other; rolled yield is the product over them. */
export const ProcessChain = z.strictObject({
  id: Slug.describe('Unique in the enterprise'),
  name: Name,
  processes: z
    .array(Slug)
    .min(1)
    .describe('Ids of the processes (工序) in the order in which an item passes'),
  ...Dated,
});
export type ProcessChain = z.output<typeof ProcessChain>;

/** What decides how losses are told apart; part of the plant file, because figures depend on it. */
export const LossRules = z.strictObject({
  micro_stop_s: z
    .number()
    .positive()
    .max(86_400)
    .default(300)
    .describe('A stop between two producing stretches that is shorter than this is a micro-stop'),
});
