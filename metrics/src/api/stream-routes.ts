import { describeError, isoFromNs } from '@benchline/model';
import { findScope } from '../figures/scopes.ts';
import { AlarmEvents } from './alarm-events.ts';
import { begun } from './begun.ts';
import type { EventStream } from './event-stream.ts';
import { type FigureEvent, FigureEvents } from './figure-events.ts';
import { type ApiParts, type ApiServer, type PartsOf, readScope } from './parts.ts';
import { listOf, StreamQuery } from './query.ts';

const alarmText =
  '`alarms` comes first, `{ at, alarms }` with every energy alarm and warning of the scope that stands, as `/api/v1/energy/alarms` shows them, and again whenever the connection is made anew. Then `alarm`, `{ at, change, alarm }`, when something happens: `warned`, `raised` (the limit is exceeded), `acknowledged`, `cleared` (the period is over, or late data or a correction took the reason away). An alarm keeps its id, and each of these is told once, also when the service was restarted in between.';

/** Word of new figures, and the figures themselves, as they change. */
export function streamRoutes(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/stream',
    {
      config: { ...readScope, endless: true },
      schema: {
        summary:
          'Server-sent events: `update` when figures may have changed, at most once a second; with a scope also `figures` (KpiResult) when they have; `alarms` and `alarm` of energy. Resumes after Last-Event-ID. A slow reader gets the latest only. 503 with Retry-After when there are too many readers',
        description: alarmText,
        querystring: StreamQuery,
        produces: ['text/event-stream'],
      },
    },
    async ({ query, headers, log }, reply) => {
      const { scopes, figures, updates, readers, now } = parts();
      const { scope: path, grain, kpi } = query;
      const scope = path === undefined ? undefined : findScope(scopes, path);
      const kpis = kpi === undefined ? undefined : listOf(kpi);
      const last = [headers['last-event-id']].flat()[0];
      const events = scope && new FigureEvents({ figures, scope, grain, kpis }, last);
      const stream = readers.admit();
      const stop = updates.listen(() => stream.notify());
      const alarms = new AlarmEvents(parts(), path, () => stream.notify());
      const end = () => {
        stop();
        alarms.close();
        stream.close();
      };
      reply.raw.once('close', end);
      if (reply.raw.closed) end();
      const first = await begun(events?.changes(now()));
      void tell(stream, { events, alarms, first, now })
        .catch((error: unknown) => log.error({ err: error }, 'a stream of figures broke off'))
        .finally(end);
      return reply.type('text/event-stream').header('cache-control', 'no-store').send(stream.body);

      async function tell(to: EventStream, what: Told): Promise<void> {
        for (let round = what.first; ; round = what.events?.changes(what.now())) {
          if (!(await to.send('update', JSON.stringify({ at: isoFromNs(what.now()) })))) return;
          for (const { event, data } of what.alarms.changes()) if (!(await to.send(event, data))) return;
          try {
            for await (const { id, data } of round ?? []) if (!(await to.send('figures', data, id))) return;
          } catch (error) {
            // The store is away: the next update tells what has changed by then.
            log.warn({ reason: describeError(error) }, 'figures could not be streamed');
          }
          if (!(await to.news())) return;
        }
      }
    },
  );
}

interface Told {
  events: FigureEvents | undefined;
  alarms: AlarmEvents;
  first: AsyncIterable<FigureEvent> | undefined;
  now: ApiParts['now'];
}
