import { Readable } from 'node:stream';
import { BenchlineError, isoFromNs, nsFromMs } from '@benchline/model';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Intake } from '../intake/intake.ts';
import type { Subscription } from '../intake/subscription.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Projection } from '../projection/projection.ts';
import type { Quarantine } from '../quarantine.ts';
import { feedFrom, type Growing } from './feed.ts';
import { stalls } from './health.ts';

export interface FeedParts {
  ledger: Ledger;
  intake: Intake;
  subscription: Subscription;
  projection: Projection | undefined;
  quarantine: Quarantine;
}

const FeedQuery = z.strictObject({
  from: z
    .string()
    .regex(/^\d{1,15}$/, 'the offset of the first record wanted')
    .transform(Number),
  until: z.literal('projected').optional(),
});

/** The routes of ingest: the ledger as a feed, and how it fares. */
export function feedRoutes(app: FastifyInstance, parts: FeedParts): void {
  const read = { action: 'read', scope: () => '' } as const;

  app.get('/feed', { config: { ...read, endless: true } }, async (request, reply) => {
    const { from, until } = FeedQuery.parse(request.query);
    const shown = until === 'projected' ? projected(parts.projection) : parts.ledger;
    assertWithin(parts.ledger, from);
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const signal = AbortSignal.any([gone.signal, app.closing]);
    reply.header('benchline-ledger', parts.ledger.id);
    return reply
      .type('application/x-ndjson')
      .send(Readable.from(feedFrom(parts.ledger, shown, from, signal), { objectMode: false }));
  });

  app.get('/status', { config: read }, async () => statusOf(parts));

  app.get('/healthz', { config: { action: 'probe' } }, async (_request, reply) => {
    const stalled = stalls(parts);
    return reply
      .status(stalled.length > 0 ? 503 : 200)
      .send({ status: stalled.length > 0 ? 'stalled' : 'ok', stalled });
  });
}

function projected(projection: Projection | undefined): Growing {
  if (projection) return projection;
  throw new BenchlineError(
    'bad_request',
    'this ingest writes into no InfluxDB, so nothing is ever projected',
    {
      hint: 'leave until=projected out, or configure influx',
    },
  );
}

/** A reader that is ahead of the ledger has read another one, or this one before it lost its end. */
function assertWithin(ledger: Ledger, from: number): void {
  if (from <= ledger.next) return;
  throw new BenchlineError(
    'bad_request',
    `the ledger '${ledger.id}' ends before record ${from}: ${ledger.next} is next`,
    {
      hint: 'this is not the ledger that was read before; read it from 0',
    },
  );
}

function statusOf({ ledger, intake, subscription, projection, quarantine }: FeedParts) {
  const { connected, since_ms, connects } = subscription.status();
  return {
    at: isoFromNs(nsFromMs(Date.now())),
    ledger: {
      id: ledger.id,
      next: ledger.next,
      bytes: ledger.bytes,
      cut_bytes: ledger.recovery.cut_bytes,
      ...(intake.failing ? { failing: intake.failing.reason } : {}),
    },
    broker: { connected, since: isoFromNs(nsFromMs(since_ms)), connects },
    ...intake.status(),
    projection: projection?.status() ?? null,
    quarantine: quarantine.status(),
    /** Observations that the store refused for what they contain, since the projection began. */
    quarantined_observations: projection?.quarantinedObservations ?? 0,
  };
}
