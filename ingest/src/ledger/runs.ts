import { epochPattern } from '@benchline/model';
import { z } from 'zod';
import type { Head } from './chain.ts';

export const Run = z.strictObject({
  epoch: z.string().regex(epochPattern),
  from_seq: z.int().min(0),
  to_seq: z.int().min(0),
  /** The digest that the first one names as the one before it. */
  prev: z.string(),
  /** The digest of the last one. */
  digest: z.string(),
  from_offset: z.int().min(0),
  to_offset: z.int().min(0),
  /** Recorded as lost: nobody has them, and what comes next may name any digest before it. */
  lost: z.literal(true).optional(),
});
/** Batches of one epoch of a gateway with consecutive numbers, at rising offsets, each chained to the one before. */
export type Run = z.output<typeof Run>;

/** Batches that a ledger has held or should hold, and does not. */
export interface Hole {
  epoch: string;
  from_seq: number;
  to_seq: number;
  /** The digest of the batch before it; '' at an epoch's beginning, or where that batch is not known either. */
  before: string;
  /** The digest of its own last batch; '' where that is not known. */
  last: string;
}

/** Adds a batch or a loss behind the runs so far. */
export function extendRuns(runs: Run[], next: Run): void {
  const newest = runs.at(-1);
  const follows =
    newest &&
    !newest.lost &&
    !next.lost &&
    newest.epoch === next.epoch &&
    newest.to_seq + 1 === next.from_seq &&
    newest.digest === next.prev;
  if (!follows) runs.push(next);
  else {
    newest.to_seq = next.to_seq;
    newest.digest = next.digest;
    newest.to_offset = next.to_offset;
  }
}

/** The newest batch, or loss, of the newest epoch. */
export function headOf(
  runs: readonly Run[],
  base: Head | undefined,
): (Head & { offset: number }) | undefined {
  let head = base && { ...base, offset: -1 };
  for (const run of runs)
    if (!head || run.epoch > head.epoch || (run.epoch === head.epoch && run.to_seq > head.seq))
      head = { epoch: run.epoch, seq: run.to_seq, digest: run.digest, offset: run.to_offset };
  return head;
}

/**
 * What is missing below the newest batch of an epoch.
 * @param base the chain's end in what the retention has deleted: everything up to it counts as there.
 */
export function holesOf(runs: readonly Run[], epoch: string, base: Head | undefined): Hole[] {
  const holes: Hole[] = [];
  let next = base?.epoch === epoch ? base.seq + 1 : 0;
  let before = base?.epoch === epoch ? base.digest : '';
  const inOrder = runs.filter((run) => run.epoch === epoch).toSorted((a, b) => a.from_seq - b.from_seq);
  for (const run of inOrder) {
    if (run.from_seq > next)
      holes.push({ epoch, from_seq: next, to_seq: run.from_seq - 1, before, last: run.prev });
    if (run.to_seq < next) continue;
    next = run.to_seq + 1;
    before = run.digest;
  }
  return holes;
}

/** What is left of a hole once [from_seq, to_seq] of it are there. `digest` is that of `to_seq`. */
export function fillHole(
  hole: Hole,
  filled: Pick<Run, 'epoch' | 'from_seq' | 'to_seq' | 'prev' | 'digest'>,
): Hole[] {
  const { epoch, from_seq, to_seq } = filled;
  if (hole.epoch !== epoch || to_seq < hole.from_seq || from_seq > hole.to_seq) return [hole];
  const rest: Hole[] = [];
  if (from_seq > hole.from_seq) rest.push({ ...hole, to_seq: from_seq - 1, last: filled.prev });
  if (to_seq < hole.to_seq) rest.push({ ...hole, from_seq: to_seq + 1, before: filled.digest });
  return rest;
}
