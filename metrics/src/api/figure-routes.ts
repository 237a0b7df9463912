import { BenchlineError } from '@benchline/model';
import { z } from 'zod';
import { findScope } from '../figures/scopes.ts';
import { kpiAnswer } from './kpi-answer.ts';
import { type ApiServer, findAsset, type PartsOf, readMachine, readScope } from './parts.ts';
import { KpisQuery, MachineQuery, ScopeQuery, windowOf } from './query.ts';
import { CncRatio, KpiList, KpiResult, StateList } from './schemas.ts';
import { cncView, statesView } from './views.ts';

/** What is computed: key figures, CNC ratio, states. */
export function figureRoutes(app: ApiServer, parts: PartsOf): void {
  kpiRoute(app, parts);
  cncRoute(app, parts);
  stateRoute(app, parts);
}

function kpiRoute(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/kpis',
    {
      config: readScope,
      schema: {
        summary: 'Key figures of a scope over a window, or over each hour, shift or day',
        querystring: KpisQuery,
        response: { 200: z.union([KpiResult, KpiList]) },
      },
    },
    async ({ query }) => {
      const { scopes, figures, now } = parts();
      const scope = findScope(scopes, query.scope);
      return await kpiAnswer(figures, scope, windowOf(query), { grain: query.grain, now_ns: now() });
    },
  );
}

function cncRoute(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/cnc-ratio',
    {
      config: readScope,
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
}

function stateRoute(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/states',
    {
      config: readMachine(parts),
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
}
