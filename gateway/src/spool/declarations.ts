import { type Batch, type GapReason, gapReasons, Slug } from '@benchline/model';
import { z } from 'zod';
import type { BatchDraft } from './port.ts';
import type { SourceStates } from './sources.ts';
import { isAfterthought } from './stretch.ts';

const nanoseconds = z.string().regex(/^-?\d+$/);

export const DeclarationsJson = z.array(
  z.strictObject({
    seq: z.int().min(0),
    machine: Slug,
    source: Slug,
    mapping: z.string(),
    from_ns: nanoseconds,
    to_ns: nanoseconds,
    reason: z.enum(gapReasons),
    /** Not declared: a ledger has what does not read back here. `seq` is where it would stand. */
    held: z.literal(true).optional(),
  }),
);

interface Declaration {
  seq: number;
  batch: Pick<Batch, 'machine' | 'source' | 'mapping' | 'marks'>;
  from_ns: bigint;
  to_ns: bigint;
  reason: GapReason;
  held?: true;
}

/**
 * The declarations of losses that no ledger has yet. What they speak of is nowhere else: should they be lost
 * themselves, they have to be made again.
 */
export class Declarations {
  #all: Declaration[] = [];

  /** Sequence number of the last; −1 when there is none. */
  get newest(): number {
    return this.#all.findLast(({ held }) => !held)?.seq ?? -1;
  }

  /** Takes note of a committed batch. */
  note(batch: Batch): void {
    for (const gap of batch.gaps) if (isAfterthought(gap)) this.#all.push({ seq: batch.seq, batch, ...gap });
  }

  /** Keeps losses that are to be declared only once no ledger has what was lost any more. */
  hold(seq: number, drafts: readonly BatchDraft[]): void {
    for (const batch of drafts)
      for (const gap of batch.gaps) this.#all.push({ seq, batch, ...gap, held: true });
  }

  /** Takes over what another epoch held back, of batches from `first` on, which begin at 0 here. */
  holdAlso(before: Declarations, first: number): void {
    for (const declaration of before.#all)
      if (declaration.held && declaration.seq >= first)
        this.#all.push({ ...declaration, seq: declaration.seq - first });
  }

  /** What was held back of batches behind `acked`, which a ledger has lost: it is nowhere now, and forgotten here. */
  release(acked: number, states: SourceStates): BatchDraft[] {
    const lost = ({ seq, held }: Declaration) => held && seq > acked;
    const released = this.#all.filter(lost);
    if (released.length > 0) this.#all = this.#all.filter((declaration) => !lost(declaration));
    return draftsOf(released, states);
  }

  /** What batches [from, to) declared, to be declared anew with the last words of then; it is forgotten here. */
  takeBack(from: number, to: number, states: SourceStates): BatchDraft[] {
    const among = ({ seq, held }: Declaration) => !held && seq >= from && seq < to;
    const lost = this.#all.filter(among);
    this.#all = this.#all.filter((declaration) => !among(declaration));
    return draftsOf(lost, states);
  }

  /** Forgets what a ledger has, and what was held back of batches that are all deleted. */
  prune(acked: number, floor: number): void {
    this.#all = this.#all.filter(({ seq, held }) => (held ? seq >= floor : seq > acked));
  }

  toJson(): z.input<typeof DeclarationsJson> {
    return this.#all.map(({ seq, batch: { machine, source, mapping }, from_ns, to_ns, reason, held }) => ({
      seq,
      machine,
      source,
      mapping,
      from_ns: from_ns.toString(),
      to_ns: to_ns.toString(),
      reason,
      ...(held && { held }),
    }));
  }

  static fromJson(json: z.output<typeof DeclarationsJson>): Declarations {
    const declarations = new Declarations();
    declarations.#all = json.map(({ seq, machine, source, mapping, from_ns, to_ns, reason, held }) => ({
      seq,
      batch: { machine, source, mapping, marks: [] },
      from_ns: BigInt(from_ns),
      to_ns: BigInt(to_ns),
      reason,
      ...(held && { held }),
    }));
    return declarations;
  }
}

function draftsOf(declarations: readonly Declaration[], states: SourceStates): BatchDraft[] {
  return declarations.map(({ batch, from_ns, to_ns, reason }) =>
    states.lossOf(batch, { from_ns, to_ns }, reason),
  );
}
