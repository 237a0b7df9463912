import { Readable } from 'node:stream';
import {
  type Asset,
  BenchlineError,
  isoFromNs,
  type Nanoseconds,
  type PlantIndex,
  scopeOf,
} from '@benchline/model';
import type { TelemetryStore } from '@benchline/store';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { consoleFiles } from '../console-files.ts';
import type { Figures } from '../figures/figures.ts';
import { type Period, periodsOf } from '../figures/periods.ts';
import { findScope, type Scope } from '../figures/scopes.ts';
import { observationLines } from './observation-lines.ts';
import { KpisQuery, MachineQuery, ObservationsQuery, ScopeQuery, windowOf } from './query.ts';
import {
  Catalogue,
  CncRatio,
  GapList,
  KpiList,
  KpiResult,
  Pipeline,
  PlantView,
  StateList,
} from './schemas.ts';
import type { Updates } from './updates.ts';
import { catalogueView, cncView, gapView, kpiView, plantView, statesView } from './views.ts';

export interface ApiParts {
  plant: PlantIndex;
  scopes: ReadonlyMap<string, Scope>;
  figures: Figures;
  store: TelemetryStore;
  updates: Updates;
  pipeline(now_ns: Nanoseconds): Promise<z.output<typeof Pipeline>>;
  now(): Nanoseconds;
}

/** Most periods that one list answers with. */
const mostPeriods = 1000;
const keepAlive_ms = 15_000;

/**
 * Every route of the metrics service: the API, its description, and the console. `parts` is called by requests
 * only, so that routes can be described without a service behind them.
 */
export function metricsRoutes(base: FastifyInstance, parts: () => ApiParts): void {
  const app = base.withTypeProvider<ZodTypeProvider>();
  const whole = { action: 'read', scope: () => '' } as const;
  const byScope = { action: 'read', scope: (request: FastifyRequest) => asked(request, 'scope') } as const;
  const byMachine = {
    action: 'read',
    scope: (request: FastifyRequest) => {
      const asset = parts().plant.assets.get(asked(request, 'machine'));
      return asset ? scopeOf(asset) : '';
    },
  } as const;

  app.get(
    '/api/v1/plant',
    {
      config: whole,
      schema: { summary: 'The plant: what there is to ask for', response: { 200: PlantView } },
    },
    async () => plantView(parts().plant),
  );

  app.get(
    '/api/v1/catalogue',
    {
      config: whole,
      schema: {
        summary: 'Names and definitions of key figures, states and reasons',
        response: { 200: Catalogue },
      },
    },
    async () => catalogueView(),
  );

  app.get(
    '/api/v1/kpis',
    {
      config: byScope,
      schema: {
        summary: 'Key figures of a scope over a window, or over each hour, shift or day',
        querystring: KpisQuery,
        response: { 200: z.union([KpiResult, KpiList]) },
      },
    },
    async ({ query }) => {
      const { scopes, figures, now } = parts();
      const scope = findScope(scopes, query.scope);
      const window = windowOf(query);
      const now_ns = now();
      const { grain } = query;
      if (grain === undefined) return kpiView(await figures.of(scope, window, now_ns));
      const results: KpiResult[] = [];
      for (const period of bounded(periodsOf(scope, grain, window)))
        results.push(kpiView(await figures.of(scope, period, now_ns), { grain, period }));
      return { scope: scope.path, grain, time_zone: scope.time_zone, results };
    },
  );

  app.get(
    '/api/v1/cnc-ratio',
    {
      config: byScope,
      schema: {
        summary: 'CNC ratio of key processes, with the evidence for each process',
        querystring: ScopeQuery,
        response: { 200: CncRatio },
      },
    },
    async ({ query }) => {
      const { scopes, figures, now } = parts();
      const scope = findScope(scopes, query.scope);
      const window = windowOf(query);
      const ratios = await figures.cncRatios(scope, window, now());
      if (ratios) return cncView(scope, window, ratios);
      throw new BenchlineError('bad_request', `'${scope.path}' is a machine, which is not a process`, {
        hint: 'ask for its line, or for a scope above it',
      });
    },
  );

  app.get(
    '/api/v1/states',
    {
      config: byMachine,
      schema: {
        summary: 'States of a machine, without holes: where nobody looked it is unobserved',
        querystring: MachineQuery,
        response: { 200: StateList },
      },
    },
    async ({ query }) => {
      const { plant, figures, now } = parts();
      const asset = findAsset(plant, query.machine);
      return statesView(asset.id, await figures.statesOf(asset, windowOf(query), now()));
    },
  );

  app.get(
    '/api/v1/gaps',
    {
      config: byMachine,
      schema: {
        summary: 'Declared gaps of a machine that overlap a window',
        querystring: MachineQuery,
        response: { 200: GapList },
      },
    },
    async ({ query }) => {
      const { plant, store } = parts();
      const { id: machine } = findAsset(plant, query.machine);
      const gaps = await store.gaps({ machine, ...windowOf(query) });
      return { machine, gaps: gaps.map(gapView) };
    },
  );

  app.get(
    '/api/v1/observations',
    {
      config: byMachine,
      schema: {
        summary: 'Stored observations of a machine with from < time ≤ to, as NDJSON',
        produces: ['application/x-ndjson'],
        querystring: ObservationsQuery,
      },
    },
    async ({ query }, reply) => {
      const { plant, store } = parts();
      const asset = findAsset(plant, query.machine);
      const signals = query.signal === undefined ? undefined : [query.signal].flat();
      const lines = observationLines(store, asset, windowOf(query), signals);
      return reply.type('application/x-ndjson').send(Readable.from(lines, { objectMode: false }));
    },
  );

  app.get(
    '/api/v1/pipeline',
    {
      config: whole,
      schema: { summary: 'How the pipeline itself fares', response: { 200: Pipeline } },
    },
    async () => await parts().pipeline(parts().now()),
  );

  app.get(
    '/api/v1/stream',
    {
      config: { ...whole, endless: true },
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

  app.get('/healthz', { config: { action: 'probe' }, schema: { hide: true } }, async () => ({
    status: 'ok',
  }));
  // Neither says anything of the plant, so a browser may load them before anybody has shown a token.
  app.get('/openapi.json', { config: { action: 'probe' }, schema: { hide: true } }, async () =>
    base.swagger(),
  );
  for (const [path, { type, body }] of consoleFiles())
    app.get(path, { config: { action: 'probe' }, schema: { hide: true } }, async (_request, reply) =>
      reply.type(type).header('cache-control', 'no-cache').send(body),
    );
}

/** A text of the query as it stands, for the check of grants, which comes before the query is parsed. */
function asked(request: FastifyRequest, key: string): string {
  const value = (request.query as Record<string, unknown>)[key];
  return typeof value === 'string' ? value : '';
}

function findAsset(plant: PlantIndex, id: string): Asset {
  const asset = plant.assets.get(id);
  if (asset) return asset;
  throw new BenchlineError('not_found', `the plant has no machine or meter '${id}'`, {
    hint: 'take an id that /api/v1/plant lists',
  });
}

function bounded(periods: readonly Period[]): readonly Period[] {
  if (periods.length <= mostPeriods) return periods;
  throw new BenchlineError('bad_request', `${periods.length} periods are more than ${mostPeriods}`, {
    hint: 'ask for a shorter window or a coarser grain',
  });
}
