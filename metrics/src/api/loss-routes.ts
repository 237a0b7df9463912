import { z } from 'zod';
import { findScope } from '../figures/scopes.ts';
import { lossesOf } from '../losses/scope-losses.ts';
import { LossTree } from './loss-schemas.ts';
import { lossView } from './loss-views.ts';
import { type ApiServer, type PartsOf, readScope } from './parts.ts';
import { ScopeQuery, windowOf } from './query.ts';

const LossQuery = ScopeQuery.extend({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('Most rows of each list'),
});

/** Where the time went, what stopped the machines, and why items were not good. */
export function lossRoutes(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/losses',
    {
      config: readScope,
      schema: {
        summary:
          'Losses of a scope over a window: waterfall from calendar time to fully productive time, six big losses, Pareto of stops, micro-stops, failures and defects',
        querystring: LossQuery,
        response: { 200: LossTree },
      },
    },
    async ({ query }) => {
      const { plant, scopes, figures, now } = parts();
      const scope = findScope(scopes, query.scope);
      const window = windowOf(query);
      const subjects = scope.assets.map(({ id }) => id);
      const entries = await figures.entriesIn(subjects, window);
      const losses = await lossesOf({ figures, plant }, scope, window, { now_ns: now(), entries });
      return lossView(losses, plant.plant, query.limit);
    },
  );
}
