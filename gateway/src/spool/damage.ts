import type { Batch } from '@benchline/model';
import type { Journal } from '@benchline/store/journal';
import type { Marks } from './marks.ts';
import type { BatchDraft, ResumeState } from './port.ts';
import type { Hole, RecordReader } from './reader.ts';
import type { SourceStates } from './sources.ts';
import { claimOf, keyOf, type LostSource } from './stretch.ts';

const chunkBytes = 1024 * 1024;

export interface Around {
  journal: Pick<Journal, 'floor' | 'next'>;
  reader: RecordReader;
  marks: Marks;
  states: SourceStates;
  /** When the spool began: before that it held nothing. */
  since_ns: bigint;
}

interface Known {
  until_ns: bigint;
  batch: Pick<Batch, 'machine' | 'source' | 'mapping' | 'marks'> | undefined;
}

/**
 * Declares what batches said that do not read back. Nobody knows what that was, but claims of a source follow each
 * other without a hole: what lies between the last one before and the first one behind the damage is lost, but for the
 * words that are kept beside the records because nobody has said anything else since.
 */
export async function declareDamage(hole: Hole, around: Around): Promise<BatchDraft[]> {
  const before = await knownBefore(hole.from, around);
  const open = new Map<string, ResumeState>();
  for (const state of around.states.all())
    if (state.until_ns !== undefined && state.until_ns > (before.get(keyOf(state))?.until_ns ?? -1n))
      open.set(keyOf(state), state);
  const drafts: BatchDraft[] = [];
  const declare = (of: LostSource, to_ns: bigint) => {
    const from_ns = before.get(keyOf(of))?.until_ns ?? around.since_ns;
    if (to_ns > from_ns) drafts.push(around.states.lossOf(of, { from_ns, to_ns }, 'spool_damaged'));
  };
  for await (const batch of batchesFrom(hole.to, around)) {
    const claim = claimOf(batch);
    if (claim && open.delete(keyOf(batch))) declare(batch, claim.from_ns);
    if (open.size === 0) break;
  }
  // These said their last in the damage.
  for (const [key, { machine, source, until_ns }] of open) {
    if (until_ns !== undefined) declare(before.get(key)?.batch ?? { machine, source }, until_ns);
  }
  return drafts;
}

/** How far each source was known before a batch. */
export async function knownBefore(
  seq: number,
  around: Omit<Around, 'states' | 'since_ns'>,
): Promise<Map<string, Known>> {
  const mark = around.marks.before(seq);
  const known = new Map<string, Known>();
  for (const [key, until_ns] of mark?.until ?? []) known.set(key, { until_ns, batch: undefined });
  for await (const batch of batchesFrom(mark?.position ?? 0, around)) {
    if (batch.seq >= seq) break;
    const claim = claimOf(batch);
    const key = keyOf(batch);
    const until_ns = known.get(key)?.until_ns;
    if (claim && (until_ns === undefined || claim.to_ns > until_ns))
      known.set(key, { until_ns: claim.to_ns, batch });
  }
  return known;
}

async function* batchesFrom(
  first: number,
  { reader, journal }: Pick<Around, 'reader' | 'journal'>,
): AsyncGenerator<Batch> {
  const end = journal.next;
  for (let at = Math.max(first, journal.floor); at < end; ) {
    const { records, next } = await reader.read(at, chunkBytes);
    for (const { batch } of records) yield batch.content;
    at = next;
  }
}
