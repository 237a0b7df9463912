import { Readable } from 'node:stream';
import { isoFromNs } from '@benchline/model';
import { type ApiServer, type PartsOf, readWhole } from './parts.ts';
import { Pipeline } from './pipeline-schema.ts';

const keepAlive_ms = 15_000;

/** What changes by the second: the pipeline's own health, and word of new figures. */
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
      config: { ...readWhole, endless: true },
      schema: {
        summary: 'Server-sent events: `update` when figures may have changed',
        produces: ['text/event-stream'],
      },
    },
    async (_request, reply) => {
      const { updates, now } = parts();
      const stream = new Readable({ read() {} });
      const send = () => stream.push(`event: update\ndata: ${JSON.stringify({ at: isoFromNs(now()) })}\n\n`);
      const stop = updates.listen(send);
      const alive = setInterval(() => stream.push(': still here\n\n'), keepAlive_ms);
      reply.raw.once('close', () => {
        stop();
        clearInterval(alive);
        stream.destroy();
      });
      stream.push('retry: 1000\n\n');
      send();
      return reply.type('text/event-stream').header('cache-control', 'no-store').send(stream);
    },
  );
}
