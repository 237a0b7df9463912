import { BenchlineError } from '@benchline/model';
import { z } from 'zod';
import { findScope } from '../figures/scopes.ts';
import { markAnswer } from './etag.ts';
import { kpiAnswer } from './kpi-answer.ts';
import { type ApiServer, findAsset, type PartsOf, readMachine, readScope } from './parts.ts';
import { CncQuery, KpisQuery, listOf, StatesQuery, windowOf } from './query.ts';
import { CncRatio, KpiAnswer, StateList, StateLists } from './schemas.ts';
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
      onSend: markAnswer,
      schema: {
        summary:
          'Key figures of a scope over a window; a list over each hour, shift or day; a table of several scopes',
        querystring: KpisQuery,
        response: { 200: KpiAnswer },
      },
    },
    async ({ query }) => {
      const { scopes, figures, now } = parts();
      const request = {
        scopes: listOf(query.scope).map((path) => findScope(scopes, path)),
        window: windowOf(query),
        grain: query.grain,
        kpis: query.kpi === undefined ? undefined : listOf(query.kpi),
        profile: query.oee_profile,
        now_ns: now(),
      };
      return await kpiAnswer(figures, request, query);
    },
  );
}

function cncRoute(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/cnc-ratio',
    {
      config: readScope,
      onSend: markAnswer,
      schema: {
        summary: 'CNC ratio of key processes, with the evidence for each process',
        querystring: CncQuery,
        response: { 200: CncRatio },
      },
    },
    async ({ query }) => {
      const { scopes, figures, now } = parts();
      const scope = findScope(scopes, query.scope);
      const window = windowOf(query);
      const ratios = await figures.cncRatios(scope, window, now(), query.basis);
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
      onSend: markAnswer,
      schema: {
        summary: 'States of a machine or of several, without holes: where nobody looked it is unobserved',
        querystring: StatesQuery,
        response: { 200: z.union([StateList, StateLists]) },
      },
    },
    async ({ query }) => {
      const { plant, figures, now } = parts();
      const [window, now_ns] = [windowOf(query), now()];
      const of = async (machine: string) => {
        const asset = findAsset(plant, machine);
        return statesView(asset.id, await figures.accounts.statesOf(asset, window, now_ns));
      };
      if (typeof query.machine === 'string') return await of(query.machine);
      return { machines: await Promise.all(query.machine.map(of)) };
    },
  );
}
