import { Readable } from 'node:stream';
import { BenchlineError, Slug } from '@benchline/model';
import type { Door } from '@benchline/model/door';
import { z } from 'zod';
import { assertNotRetired } from '../ledger/floor.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Projection } from '../projection/projection.ts';
import { feedFrom, type Growing } from './feed.ts';
import { type FeedParts, ingestStatus } from './status.ts';

const FeedQuery = z.strictObject({
  from: z
    .string()
    .regex(/^\d{1,15}$/, 'the offset of the first record wanted')
    .transform(Number),
  until: z.literal('projected').optional(),
  after: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'the SHA-256 of the line before the first record wanted')
    .optional(),
  life: z
    .string()
    .regex(/^[0-9a-f]{16}$/, 'the life of the store that was read before')
    .optional(),
  reader: Slug.optional(),
});

/** The routes of ingest: the ledger as a feed, and how it fares. */
export function feedRoutes(app: Door['app'], parts: FeedParts): void {
  const read = { action: 'read', scope: () => '' } as const;

  app.get('/feed', { config: { ...read, endless: true } }, async (request, reply) => {
    const { from, until, after, life, reader } = FeedQuery.parse(request.query);
    const { ledger, readers } = parts;
    const shown: Growing = until === 'projected' ? projected(parts.projection) : ledger;
    reply.headers({
      'benchline-ledger': ledger.id,
      'benchline-floor': ledger.floor,
      'benchline-next': ledger.next,
      ...(shown.life === undefined ? {} : { 'benchline-life': shown.life }),
    });
    assertLives(shown, life);
    await assertFollows(ledger, from, after);
    assertNotRetired(ledger, from);
    if (reader !== undefined && !readers.asks(reader, from, Date.now())) throw tooManyReaders();
    const gone = new AbortController();
    parts.open_feeds.add(gone);
    reply.raw.once('close', () => {
      parts.open_feeds.delete(gone);
      gone.abort();
    });
    const signal = AbortSignal.any([gone.signal, app.closing]);
    const sent = (next: number) => reader !== undefined && readers.sent(reader, next, Date.now());
    // Without a buffer of its own: the socket has one.
    const options = { objectMode: false, highWaterMark: 1 };
    return reply
      .type('application/x-ndjson')
      .send(Readable.from(feedFrom({ ledger, shown, from, sent }, signal), options));
  });

  app.get('/status', { config: read }, async () => ingestStatus(parts));
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

/**
 * Refuses a reader that has read another ledger than this one: one that was lost or restored from a copy holds other
 * records under the same offsets.
 * @throws BenchlineError `ledger_diverged`.
 */
async function assertFollows(ledger: Ledger, from: number, after: string | undefined): Promise<void> {
  const hint =
    'this is not the ledger that was read before; read it from its floor (header benchline-floor), which changes nothing that is right';
  if (from > ledger.next)
    throw new BenchlineError(
      'ledger_diverged',
      `the ledger '${ledger.id}' ends before record ${from}: ${ledger.next} is next`,
      { hint },
    );
  if (after === undefined || from === 0) return;
  // What does not read back cannot be compared; the reader then goes on.
  const line = await ledger.lineDigest(from - 1);
  if (line === undefined || line === after) return;
  throw new BenchlineError(
    'ledger_diverged',
    `record ${from - 1} of the ledger '${ledger.id}' is another one`,
    {
      hint,
    },
  );
}

/**
 * Refuses a reader of what a store holds that was shown more than that: it was dropped, or brought back from a copy.
 * @throws BenchlineError `ledger_diverged`.
 */
function assertLives(shown: Growing, life: string | undefined): void {
  if (life === undefined || shown.life === undefined || life === shown.life) return;
  throw new BenchlineError('ledger_diverged', 'the store has lost some of what was shown of it', {
    hint: 'read the feed from its floor, and leave life out: what the store has again is shown again',
  });
}

function tooManyReaders(): BenchlineError {
  return new BenchlineError('bad_request', 'too many readers have given a name', {
    hint: 'leave reader out; then the retention does not wait for you',
  });
}
