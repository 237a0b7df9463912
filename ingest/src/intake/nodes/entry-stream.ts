import type { Batch, Gap, GapReason, Nanoseconds, Observation, Value } from '@benchline/model';
import { Ordinals } from '@benchline/model/mapping';
import type { EntryPlan } from './config.ts';

/** As much as a gateway puts into one batch. */
const maxObservations = 4096;
/** A claim without anything new in it is worth a batch at most this often. */
const claimInterval_ns = 1_000_000_000n;

/** What one batch of an entry says; the virtual gateway adds the rest. */
export type Said = Pick<Batch, 'observations' | 'gaps' | 'observed'>;

interface Segment {
  observations: Observation[];
  gaps: Gap[];
  observed?: NonNullable<Batch['observed']>;
}

/**
 * What one device of another maker's node says of one machine, until it is sealed. Nothing was missed between two
 * messages whose numbers follow each other, so a claim reaches from message to message; where a number is missing, or
 * the node was gone, there is a gap instead.
 */
export class EntryStream {
  readonly plan: EntryPlan;
  observations = 0;
  readonly #ordinals = new Ordinals();
  #closed: Segment[] = [];
  #open: Segment = { observations: [], gaps: [] };
  /** End of what has been claimed, and of what can be; undefined while nobody watches. */
  #watch: { claimed: Nanoseconds; until: Nanoseconds } | undefined;
  /** Since when and why nobody watches. */
  #away: { from: Nanoseconds; reason: GapReason } | undefined;
  /** How far the ledger's claims reach. */
  #durable: Nanoseconds | undefined;

  constructor(plan: EntryPlan) {
    this.plan = plan;
  }

  /** Takes a value as the node gave it; undefined native for none. */
  take(signal: string, source_time_ns: Nanoseconds, native: Value | undefined, status: number): void {
    const mapped = this.plan.mapper.map({ signal, source_time_ns, native, status });
    const observation = mapped && this.#ordinals.place(mapped);
    if (!observation) return;
    this.observations += 1;
    this.#open.observations.push(observation);
  }

  /** A birth: from here on it is watched. */
  begin(at: Nanoseconds): void {
    this.end('source_restarted');
    if (this.#away && at > this.#away.from)
      this.#open.gaps.push({ from_ns: this.#away.from, to_ns: at, reason: this.#away.reason });
    this.#away = undefined;
    this.#watch = { claimed: at, until: at };
  }

  /** A message that followed the one before: nothing was missed up to then. */
  watched(until: Nanoseconds): void {
    if (this.#watch && until > this.#watch.until) this.#watch.until = until;
  }

  /** A message that did not follow the one before. */
  missed(to: Nanoseconds): void {
    if (!this.#watch) return;
    this.end('sequence_jump');
    this.begin(to);
  }

  /** Nobody watches any more. */
  end(reason: GapReason): void {
    if (!this.#watch) return;
    this.#away = { from: this.#watch.until, reason };
    this.#close();
    this.#watch = undefined;
  }

  /** What was said since the last time, in batches; claims alone only when they have grown by a second. */
  drain(): Said[] {
    const { observations, gaps } = this.#open;
    const grown = this.#watch ? this.#watch.until - this.#watch.claimed : 0n;
    if (observations.length + gaps.length > 0 || grown >= claimInterval_ns) this.#close();
    return this.#closed.splice(0).flatMap(split);
  }

  /** A batch with this claim is fsynced. */
  committed(until: Nanoseconds): void {
    if (this.#durable === undefined || until > this.#durable) this.#durable = until;
  }

  /** What was drained and is not fsynced is lost: a gap from what is. */
  lost(): void {
    const from = this.#durable ?? this.#watch?.claimed ?? this.#away?.from;
    this.#closed = [];
    this.#open = { observations: [], gaps: [] };
    this.#watch = undefined;
    this.#away = from === undefined ? undefined : { from, reason: 'queue_overflow' };
  }

  #close(): void {
    const segment = this.#open;
    if (this.#watch && this.#watch.until > this.#watch.claimed) {
      segment.observed = { from_ns: this.#watch.claimed, until_ns: this.#watch.until };
      this.#watch.claimed = this.#watch.until;
    }
    if (segment.observed || segment.observations.length + segment.gaps.length > 0) this.#closed.push(segment);
    this.#open = { observations: [], gaps: [] };
  }
}

/** A claim holds once all that was seen in it is there, so it goes with the last part. */
function split({ observations, gaps, observed }: Segment): Said[] {
  const parts: Said[] = [];
  for (let from = 0; observations.length - from > maxObservations; from += maxObservations)
    parts.push({ observations: observations.slice(from, from + maxObservations), gaps: [] });
  const rest = observations.slice(parts.length * maxObservations);
  parts.push({ observations: rest, gaps, ...(observed ? { observed } : {}) });
  return parts;
}
