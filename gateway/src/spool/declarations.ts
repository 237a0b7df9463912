import { type Batch, type GapReason, gapReasons, Slug } from '@benchline/model';
import { z } from 'zod';
import type { BatchDraft } from './port.ts';
import type { SourceStates } from './sources.ts';
import { isAfterthought, lossOf } from './stretch.ts';

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
  }),
);

interface Declaration {
  seq: number;
  batch: Pick<Batch, 'machine' | 'source' | 'mapping' | 'marks'>;
  from_ns: bigint;
  to_ns: bigint;
  reason: GapReason;
}

/**
 * The declarations of losses that no ledger has yet. What they speak of is nowhere else: should they be lost
 * themselves, they have to be made again.
 */
export class Declarations {
  #all: Declaration[] = [];

  /** Sequence number of the last; −1 when there is none. */
  get newest(): number {
    return this.#all.at(-1)?.seq ?? -1;
  }

  /** Takes note of a committed batch. */
  note(batch: Batch): void {
    for (const gap of batch.gaps) if (isAfterthought(gap)) this.#all.push({ seq: batch.seq, batch, ...gap });
  }

  /** What batches [from, to) declared, to be declared anew with the last words of then; it is forgotten here. */
  takeBack(from: number, to: number, states: SourceStates): BatchDraft[] {
    const lost = this.#all.filter(({ seq }) => seq >= from && seq < to);
    this.#all = this.#all.filter(({ seq }) => seq < from || seq >= to);
    return lost.map(({ batch, from_ns, to_ns, reason }) => {
      const stretch = { from_ns, to_ns };
      return lossOf(batch, stretch, reason, states.wordsIn(batch, stretch));
    });
  }

  /** Forgets what a ledger has. */
  prune(acked: number): void {
    this.#all = this.#all.filter(({ seq }) => seq > acked);
  }

  toJson(): z.input<typeof DeclarationsJson> {
    return this.#all.map(({ seq, batch: { machine, source, mapping }, from_ns, to_ns, reason }) => ({
      seq,
      machine,
      source,
      mapping,
      from_ns: from_ns.toString(),
      to_ns: to_ns.toString(),
      reason,
    }));
  }

  static fromJson(json: z.output<typeof DeclarationsJson>): Declarations {
    const declarations = new Declarations();
    declarations.#all = json.map(({ seq, machine, source, mapping, from_ns, to_ns, reason }) => ({
      seq,
      batch: { machine, source, mapping, marks: [] },
      from_ns: BigInt(from_ns),
      to_ns: BigInt(to_ns),
      reason,
    }));
    return declarations;
  }
}
