import { type Batch, type Gap, type GapReason, nsNow, type Observation } from '@benchline/model';
import type { BatchDraft } from './port.ts';

/** From one instant to another, source time. */
export interface Stretch {
  from_ns: bigint;
  to_ns: bigint;
}

/** Of a source without any batch that reads back: nobody knows how it was mapped. */
const unknownMapping = '0'.repeat(64);

/** Names a source of a machine. */
export function keyOf({ machine, source }: Pick<Batch, 'machine' | 'source'>): string {
  return `${machine}/${source}`;
}

/** From the first to the last instant that a batch speaks of. */
export function stretchOf({ observed, gaps, observations }: Batch): Stretch | undefined {
  return over([
    ...(observed ? [observed.from_ns, observed.until_ns] : []),
    ...gaps.flatMap((gap) => [gap.from_ns, gap.to_ns]),
    ...observations.map((observation) => observation.source_time_ns),
  ]);
}

/** Whether a gap was declared by the spool, about a time before the source's last words. */
export function isAfterthought({ reason }: Gap): boolean {
  return reason === 'evicted' || reason === 'spool_damaged';
}

/** The stretch of which a source says whether it was watched, in its turn. */
export function claimOf({ observed, gaps }: Batch): Stretch | undefined {
  return over([
    ...(observed ? [observed.from_ns, observed.until_ns] : []),
    ...gaps.flatMap((gap) => (isAfterthought(gap) ? [] : [gap.from_ns, gap.to_ns])),
  ]);
}

/** A source of a machine, with what its batches have in common where any of them reads back. */
export type LostSource = Pick<Batch, 'machine' | 'source'> & Partial<Pick<Batch, 'mapping' | 'marks'>>;

/**
 * A batch that says that a stretch of its source is lost, and what is known of it nevertheless.
 * @param words what was said last in it: that holds beyond the stretch, until something else is said.
 */
export function lossOf(
  { machine, source, mapping = unknownMapping, marks = [] }: LostSource,
  stretch: Stretch,
  reason: GapReason,
  words: readonly Observation[],
): BatchDraft {
  return {
    gateway_time_ns: nsNow(),
    machine,
    source,
    mapping,
    marks,
    observations: [...words],
    gaps: [{ ...stretch, reason }],
  };
}

function over(instants: readonly bigint[]): Stretch | undefined {
  const [first] = instants;
  if (first === undefined) return undefined;
  const stretch = { from_ns: first, to_ns: first };
  for (const instant of instants) {
    if (instant < stretch.from_ns) stretch.from_ns = instant;
    if (instant > stretch.to_ns) stretch.to_ns = instant;
  }
  return stretch;
}
