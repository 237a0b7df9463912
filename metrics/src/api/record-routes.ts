import { Readable } from 'node:stream';
import { type Asset, BenchlineError } from '@benchline/model';
import { findScope } from '../figures/scopes.ts';
import { exportLines } from '../offline/export.ts';
import { begun } from './begun.ts';
import { Catalogue } from './catalogue-schema.ts';
import { catalogueView } from './catalogue-view.ts';
import { observationLines } from './observation-lines.ts';
import { type ApiServer, findAsset, type PartsOf, readMachine, readScope, readWhole } from './parts.ts';
import { plantView } from './plant-view.ts';
import { MachineQuery, ObservationsQuery, ScopeQuery, windowOf } from './query.ts';
import { GapList, PlantView } from './schemas.ts';
import { gapView } from './views.ts';

/** What is known as it stands: the plant, the catalogue, gaps and observations. */
export function recordRoutes(app: ApiServer, parts: PartsOf): void {
  nameRoutes(app, parts);
  gapRoute(app, parts);
  observationRoute(app, parts);
  exportRoute(app, parts);
}

function nameRoutes(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/plant',
    {
      config: readWhole,
      schema: { summary: 'The plant: what there is to ask for', response: { 200: PlantView } },
    },
    async () => plantView(parts().plant),
  );

  app.get(
    '/api/v1/catalogue',
    {
      config: readWhole,
      schema: {
        summary: 'Names and definitions of key figures, states and reasons',
        response: { 200: Catalogue },
      },
    },
    async () => catalogueView(),
  );
}

function gapRoute(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/gaps',
    {
      config: readMachine(parts),
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
}

function observationRoute(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/observations',
    {
      config: readMachine(parts),
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
      const lines = await begun(observationLines(store, asset, windowOf(query), signals));
      if (!lines) for (const signal of signals ?? []) assertSignal(asset, signal);
      return reply.type('application/x-ndjson').send(Readable.from(lines ?? [], { objectMode: false }));
    },
  );
}

function exportRoute(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/export',
    {
      config: readScope,
      schema: {
        summary:
          'Everything that figures of a scope and window depend on, as NDJSON that `benchline kpi` reads back',
        produces: ['application/x-ndjson'],
        querystring: ScopeQuery,
      },
    },
    async ({ query }, reply) => {
      const { scopes, store, plant } = parts();
      const { assets } = findScope(scopes, query.scope);
      const lines = await begun(exportLines({ store, plant }, assets, windowOf(query)));
      return reply.type('application/x-ndjson').send(Readable.from(lines ?? [], { objectMode: false }));
    },
  );
}

/**
 * Nothing was found, and a misspelt signal must not look like one that was silent; what an earlier plant file named
 * may still be found. @throws BenchlineError `not_found`.
 */
function assertSignal({ id, type }: Asset, signal: string): void {
  if (type.signals[signal] !== undefined) return;
  throw new BenchlineError('not_found', `'${id}' has no signal '${signal}', and no observations of one`, {
    hint: `its type '${type.id}' has ${Object.keys(type.signals).join(', ')}`,
  });
}
