import { type Batch, type GapReason, nsNow } from '@benchline/model';
import type { BatchDraft } from './port.ts';

/** From one instant to another, source time. */
export interface Stretch {
  from_ns: bigint;
  to_ns: bigint;
}

/** Names a source of a machine. */
export function keyOf({ machine, source }: Pick<Batch, 'machine' | 'source'>): string {
  return `${machine}/${source}`;
}

/** From the first to the last instant that a batch speaks of. */
export function stretchOf(batch: Batch): Stretch | undefined {
  const claimed = claimOf(batch);
  const instants = batch.observations.map((observation) => observation.source_time_ns);
  if (claimed) instants.push(claimed.from_ns, claimed.to_ns);
  return over(instants);
}

/** The stretch of which a batch says whether its source was watched. */
export function claimOf({ observed, gaps }: Batch): Stretch | undefined {
  return over([
    ...(observed ? [observed.from_ns, observed.until_ns] : []),
    ...gaps.flatMap((gap) => [gap.from_ns, gap.to_ns]),
  ]);
}

/** A batch that says nothing but that a stretch of its source is lost. */
export function lossOf(
  { machine, source, mapping, marks }: Pick<Batch, 'machine' | 'source' | 'mapping' | 'marks'>,
  stretch: Stretch,
  reason: GapReason,
): BatchDraft {
  return {
    gateway_time_ns: nsNow(),
    machine,
    source,
    mapping,
    marks,
    observations: [],
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
