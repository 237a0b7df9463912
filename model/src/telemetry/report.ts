import { z } from 'zod';
import { stageStates } from '../health/stage.ts';
import { stageNames } from '../health/stages.ts';
import { Slug } from '../slug.ts';
import { nanosecondsJson } from '../time.ts';
import { sealer } from './signed.ts';

/** How a gateway is, as it says itself: only for people to look at, nothing is decided by it. */
const GatewayReport = z.strictObject({
  v: z.literal(1),
  gateway: Slug,
  at_ns: nanosecondsJson,
  stages: z
    .array(
      z.strictObject({
        stage: z.enum(stageNames),
        subject: Slug.optional(),
        state: z.enum(stageStates),
        standing_s: z.number().min(0),
      }),
    )
    .max(1000),
  spool: z.strictObject({
    bytes: z.int().min(0),
    max_bytes: z.int().min(0),
    unacked_batches: z.int().min(0),
    oldest_unacked_s: z.number().min(0).optional(),
    /** How long it lasts if nothing is acknowledged. */
    left_h: z.number().min(0).optional(),
    /** Batches that are gone, by what took them. */
    lost: z.record(Slug, z.int().min(0)),
  }),
  alarms: z.array(z.string().max(64)).max(16),
});
export type GatewayReport = z.output<typeof GatewayReport>;

export const reportSeal = sealer('report', GatewayReport, (report) => report.gateway);
