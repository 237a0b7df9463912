import { type StageName, type StageState, stageNames, stageStates } from '@benchline/model';
import { z } from 'zod';
import type { FeedAccess } from '../follower/feed.ts';

const patience_ms = 1000;

const Stage = z.looseObject({
  stage: z.enum(stageNames),
  subject: z.string().optional(),
  state: z.enum(stageStates),
  standing_s: z.number(),
});
/** One stage as a service told it. */
export interface ToldStage {
  stage: StageName;
  subject?: string | undefined;
  state: StageState;
  standing_s: number;
}

const Gateway = z.looseObject({
  trusted: z.boolean().default(true),
  online: z.boolean(),
  last_received: z.iso.datetime().optional(),
  lost_batches: z.number(),
  alarms: z.array(z.string()),
  said: z
    .looseObject({
      at: z.iso.datetime(),
      stages: z.array(Stage),
      spool: z.looseObject({
        unacked_batches: z.number(),
        oldest_unacked_s: z.number().optional(),
        left_h: z.number().optional(),
        lost: z.record(z.string(), z.number()),
      }),
      alarms: z.array(z.string()),
    })
    .optional(),
});
/** What ingest knows of a gateway, and what that says of itself. */
export type ToldGateway = z.output<typeof Gateway>;

/** What is shown of ingest's status; what else there is, is passed through. */
const Status = z.looseObject({
  at: z.iso.datetime().optional(),
  gateways: z.record(z.string(), Gateway).optional(),
  quarantine: z.looseObject({ seen: z.record(z.string(), z.number()) }).optional(),
});
const Ready = z.object({ stages: z.array(Stage) });

export interface IngestView {
  status: z.output<typeof Status> | undefined;
  stages: readonly ToldStage[];
}

/** What ingest says of itself and of its gateways; nothing of what it does not say. */
export async function ingestView(feed: FeedAccess): Promise<IngestView> {
  const [status, ready] = await Promise.all([ask(feed, '/status', Status), ask(feed, '/readyz', Ready)]);
  return { status, stages: ready?.stages ?? [] };
}

async function ask<T extends z.ZodType>(
  { url, authorization }: FeedAccess,
  path: string,
  schema: T,
): Promise<z.output<T> | undefined> {
  try {
    const headers = authorization === undefined ? {} : { authorization };
    const signal = AbortSignal.timeout(patience_ms);
    const response = await fetch(new URL(path, url), { headers, signal });
    // Not being ready is an answer, too.
    if (!response.ok && response.status !== 503) return undefined;
    return schema.safeParse(await response.json()).data;
  } catch {
    // Whatever keeps ingest from answering, the page says that it does not.
    return undefined;
  }
}
