import { Readable } from 'node:stream';
import { BenchlineError } from '@benchline/model';
import type { Door } from '@benchline/model/door';
import { z } from 'zod';
import type { Ledger } from '../ledger/ledger.ts';
import type { Projection } from '../projection/projection.ts';
import { feedFrom, type Growing } from './feed.ts';
import { type FeedParts, ingestHealth, ingestStatus } from './status.ts';

const FeedQuery = z.strictObject({
  from: z
    .string()
    .regex(/^\d{1,15}$/, 'the offset of the first record wanted')
    .transform(Number),
  until: z.literal('projected').optional(),
});

/** The routes of ingest: the ledger as a feed, and how it fares. */
export function feedRoutes(app: Door['app'], parts: FeedParts): void {
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

  app.get('/status', { config: read }, async () => ingestStatus(parts));

  app.get('/healthz', { config: { action: 'probe' } }, async (_request, reply) => {
    const health = ingestHealth(parts);
    return reply.status(health.status === 'ok' ? 200 : 503).send(health);
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
