import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { consoleFiles } from '../console-files.ts';
import { energyRoutes } from './energy-routes.ts';
import { entryRoutes } from './entry-routes.ts';
import { figureRoutes } from './figure-routes.ts';

import { lossRoutes } from './loss-routes.ts';
import type { PartsOf } from './parts.ts';
import { pipelineRoutes } from './pipeline-routes.ts';
import { qualityRoutes } from './quality-routes.ts';
import { recordRoutes } from './record-routes.ts';
import { revisionRoutes } from './revision-routes.ts';
import { seriesRoutes } from './series-routes.ts';
import { streamRoutes } from './stream-routes.ts';
import { tableRoutes } from './table-routes.ts';

/** Every route of the metrics service: the API, its description, and the console. */
export function metricsRoutes(base: FastifyInstance, parts: PartsOf): void {
  const app = base.withTypeProvider<ZodTypeProvider>();
  recordRoutes(app, parts);
  revisionRoutes(app, parts);
  entryRoutes(app, parts);
  figureRoutes(app, parts);
  lossRoutes(app, parts);
  qualityRoutes(app, parts);
  seriesRoutes(app, parts);
  tableRoutes(app, parts);
  energyRoutes(app, parts);
  pipelineRoutes(app, parts);
  streamRoutes(app, parts);
  pageRoutes(base);
}

/** None of these says anything of the plant, so a browser may load them before anybody has shown a token. */
function pageRoutes(app: FastifyInstance): void {
  const open = { config: { action: 'probe' }, schema: { hide: true } } as const;
  app.get('/openapi.json', open, async () => app.swagger());
  for (const [path, { type, body }] of consoleFiles())
    app.get(path, open, async (_request, reply) =>
      reply.type(type).header('cache-control', 'no-cache').send(body),
    );
}
