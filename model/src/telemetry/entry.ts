import { z } from 'zod';
import { isoInstant, nanosecondsJson } from '../time.ts';
import type { Json } from './canonical.ts';
import { Statement, type StatementKind } from './statement.ts';

/** The id of a machine or meter, or a scope path `enterprise[/site[/area[/line]]]`. */
const Subject = z
  .string()
  .max(400)
  .regex(
    /^[a-z0-9][a-z0-9-]{0,62}(\/[a-z0-9][a-z0-9-]{0,62}){0,4}$/,
    'the id of a machine or meter, or a scope path such as demo/ningbo',
  );

/** Time-ordered or random: clients may make it themselves so that a repeat is no second entry. */
const Id = z.uuid().toLowerCase();

/**
 * A statement by a person: never an edit of what was recorded, always an addition with author, reason and the time
 * it speaks of. Two that contradict each other: the one that was entered later holds.
 */
export const Entry = z.strictObject({
  id: Id,
  /** The authenticated principal. */
  author: z.string().min(1).max(200),
  /** The principal that passed it on for the author and vouched for them. */
  via: z.string().min(1).max(200).optional(),
  /** When it was taken in, by ingest's clock. */
  entered_ns: nanosecondsJson,
  reason: z.string().min(1).max(2000),
  subject: Subject,
  from_ns: nanosecondsJson,
  to_ns: nanosecondsJson.optional(),
  /** An entry about the same subject that no longer holds; it stays withdrawn whatever becomes of this one. */
  supersedes: Id.optional(),
  statement: Statement,
});
export type Entry = z.output<typeof Entry>;

/** As JSON: what the ledger and observation files hold. */
export function entryToJson({ entered_ns, from_ns, to_ns, ...entry }: Entry): Record<string, Json> {
  const json = {
    ...entry,
    entered_ns: `${entered_ns}`,
    from_ns: `${from_ns}`,
    ...(to_ns !== undefined && { to_ns: `${to_ns}` }),
  };
  // Only what is stated: keys without a value are none.
  return JSON.parse(JSON.stringify(json)) as Record<string, Json>;
}

/** @throws ZodError when it is no entry. */
export function entryFromJson(json: unknown): Entry {
  return Entry.parse(json);
}

/** What somebody asks to enter about a subject. Who they are, and when it is, is not theirs to say. */
export const EntryRequest = z
  .strictObject({
    id: Id.optional().describe('UUID; the same one again is no second entry'),
    reason: z.string().trim().min(1).max(2000).describe('Why it is entered, in words'),
    from: isoInstant.describe('The instant that it speaks of, or the start of the stretch'),
    to: isoInstant.optional().describe('End of the stretch'),
    supersedes: Id.optional().describe('Id of an entry about the same subject that holds no longer'),
    statement: Statement.describe('What is stated'),
  })
  .describe('A statement by a person');
export type EntryRequest = z.output<typeof EntryRequest>;

/** Header of a request by a principal that speaks for another one, whose name it carries percent-encoded. */
export const onBehalfOfHeader = 'benchline-on-behalf-of';

/** How the time of an entry is meant: an instant, a stretch with an end, or one that may go on. */
export const timeOfKind: Readonly<Record<StatementKind, 'instant' | 'stretch' | 'open'>> = {
  order: 'open',
  order_end: 'instant',
  stop_reason: 'stretch',
  state: 'stretch',
  count_correction: 'instant',
  reclassify: 'instant',
  scrap_cause: 'instant',
  register_exchange: 'instant',
  register_reading: 'instant',
  inspection: 'stretch',
  measurement: 'instant',
  declared_input: 'stretch',
  acknowledgement: 'instant',
  withdrawal: 'instant',
};

/** Entries that nothing supersedes, the order in which they are given being of no matter: by start, then as entered. */
export function holdingEntries(entries: readonly Entry[]): Entry[] {
  const gone = new Set(
    entries.flatMap(({ subject, supersedes }) => (supersedes ? `${subject} ${supersedes}` : [])),
  );
  const holding = entries.filter(
    ({ subject, id, statement }) => statement.kind !== 'withdrawal' && !gone.has(`${subject} ${id}`),
  );
  return entriesInOrder([...new Map(holding.map((entry) => [entry.id, entry])).values()]);
}

/** By start, then as entered. */
export function entriesInOrder(entries: readonly Entry[]): Entry[] {
  const compare = (a: bigint | string, b: bigint | string) => (a < b ? -1 : a > b ? 1 : 0);
  return entries.toSorted(
    (a, b) => compare(a.from_ns, b.from_ns) || compare(a.entered_ns, b.entered_ns) || compare(a.id, b.id),
  );
}
