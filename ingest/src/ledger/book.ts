import type { Damaged } from '@benchline/model';
import type { Head } from './chain.ts';
import { fillHole, type Hole, headOf, holesOf, type Run } from './runs.ts';
import { type Countable, countIn, type EntryMark, emptySummary, runOf, type Summary } from './summary.ts';

/** The newest batch of a gateway in the ledger, and where it stands. */
export interface DurableHead extends Head {
  offset: number;
}

interface GatewayState {
  head: DurableHead;
  /** Of the head's epoch, in order. */
  holes: Hole[];
}

/**
 * What the segments of a ledger hold, oldest first: where a gateway's batches and days stand, how far its chain
 * reaches, and what of it is missing.
 */
export class Book {
  #summaries: Summary[];
  #gateways = new Map<string, GatewayState>();
  /** Holes of epochs that are over: nobody can fill them. */
  #ended: (Hole & { gateway: string })[] = [];
  #plant: Summary['plant'];
  #retired: Summary['retired'];

  constructor(summaries: readonly Summary[]) {
    this.#summaries = [...summaries];
    this.#work();
  }

  get summaries(): readonly Summary[] {
    return this.#summaries;
  }

  get gateways(): readonly string[] {
    return [...this.#gateways.keys()];
  }

  /** The last plant file recorded. */
  get plant(): Summary['plant'] {
    return this.#plant;
  }

  /** Every entry that is held, oldest first. */
  *entries(): Generator<EntryMark> {
    for (const { entries } of this.#summaries) yield* entries ?? [];
  }

  /** The last publication. */
  get publication(): Summary['publication'] {
    return this.#summaries.findLast(({ publication }) => publication)?.publication;
  }

  /** What the retention last deleted. */
  get retired(): Summary['retired'] {
    return this.#retired;
  }

  head(gateway: string): DurableHead | undefined {
    return this.#gateways.get(gateway)?.head;
  }

  holes(gateway: string): readonly Hole[] {
    return this.#gateways.get(gateway)?.holes ?? [];
  }

  /** The newest batch of a gateway without a hole before it. */
  sound(gateway: string): Head | undefined {
    const [hole] = this.holes(gateway);
    return hole ? { epoch: hole.epoch, seq: hole.from_seq - 1, digest: hole.before } : this.head(gateway);
  }

  /** What damage has taken for good, until a loss record says so. */
  get ended(): readonly (Hole & { gateway: string })[] {
    return this.#ended;
  }

  /** Counts a record in that was appended behind all others. */
  append(record: Countable, offset: number, received_ns: bigint): void {
    let newest = this.#summaries.at(-1);
    if (!newest) this.#summaries.push((newest = emptySummary(offset)));
    countIn(newest, record, offset, received_ns);
    this.#step(record, offset);
  }

  /** The newest segment is full: `bytes` is its size, and records go on in another one. */
  seal(bytes: number): Summary | undefined {
    const full = this.#summaries.at(-1);
    if (!full || full.end === full.first) return undefined;
    full.bytes = bytes;
    this.#summaries.push(emptySummary(full.end));
    return full;
  }

  /** A segment was looked through again. */
  replace(summary: Summary): void {
    this.#summaries = this.#summaries.map((old) => (old.first === summary.first ? summary : old));
    this.#work();
  }

  /** The retention has deleted segments. */
  forget(below: number): void {
    this.#summaries = this.#summaries.filter(({ end, first }) => end > below || first === end);
  }

  /** Damage that no record speaks of yet. */
  undeclared(): Damaged[] {
    const declared = this.#summaries.flatMap(({ damaged }) => damaged);
    const missing = this.#summaries.flatMap((summary) => summary.missing);
    return declared
      .reduce((left, { from_offset, to_offset }) => {
        return left.flatMap(({ from, to }) =>
          [
            { from, to: Math.min(to, from_offset) },
            { from: Math.max(from, to_offset), to },
          ].filter((rest) => rest.from < rest.to),
        );
      }, missing)
      .map(({ from, to }) => ({ from_offset: from, to_offset: to }));
  }

  /** Where the chains of all gateways stood behind the records below an offset at which a segment begins. */
  headsBelow(offset: number): Record<string, Head> {
    const heads: Record<string, Head> = { ...this.#retired?.gateways };
    for (const summary of this.#summaries.filter(({ end }) => end <= offset))
      for (const [gateway, { runs }] of Object.entries(summary.gateways)) {
        const head = headOf(runs, heads[gateway]);
        if (head) heads[gateway] = { epoch: head.epoch, seq: head.seq, digest: head.digest };
      }
    return heads;
  }

  /** Offsets [from, to] of the runs that a batch may stand in. */
  places(gateway: string, { epoch, seq }: { epoch: string; seq: number }): { from: number; to: number }[] {
    return this.runs(gateway)
      .filter((run) => !run.lost && run.epoch === epoch && run.from_seq <= seq && seq <= run.to_seq)
      .map(({ from_offset, to_offset }) => ({ from: from_offset, to: to_offset }));
  }

  runs(gateway: string): readonly Run[] {
    return this.#summaries.flatMap((summary) => summary.gateways[gateway]?.runs ?? []);
  }

  #step(record: Countable, offset: number): void {
    if (record.kind === 'plant') this.#plant = { digest: record.digest, offset };
    if (record.kind === 'retired') this.#retired = this.#summaries.at(-1)?.retired;
    const step = runOf(record, offset);
    if (!step) return;
    const { gateway, run } = step;
    const state = this.#gateways.get(gateway);
    const head = { epoch: run.epoch, seq: run.to_seq, digest: run.digest, offset };
    if (!state || run.epoch > state.head.epoch) {
      this.#ended.push(...(state?.holes ?? []).map((hole) => ({ gateway, ...hole })));
      this.#gateways.set(gateway, { head, holes: [] });
    } else if (run.epoch < state.head.epoch)
      this.#ended = this.#ended.flatMap((hole) =>
        hole.gateway === gateway ? fillHole(hole, run).map((rest) => ({ gateway, ...rest })) : [hole],
      );
    else if (run.to_seq > state.head.seq) state.head = head;
    else state.holes = state.holes.flatMap((hole) => fillHole(hole, run));
  }

  #work(): void {
    this.#plant = this.#summaries.findLast(({ plant }) => plant)?.plant;
    this.#retired = this.#summaries.findLast(({ retired }) => retired)?.retired;
    const bases = this.#retired?.gateways ?? {};
    const names = new Set([
      ...Object.keys(bases),
      ...this.#summaries.flatMap((s) => Object.keys(s.gateways)),
    ]);
    this.#gateways = new Map();
    this.#ended = [];
    for (const gateway of names) {
      const runs = this.runs(gateway);
      const base = bases[gateway];
      const head = headOf(runs, base);
      if (!head) continue;
      this.#gateways.set(gateway, { head, holes: holesOf(runs, head.epoch, base) });
      for (const epoch of new Set(runs.map((run) => run.epoch)))
        if (epoch !== head.epoch)
          this.#ended.push(...holesOf(runs, epoch, base).map((hole) => ({ gateway, ...hole })));
    }
  }
}
