import { Slug, Statement, type StatementKind, timeOfKind } from '@benchline/model';
import { z } from 'zod';
import { Instant as AskedInstant } from './query.ts';
import { Instant } from './schemas.ts';

/** An entry as the API shows it. */
const EntryView = z
  .object({
    id: z.uuid(),
    author: z.string().describe('Who stated it: an authenticated principal'),
    via: z.string().optional().describe('The principal that passed it on and vouched for the author'),
    entered: Instant.describe('When it was taken in, by the clock of ingest'),
    reason: z.string(),
    subject: z.string().describe('Id of a machine or meter, or a scope path'),
    from: Instant.describe('The instant that it speaks of, or the start of the stretch'),
    to: Instant.optional(),
    supersedes: z.uuid().optional(),
    superseded_by: z.uuid().optional().describe('The entry because of which this one holds no longer'),
    statement: Statement,
  })
  .meta({ id: 'Entry' });

export const EntryList = z
  .object({
    entries: z.array(EntryView).describe('The latest first'),
    next: z.uuid().optional().describe('Where to go on: `after` of the next request; absent at the end'),
  })
  .meta({ id: 'EntryList' });

export const EntryMade = z
  .object({ offset: z.int().describe('Its place in the ledger'), entry: EntryView })
  .meta({ id: 'EntryMade' });

const kinds = Object.keys(timeOfKind) as [StatementKind, ...StatementKind[]];

export const EntriesQuery = z.strictObject({
  scope: z.string().min(1).max(400).describe('Entries about it and everything below'),
  from: AskedInstant.optional().describe('Only entries that speak of this instant or later ones'),
  to: AskedInstant.optional().describe('Only entries that speak of this instant or earlier ones'),
  kind: z.enum(kinds).optional(),
  author: z.string().max(200).optional(),
  holding: z.enum(['true', 'false']).optional().describe('true: only entries that nothing supersedes'),
  after: z.uuid().optional().describe('Id of the last entry of the page before'),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

export const EnterQuery = z.strictObject({
  subject: z.union([Slug, z.string().min(1).max(400)]).describe('Id of a machine or meter, or a scope path'),
});
