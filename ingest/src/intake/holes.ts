import { fillHole, type Hole } from '../ledger/runs.ts';

/**
 * A gateway says what it can no longer send in a hello; one that it said before it was asked for the hole does not
 * count, because it may then have left out what the ledger had.
 */
const answer_ms = 3000;

/** Where a batch stands in the chain of its gateway. */
type Place = Pick<Filled, 'epoch' | 'prev' | 'digest'> & { seq: number };
type Filled = Parameters<typeof fillHole>[1];

/**
 * Batches of a gateway's epoch that damage has cost the ledger. The gateway is asked for them by an acknowledgement
 * of what lies before the first; what it sends is let in, in order, although later batches are there already.
 */
export class Holes {
  #holes: readonly Hole[];
  /** What has been let in or given up; it may still be on its way to the disk. */
  readonly #filled: Filled[] = [];
  /** When the gateway first said hello while there was a hole. */
  #asked_ms: number | undefined;

  constructor(holes: readonly Hole[]) {
    this.#holes = holes;
  }

  /** More damage was found: `holes` are those of the records that are durable. */
  renew(holes: readonly Hole[]): void {
    this.#holes = this.#filled.reduce<readonly Hole[]>(
      (left, filled) => left.flatMap((hole) => fillHole(hole, filled)),
      holes,
    );
    this.#asked_ms = undefined;
  }

  /** What is to become of a batch; undefined when no hole concerns it. */
  take({ epoch, seq, prev, digest }: Place): 'fills' | 'fork' | 'later' | undefined {
    const hole = this.#holes.find(
      (each) => each.epoch === epoch && each.from_seq <= seq && seq <= each.to_seq,
    );
    if (!hole) return undefined;
    if (hole !== this.#holes[0] || seq !== hole.from_seq) return 'later';
    const follows = hole.before === '' && seq > 0 ? true : prev === hole.before;
    const fits = seq < hole.to_seq || hole.last === '' || hole.last === digest;
    if (!follows || !fits) return 'fork';
    this.#fill({ epoch, from_seq: seq, to_seq: seq, prev, digest });
    return 'fills';
  }

  /** Numbers below `floor` that the gateway can no longer send, first and last of each hole; they are holes no more. */
  giveUp(floor: number, now_ms: number): { from_seq: number; to_seq: number }[] {
    const [first] = this.#holes;
    if (!first) return [];
    this.#asked_ms ??= now_ms;
    if (now_ms - this.#asked_ms < answer_ms) return [];
    const gone: { from_seq: number; to_seq: number }[] = [];
    for (const { epoch, from_seq, to_seq } of this.#holes) {
      if (from_seq >= floor) break;
      const range = { from_seq, to_seq: Math.min(to_seq, floor - 1) };
      gone.push(range);
      this.#fill({ epoch, ...range, prev: '', digest: '' });
    }
    return gone;
  }

  #fill(filled: Filled): void {
    const newest = this.#filled.at(-1);
    if (newest && newest.epoch === filled.epoch && newest.to_seq + 1 === filled.from_seq) {
      newest.to_seq = filled.to_seq;
      newest.digest = filled.digest;
    } else this.#filled.push(filled);
    this.#holes = this.#holes.flatMap((hole) => fillHole(hole, filled));
  }
}
