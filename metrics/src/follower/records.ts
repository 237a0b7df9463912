import {
  type Entry,
  entryFromJson,
  nanosecondsJson,
  observationsOf,
  type PlacedBatch,
  Publication,
  placeBatch,
  signedBatchFromJson,
} from '@benchline/model';
import type { StoreWrite } from '@benchline/store';
import { z } from 'zod';

/** A record of the ledger as far as figures need it. */
export interface FeedRecord {
  offset: number;
  received_ns: bigint;
  /** The line that it was read from. */
  line: string;
  /** Absent for records that carry no observations (plant versions, losses) or that are held back. */
  batch?: { content: PlacedBatch };
  entry?: Entry;
  publication?: Publication;
}

// The rest of a record is checked by its own schema once its kind is known.
const Envelope = z.looseObject({
  offset: z.int().min(0),
  received_ns: nanosecondsJson,
  kind: z.enum(['batch', 'entry', 'plant', 'loss', 'damaged', 'retired', 'resubmission', 'publication']),
  batch: z.unknown().optional(),
  entry: z.unknown().optional(),
  publication: z.unknown().optional(),
  resubmission: z.object({ batch: z.unknown() }).optional(),
  held: z.string().optional(),
});

/** Reads one line of the feed. @throws SyntaxError or ZodError when it is no record. */
export function recordFromLine(line: string): FeedRecord {
  const { offset, received_ns, ...said } = Envelope.parse(JSON.parse(line));
  const { batch: sent, entry, publication, resubmission, held } = said;
  if (entry !== undefined) return { offset, received_ns, line, entry: entryFromJson(entry) };
  if (publication !== undefined)
    return { offset, received_ns, line, publication: Publication.parse(publication) };
  const batch = resubmission ? resubmission.batch : sent;
  if (batch === undefined || held !== undefined) return { offset, received_ns, line };
  return {
    offset,
    received_ns,
    line,
    batch: { content: placeBatch(signedBatchFromJson(batch).content, received_ns) },
  };
}

/** What a store keeps of some records. */
export function writeOf(records: readonly FeedRecord[]): StoreWrite {
  const batches = records.flatMap(({ batch }) => batch?.content ?? []);
  return {
    observations: batches.flatMap((batch) => [...observationsOf(batch)]),
    observed: batches.flatMap(({ machine, source, observed }) =>
      observed ? [{ machine, source, ...observed }] : [],
    ),
    gaps: batches.flatMap(({ machine, source, gaps }) => gaps.map((gap) => ({ ...gap, machine, source }))),
    entries: records.flatMap(({ entry }) => entry ?? []),
  };
}

/** A machine, and the stretch of source time of which a batch tells something new. */
export interface News {
  machine: string;
  source: string;
  from_ns: bigint;
  to_ns: bigint;
}

/** What a batch touches; undefined when it says nothing of any time. */
export function newsOf({ content }: { content: PlacedBatch }): News | undefined {
  const { machine, source, observations, gaps, observed } = content;
  let from_ns: bigint | undefined;
  let to_ns: bigint | undefined;
  const take = (at: bigint) => {
    if (from_ns === undefined || at < from_ns) from_ns = at;
    if (to_ns === undefined || at > to_ns) to_ns = at;
  };
  for (const o of observations) take(o.source_time_ns);
  for (const gap of gaps) {
    take(gap.from_ns);
    take(gap.to_ns);
  }
  if (observed) {
    take(observed.from_ns);
    take(observed.until_ns);
  }
  return from_ns === undefined || to_ns === undefined ? undefined : { machine, source, from_ns, to_ns };
}
