import {
  BenchlineError,
  EntryRequest,
  entryToJson,
  onBehalfOfHeader,
  type PlantIndex,
  type Subject,
  subjectOf,
} from '@benchline/model';
import { authorize, type Door, type Principal } from '@benchline/model/door';
import type { Author, Entries } from './entries.ts';

/** What of a request says who asks, and about what. */
interface Asked {
  query: unknown;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  principal: Principal | undefined;
}

/** The way by which people state something: durable when the answer comes. */
export function entryRoutes(app: Door['app'], plant: PlantIndex, entries: Entries): void {
  const scope = (request: Asked) => askedSubject(plant, request)?.scope ?? '';
  app.post('/api/v1/entries', { config: { action: 'enter', scope } }, async (request, reply) => {
    const subject = askedSubject(plant, request);
    if (!subject)
      throw new BenchlineError('not_found', 'the plant has no such subject', {
        hint: 'say ?subject= with the id of a machine or meter, or a scope path, of the plant file',
      });
    const said = EntryRequest.parse(request.body);
    const { offset, entry, made } = await entries.add(subject, said, authorOf(request, subject));
    return reply.status(made ? 201 : 200).send({ offset, entry: entryToJson(entry) });
  });
}

function askedSubject(plant: PlantIndex, { query }: Pick<Asked, 'query'>): Subject | undefined {
  const { subject } = query as Record<string, unknown>;
  return typeof subject === 'string' ? subjectOf(plant, subject) : undefined;
}

/** The principal; or who a principal says that it is, if it may speak for others. */
function authorOf({ principal, headers }: Asked, { scope }: Subject): Author {
  const own = nameOf(principal);
  const header = headers[onBehalfOfHeader];
  if (header === undefined) return { author: own };
  if (!authorize(principal, 'speak_for', scope))
    throw new BenchlineError('not_authorized', `'${own}' may not speak for others`, {
      hint: 'grant it speak_for in the credentials file of ingest, or leave the header out',
    });
  const author = decoded(String(header));
  return author === own ? { author } : { author, via: own };
}

function nameOf(principal: Principal | undefined): string {
  if (principal) return principal.name;
  throw new BenchlineError('not_authorized', 'nobody knows who asks');
}

function decoded(header: string): string {
  try {
    const name = decodeURIComponent(header);
    if (name.length > 0 && name.length <= 200) return name;
  } catch {
    // Said below.
  }
  throw new BenchlineError('bad_request', `${onBehalfOfHeader} names nobody`, {
    hint: 'write the name percent-encoded',
  });
}
