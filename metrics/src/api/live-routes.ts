import { Readable } from 'node:stream';
import { describeError, isoFromNs } from '@benchline/model';
import type { FastifyReply } from 'fastify';
import { findScope } from '../figures/scopes.ts';
import { FigureEvents } from './figure-events.ts';
import { type ApiServer, type PartsOf, readScope, readWhole } from './parts.ts';
import { Pipeline } from './pipeline-schema.ts';
import { listOf, StreamQuery } from './query.ts';

const keepAlive_ms = 15_000;
/** A reader that is this far behind is told the newest once it has caught up, and nothing in between. */
const mostWaiting_bytes = 1_000_000;

/** What changes by the second: the pipeline's own health, word of new figures, and the figures themselves. */
export function liveRoutes(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/pipeline',
    {
      config: readWhole,
      schema: { summary: 'How the pipeline itself fares', response: { 200: Pipeline } },
    },
    async () => await parts().pipeline(parts().now()),
  );

  app.get(
    '/api/v1/stream',
    {
      config: { ...readScope, endless: true },
      schema: {
        summary:
          'Server-sent events: `update` when figures may have changed, at most once a second; with a scope also `figures` (KpiResult) when they have. Resumes after Last-Event-ID',
        querystring: StreamQuery,
        produces: ['text/event-stream'],
      },
    },
    async ({ query, headers, log }, reply) => {
      const { scopes, figures, updates, now } = parts();
      const events =
        query.scope === undefined
          ? undefined
          : new FigureEvents(
              {
                figures,
                scope: findScope(scopes, query.scope),
                grain: query.grain,
                kpis: query.kpi === undefined ? undefined : listOf(query.kpi),
              },
              [headers['last-event-id']].flat()[0],
            );
      // What cannot be answered at all is a problem, not a stream that breaks off.
      const first = (await events?.next(now())) ?? [];
      const stream = new Readable({ read() {} });
      const told = () => send(stream, 'update', JSON.stringify({ at: isoFromNs(now()) }));
      stream.push('retry: 1000\n\n');
      told();
      for (const { id, data } of first) send(stream, 'figures', data, id);
      const turn = oneAtATime(async () => {
        if (stream.readableLength > mostWaiting_bytes) return;
        told();
        try {
          for (const { id, data } of (await events?.next(now())) ?? []) send(stream, 'figures', data, id);
        } catch (error) {
          // The store is away: the next update tells what has changed by then.
          log.warn({ reason: describeError(error) }, 'figures could not be streamed');
        }
      });
      endWithReply(stream, reply, updates.listen(turn));
      return reply.type('text/event-stream').header('cache-control', 'no-store').send(stream);
    },
  );
}

function send(stream: Readable, event: string, data: string, id?: string): void {
  if (stream.destroyed) return;
  stream.push(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`);
}

/** Calls again after the call in progress when there was reason to, so that the last word is never left out. */
function oneAtATime(act: () => Promise<void>): () => void {
  let running = false;
  let again = false;
  const run = async () => {
    running = true;
    do {
      again = false;
      await act();
    } while (again);
    running = false;
  };
  return () => {
    again = true;
    if (!running) void run();
  };
}

function endWithReply(stream: Readable, reply: FastifyReply, stop: () => void): void {
  const alive = setInterval(() => stream.push(': still here\n\n'), keepAlive_ms);
  reply.raw.once('close', () => {
    stop();
    clearInterval(alive);
    stream.destroy();
  });
}
