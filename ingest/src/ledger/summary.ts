import { Damaged, epochPattern, type LedgerRecordJson, Slug } from '@benchline/model';
import { z } from 'zod';
import { extendRuns, Run } from './runs.ts';

const Head = z.strictObject({
  epoch: z.string().regex(epochPattern),
  seq: z.int().min(0),
  digest: z.string(),
});

const Counts = z.strictObject({ batches: z.int().min(0), observations: z.int().min(0) });

const EntryMark = z.strictObject({
  offset: z.int(),
  id: z.string(),
  subject: z.string(),
  entered_ns: z.string(),
  from_ns: z.string(),
  to_ns: z.string().optional(),
  supersedes: z.string().optional(),
  /** What of the subject it speaks of. */
  about: z.string(),
});
/** Where an entry stands, and what it speaks of. */
export type EntryMark = z.output<typeof EntryMark>;

export const Summary = z.strictObject({
  v: z.literal(1),
  /** Offsets [first, end) of its records. */
  first: z.int().min(0),
  end: z.int().min(0),
  bytes: z.int().min(0),
  /** When its first and last records were taken in. */
  received_from_ns: z.string().optional(),
  received_to_ns: z.string().optional(),
  /** Offsets [from, to) that did not read back when it was looked through. */
  missing: z.array(z.strictObject({ from: z.int(), to: z.int() })),
  kinds: z.record(z.string(), z.int()),
  plant: z.strictObject({ digest: z.string(), offset: z.int() }).optional(),
  /** Its entries, so that a repeat and a contradiction are seen without reading them. */
  entries: z.array(EntryMark).optional(),
  /** Its last publication. */
  publication: z.strictObject({ offset: z.int() }).optional(),
  retired: z
    .strictObject({ below_offset: z.int(), last_line: z.string(), gateways: z.record(Slug, Head) })
    .optional(),
  /** What its records say of damage elsewhere. */
  damaged: z.array(Damaged),
  gateways: z.record(
    Slug,
    z.strictObject({
      runs: z.array(Run),
      /** By the day, in UTC, on which they were taken in. */
      days: z.record(z.iso.date(), Counts),
    }),
  ),
});
/** What a segment holds, so that a gateway's day or a batch is found without reading the others. */
export type Summary = z.output<typeof Summary>;

/** As much of a record as a summary depends on; drafts and lines read back both have it. */
export type Countable =
  | {
      kind: 'batch';
      held?: string | undefined;
      batch: {
        digest: string;
        content: {
          gateway: string;
          epoch: string;
          seq: number;
          prev: string;
          observations: { length: number };
        };
      };
    }
  | { kind: 'loss'; loss: { gateway: string; epoch: string; from_seq: number; to_seq: number } }
  | { kind: 'plant'; digest: string }
  | { kind: 'damaged'; damaged: Damaged }
  | { kind: 'retired'; retired: NonNullable<Summary['retired']> }
  | { kind: 'entry'; entry: EntryJson }
  | { kind: 'resubmission' | 'publication' };

type EntryJson = Extract<LedgerRecordJson, { kind: 'entry' }>['entry'];

export function emptySummary(first: number): Summary {
  return { v: 1, first, end: first, bytes: 0, missing: [], kinds: {}, damaged: [], gateways: {} };
}

/** Counts a record into the summary of its segment. Records have to come in their order. */
export function countIn(
  summary: Summary,
  record: Countable,
  offset: number,
  received_ns: bigint | string,
): void {
  const received = received_ns.toString();
  summary.received_from_ns ??= received;
  summary.received_to_ns = received;
  summary.end = offset + 1;
  summary.kinds[record.kind] = (summary.kinds[record.kind] ?? 0) + 1;
  const run = runOf(record, offset);
  if (run) {
    const of = (summary.gateways[run.gateway] ??= { runs: [], days: {} });
    extendRuns(of.runs, run.run);
    if (record.kind !== 'batch') return;
    const held = record.held !== undefined;
    // No store has them.
    countDay(of.days, received, held ? 0 : record.batch.content.observations.length);
    if (held) summary.kinds['held'] = (summary.kinds['held'] ?? 0) + 1;
  } else if (record.kind === 'entry') (summary.entries ??= []).push(markOf(record.entry, offset));
  else if (record.kind === 'publication') summary.publication = { offset };
  else if (record.kind === 'plant') summary.plant = { digest: record.digest, offset };
  else if (record.kind === 'damaged') summary.damaged.push(record.damaged);
  else if (record.kind === 'retired') {
    const { below_offset, last_line, gateways } = record.retired;
    summary.retired = { below_offset, last_line, gateways };
  }
}

function markOf(entry: EntryJson, offset: number): EntryMark {
  const { id, subject, entered_ns, from_ns, to_ns, supersedes, statement } = entry;
  return {
    offset,
    id,
    subject,
    entered_ns,
    from_ns,
    ...(to_ns !== undefined && { to_ns }),
    ...(supersedes !== undefined && { supersedes }),
    about: aboutOf(statement),
  };
}

/** What entries of a kind are counted under: declared inputs each by themselves. */
export function aboutOf(statement: EntryJson['statement']): string {
  return statement.kind === 'declared_input' ? `${statement.kind} ${statement.input}` : statement.kind;
}

function countDay(
  days: Record<string, z.output<typeof Counts>>,
  received_ns: string,
  observations: number,
): void {
  const day = new Date(Number(received_ns.slice(0, -6))).toISOString().slice(0, 10);
  const counts = (days[day] ??= { batches: 0, observations: 0 });
  counts.batches += 1;
  counts.observations += observations;
}

/** The run that a batch or loss is by itself. */
export function runOf(record: Countable, offset: number): { gateway: string; run: Run } | undefined {
  if (record.kind === 'batch') {
    const { gateway, epoch, seq, prev } = record.batch.content;
    const { digest } = record.batch;
    const run = { epoch, from_seq: seq, to_seq: seq, prev, digest, from_offset: offset, to_offset: offset };
    return { gateway, run };
  }
  if (record.kind !== 'loss') return undefined;
  const { gateway, epoch, from_seq, to_seq } = record.loss;
  const where = { from_offset: offset, to_offset: offset };
  return { gateway, run: { epoch, from_seq, to_seq, prev: '', digest: '', ...where, lost: true } };
}
