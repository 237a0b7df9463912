import { z } from 'zod';

/** Where every source stood before one batch: how far, in source time, it was known whether it was watched. */
export interface Mark {
  /** Sequence number of the batch. */
  position: number;
  /** Nanoseconds by machine/source. */
  until: ReadonlyMap<string, bigint>;
}

export const MarksJson = z.array(
  z.strictObject({
    position: z.int().min(0),
    until: z.record(z.string(), z.string().regex(/^-?\d+$/)),
  }),
);

/** Marks of deleted segments that are kept, ever sparser: a ledger may come back that ends among them. */
const mostOfDeleted = 16;

/** A mark for the beginning of each segment, so that the loss of one has two ends. */
export class Marks {
  #marks: Mark[] = [];

  add(mark: Mark): void {
    this.#marks.push(mark);
  }

  /** The newest at or before a batch. */
  before(seq: number): Mark | undefined {
    return this.#marks.findLast(({ position }) => position <= seq);
  }

  /** Forgets most of what no batch from `floor` on needs. */
  prune(floor: number): void {
    const needed = this.#marks.findLastIndex(({ position }) => position <= floor);
    if (needed > mostOfDeleted)
      this.#marks = this.#marks.filter((_, index) => index >= needed || index % 2 === 0);
  }

  get all(): readonly Mark[] {
    return this.#marks;
  }

  /** @param next marks of batches that are gone say nothing. */
  restore(json: z.output<typeof MarksJson>, next: number): void {
    this.#marks = json
      .filter(({ position }) => position <= next)
      .map(({ position, until }) => ({
        position,
        until: new Map(Object.entries(until).map(([key, ns]) => [key, BigInt(ns)])),
      }));
  }
}

export function marksToJson(marks: readonly Mark[]): z.input<typeof MarksJson> {
  return marks.map(({ position, until }) => ({
    position,
    until: Object.fromEntries([...until].map(([key, ns]) => [key, ns.toString()])),
  }));
}
