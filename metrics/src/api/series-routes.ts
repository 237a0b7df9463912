import type { z } from 'zod';
import { findScope } from '../figures/scopes.ts';
import { type CompareRequest, compare } from './comparison.ts';
import { markAnswer } from './etag.ts';
import { kpiPage } from './kpi-answer.ts';
import { type ApiParts, type ApiServer, type PartsOf, readScope } from './parts.ts';
import { CompareQuery, listOf, SeriesQuery, windowOf } from './query.ts';
import { Comparison, Series } from './series-schemas.ts';
import { seriesView } from './views.ts';

/** Key figures beside each other: along time, and against each other. */
export function seriesRoutes(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/series',
    {
      config: readScope,
      onSend: markAnswer,
      schema: {
        summary: 'One key figure of a scope over each hour, shift or day',
        querystring: SeriesQuery,
        response: { 200: Series },
      },
    },
    async ({ query }) => {
      const { scopes, figures, now } = parts();
      const scope = findScope(scopes, query.scope);
      const { kpi, grain } = query;
      const request = { scopes: [scope], window: windowOf(query), grain, kpis: [kpi], now_ns: now() };
      return seriesView(scope, kpi, grain, await kpiPage(figures, request, query));
    },
  );

  app.get(
    '/api/v1/compare',
    {
      config: readScope,
      onSend: markAnswer,
      schema: {
        summary:
          'Key figures of machines or other scopes, of periods, or of shifts, side by side with differences',
        querystring: CompareQuery,
        response: { 200: Comparison },
      },
    },
    async ({ query }) => {
      return await compare(parts().figures, compareRequest(query, parts()));
    },
  );
}

/** What a query for a comparison asks for. @throws BenchlineError `not_found`, `bad_request`. */
export function compareRequest(
  query: z.output<typeof CompareQuery>,
  { scopes, now }: Pick<ApiParts, 'scopes' | 'now'>,
): CompareRequest {
  return {
    scopes: listOf(query.scope).map((path) => findScope(scopes, path)),
    windows: query.window.map(([from, to]) => windowOf({ from, to })),
    byShift: query.split === 'shift',
    grain: query.grain,
    kpis: query.kpi === undefined ? undefined : listOf(query.kpi),
    profile: query.oee_profile,
    now_ns: now(),
  };
}
