import { type Batch, type Gap, nsNow } from '@benchline/model';
import type { Journal } from '@benchline/store/journal';
import type { BatchDraft } from './port.ts';
import { decodeRecords } from './record.ts';

/** Counts what deleting segments loses, and keeps the declarations until they are committed. */
export class Evictions {
  /** Drafts still to be committed. */
  owed: BatchDraft[] = [];
  batches: number;
  /** Batches below this position have been counted and declared. */
  #declaredBelow = 0;

  constructor(batches: number) {
    this.batches = batches;
  }

  /** Notes what the deletion of a journal's oldest segment loses, given what is acknowledged. */
  async declareOldest(journal: Journal, acked: number): Promise<void> {
    const [oldest] = journal.segments;
    if (!oldest) return;
    const { end } = oldest;
    const first = Math.max(oldest.first, acked + 1, this.#declaredBelow);
    if (first >= end) return;
    const { records } = await journal.read(first, oldest.bytes);
    const lost = decodeRecords(records.filter(({ position }) => position < end));
    this.owed.push(...declareEvicted(lost.map(({ batch }) => batch.content)));
    this.#declaredBelow = end;
    this.batches += end - first;
  }

  /** Positions begin anew. */
  reset(): void {
    this.#declaredBelow = 0;
  }
}

/**
 * Declares batches as lost: for each machine and source one draft with a gap over everything that they said
 * something of. Nothing for batches that spoke of no time.
 */
function declareEvicted(batches: Iterable<Batch>): BatchDraft[] {
  const drafts = new Map<string, BatchDraft & { gaps: [Gap] }>();
  for (const batch of batches) {
    const stretch = stretchOf(batch);
    if (!stretch) continue;
    const { machine, source, mapping, marks } = batch;
    const key = `${machine}/${source}`;
    const before = drafts.get(key)?.gaps[0];
    const gap: Gap = {
      from_ns: before && before.from_ns < stretch.from_ns ? before.from_ns : stretch.from_ns,
      to_ns: before && before.to_ns > stretch.to_ns ? before.to_ns : stretch.to_ns,
      reason: 'evicted',
    };
    drafts.set(key, {
      gateway_time_ns: nsNow(),
      machine,
      source,
      mapping,
      marks,
      observations: [],
      gaps: [gap],
    });
  }
  return [...drafts.values()];
}

/** From the first to the last instant that a batch speaks of. */
function stretchOf({ observed, gaps, observations }: Batch): { from_ns: bigint; to_ns: bigint } | undefined {
  const instants = [
    ...(observed ? [observed.from_ns, observed.until_ns] : []),
    ...gaps.flatMap((gap) => [gap.from_ns, gap.to_ns]),
    ...observations.map((observation) => observation.source_time_ns),
  ];
  const [first] = instants;
  if (first === undefined) return undefined;
  let [from_ns, to_ns] = [first, first];
  for (const instant of instants) {
    if (instant < from_ns) from_ns = instant;
    if (instant > to_ns) to_ns = instant;
  }
  return { from_ns, to_ns };
}
