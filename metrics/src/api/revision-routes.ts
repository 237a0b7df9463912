import { BenchlineError, type Entry, isoFromNs, type RevisionReason } from '@benchline/model';
import type { z } from 'zod';
import { findScope } from '../figures/scopes.ts';
import { statedIn } from '../quality/entries.ts';
import type { Revision } from '../revisions/book.ts';
import { type ApiServer, type PartsOf, readScope } from './parts.ts';
import { windowOf } from './query.ts';
import { RevisionList, RevisionsQuery } from './revision-schemas.ts';

/** Most revisions that one list answers with. */
const mostRevisions = 5000;

/** What was published when, and how and why it changed. */
export function revisionRoutes(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/revisions',
    {
      config: readScope,
      schema: {
        summary: 'Published revisions of the hours, shifts and days of a scope that begin in a window',
        querystring: RevisionsQuery,
        response: { 200: RevisionList },
      },
    },
    async ({ query }) => {
      const { scopes, revisions } = parts();
      const scope = findScope(scopes, query.scope);
      const all = revisions.history(scope.path, windowOf(query), query.grain, mostRevisions + 1);
      if (all.length > mostRevisions)
        throw new BenchlineError('bad_request', `there are more than ${mostRevisions} revisions`, {
          hint: 'ask for a shorter window, or for one grain',
        });
      const { kpi } = query;
      const wanted = all.filter(
        ({ revision, changes }) => kpi === undefined || revision === 1 || changes?.[kpi] !== undefined,
      );
      const entries = new Map((await statedIn(parts(), scope)).map((entry) => [entry.id, entry]));
      return {
        scope: scope.path,
        time_zone: scope.time_zone,
        revisions: wanted.map((revision) => revisionView(revision, entries)),
      };
    },
  );
}

function revisionView(
  r: Revision,
  entries: ReadonlyMap<string, Entry>,
): z.input<typeof RevisionList>['revisions'][number] {
  const { grain, revision, offset, basis, by, coverage, accounts, plant, formulas, more_reasons } = r;
  return {
    grain,
    from: isoFromNs(r.from_ns),
    to: isoFromNs(r.to_ns),
    revision,
    published: isoFromNs(r.received_ns),
    ...{ offset, basis, by, coverage, accounts, plant, formulas },
    why: (r.why ?? []).map((reason) => {
      const entry = reason.kind === 'entry' ? entries.get(reason.id) : undefined;
      const said = entry && { kind: entry.statement.kind, note: entry.reason };
      return { reason, by: authorOf(reason, by), ...(said && { said }) };
    }),
    more_reasons,
    changes: Object.entries(r.changes ?? {}).map(([kpi, change]) => ({ kpi, ...change })),
  };
}

/** Late data come from a source by way of a gateway; rules are those of the installation that published. */
function authorOf(reason: RevisionReason, publisher: string): string {
  if (reason.kind === 'entry') return reason.author;
  return reason.kind === 'late_data' ? `${reason.gateway}/${reason.source}` : publisher;
}
