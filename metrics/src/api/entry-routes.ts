import {
  BenchlineError,
  type Entry,
  EntryRequest,
  entryFromJson,
  isoFromNs,
  type PlantIndex,
  type Subject,
  subjectOf,
} from '@benchline/model';
import type { FastifyRequest } from 'fastify';
import { enter } from '../entries/enter.ts';
import { findScope } from '../figures/scopes.ts';
import { statedIn } from '../quality/entries.ts';
import { EnterQuery, EntriesQuery, EntryList, EntryMade } from './entry-schemas.ts';
import { type ApiServer, type PartsOf, readScope } from './parts.ts';

/** What people stated, and the way to state something. */
export function entryRoutes(app: ApiServer, parts: PartsOf): void {
  app.get(
    '/api/v1/entries',
    {
      config: readScope,
      schema: {
        summary: 'What people stated about a scope: who, when, why, and what superseded what',
        querystring: EntriesQuery,
        response: { 200: EntryList },
      },
    },
    async ({ query }) => {
      const stated = await statedIn(parts(), findScope(parts().scopes, query.scope));
      stated.sort((a, b) => compare(b.from_ns, a.from_ns) || compare(b.entered_ns, a.entered_ns));
      const successors = successorsOf(stated);
      const wanted = following(stated, query.after).filter((entry) => isWanted(entry, query, successors));
      const page = wanted.slice(0, query.limit);
      const last = query.limit < wanted.length ? page.at(-1) : undefined;
      return {
        entries: page.map((entry) => entryView(entry, successors.get(entry.id))),
        ...(last && { next: last.id }),
      };
    },
  );

  const scope = (request: FastifyRequest) => askedSubject(parts().plant, request.query)?.scope ?? '';
  app.post(
    '/api/v1/entries',
    {
      config: { action: 'enter', scope },
      schema: {
        summary: 'State something as the authenticated principal; in the ledger when the answer comes',
        querystring: EnterQuery,
        body: EntryRequest,
        response: { 200: EntryMade, 201: EntryMade },
      },
    },
    async ({ query, body, principal }, reply) => {
      const { plant, ingest } = parts();
      const subject = askedSubject(plant, query);
      if (!subject || !principal)
        throw new BenchlineError('not_found', `the plant has no '${query.subject}'`, {
          hint: 'take an id or a scope that /api/v1/plant lists',
        });
      const made = await enter(ingest, { subject: subject.name, author: principal.name, said: body });
      const entry = entryView(entryFromJson(made.entry), undefined);
      return reply.status(made.status === 201 ? 201 : 200).send({ offset: made.offset, entry });
    },
  );
}

function askedSubject(plant: PlantIndex, query: unknown): Subject | undefined {
  const { subject } = query as Record<string, unknown>;
  return typeof subject === 'string' ? subjectOf(plant, subject) : undefined;
}

/** What comes after the last entry of an earlier answer, be that one still wanted or superseded since. */
function following(stated: readonly Entry[], after: string | undefined): readonly Entry[] {
  if (after === undefined) return stated;
  const last = stated.findIndex(({ id }) => id === after);
  if (last >= 0) return stated.slice(last + 1);
  throw new BenchlineError('bad_request', `there is no entry ${after} to go on after`, {
    hint: 'take `next` of the answer before, to the same scope',
  });
}

/** The id of the entry that supersedes another one, by that one's id; of several the first that was entered. */
function successorsOf(entries: readonly Entry[]): Map<string, string> {
  const latestFirst = entries.toSorted((a, b) => compare(b.entered_ns, a.entered_ns));
  return new Map(latestFirst.flatMap(({ id, supersedes }) => (supersedes ? [[supersedes, id]] : [])));
}

function isWanted(
  { id, author, from_ns, to_ns = from_ns, statement }: Entry,
  query: ReturnType<typeof EntriesQuery.parse>,
  successors: ReadonlyMap<string, string>,
): boolean {
  return (
    (query.kind === undefined || statement.kind === query.kind) &&
    (query.author === undefined || author === query.author) &&
    (query.from === undefined || to_ns >= query.from) &&
    (query.to === undefined || from_ns <= query.to) &&
    (query.holding !== 'true' || (!successors.has(id) && statement.kind !== 'withdrawal'))
  );
}

function entryView({ entered_ns, from_ns, to_ns, ...entry }: Entry, superseded_by: string | undefined) {
  return {
    ...entry,
    entered: isoFromNs(entered_ns),
    from: isoFromNs(from_ns),
    ...(to_ns !== undefined && { to: isoFromNs(to_ns) }),
    ...(superseded_by !== undefined && { superseded_by }),
  };
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
