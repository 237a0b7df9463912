import { gapReasons, stageNames, stageStates } from '@benchline/model';
import { z } from 'zod';
import { Gap, Instant, Seconds } from './schemas.ts';

const Lag = z
  .object({ p50_s: z.number(), p99_s: z.number(), batches: z.int() })
  .nullable()
  .describe('Over the last minute; null when nothing came');

export const Pipeline = z
  .object({
    at: Instant,
    store: z.enum(['embedded', 'influx']),
    feed: z.object({
      connected: z.boolean(),
      next_offset: z.int().min(0).describe('Ledger offset of the next record wanted'),
      last_received: Instant.optional().describe('When the ledger took in the last record processed here'),
      lag_s: z.number().optional().describe('Now − last_received'),
      reconnects: z.int().min(0),
      refused: z.int().min(0).describe('Records the store refused for what they contain'),
    }),
    latency: z.object({
      source_to_queryable: Lag.describe('Last source time of a batch → queryable; simulated clocks left out'),
      gateway_to_queryable: Lag.describe('Gateway time of a batch → queryable'),
    }),
    stages: z
      .array(
        z.object({
          service: z.enum(['gateway', 'ingest', 'metrics']),
          gateway: z.string().optional().describe('Which gateway, where service is gateway'),
          stage: z.enum(stageNames),
          subject: z.string().optional().describe('Which source, where stage is source'),
          state: z
            .enum(stageStates)
            .describe('waiting: stands still for less than its patience; stalled: for longer'),
          standing_s: Seconds.describe('How long it has stood still, 0 while it works'),
        }),
      )
      .describe(
        'Every stage from the sources to the figures, in the order in which data pass it; names and what to do are in the catalogue. A gateway that is silent says nothing of its own stages',
      ),
    gateways: z
      .array(
        z.object({
          id: z.string(),
          online: z.boolean(),
          last_received: Instant.optional(),
          said_at: Instant.optional().describe('When ingest was told the rest by it, signed'),
          unacked_batches: z.int().min(0).optional().describe('Batches that no ledger holds yet'),
          oldest_unacked_s: Seconds.optional().describe('Age of the oldest of them'),
          buffer_left_h: z
            .number()
            .min(0)
            .optional()
            .describe('Hours until its spool is full if nothing is acknowledged; absent while nothing comes'),
          lost: z
            .record(z.string(), z.number())
            .optional()
            .describe('Batches that its spool has lost, by what took them'),
          alarms: z.array(z.string()).describe('Two histories under one identity, forged acknowledgements'),
        }),
      )
      .describe('Gateways as ingest knows them; empty when it does not answer'),
    losses: z
      .object({
        gaps: z.partialRecord(z.enum(gapReasons), z.number()).describe('Declared gaps of the last hour'),
        lost_batches: z.number().describe('Batches that gateways no longer had, since ingest was started'),
        quarantined: z
          .record(z.string(), z.number())
          .nullable()
          .describe('What ingest did not let in since it was started; null when it does not answer'),
      })
      .describe('By reason'),
    ingest: z.unknown().describe("Ingest's own /status, passed through; null when it does not answer"),
    gaps: z.array(Gap).describe('Declared gaps of the last hour'),
  })
  .meta({ id: 'Pipeline' });
