import type { Hello, Loss } from '@benchline/model';
import { Chain, type Head } from '../ledger/chain.ts';
import type { Hole } from '../ledger/runs.ts';
import { Holes } from './holes.ts';

/** What a lane needs to know of a batch whose signature has been verified. */
export interface Arrival {
  epoch: string;
  seq: number;
  prev: string;
  digest: string;
}

export type EpochRefusal = 'older_epoch' | 'epoch_ahead';

export type Decision =
  /** Belongs into the ledger next, after these losses. */
  | { kind: 'accept'; losses: readonly Loss[] }
  /** The ledger has it. */
  | { kind: 'duplicate' }
  /** Another history than the ledger's under the same number: somebody signed two. */
  | { kind: 'fork' }
  /** Batches before it are missing; the gateway has to send them first. */
  | { kind: 'hole' }
  /** Too far back to be recognised from memory: the ledger has to be asked. */
  | { kind: 'old' }
  | { kind: 'refused'; reason: EpochRefusal };

/** An epoch begins with milliseconds of the gateway's clock; a day of error is let pass. */
const epochTolerance_ms = 86_400_000;

/**
 * Decides, for one gateway, what becomes of each batch. No I/O and no clock, so that any order, repetition and
 * loss of deliveries can be played through. Batches enter the ledger in the order of their numbers, each once,
 * each chained to the one before; whatever arrives otherwise is told apart here and has to be sent again.
 *
 * Its view runs ahead of the disk: a batch counts from when it was accepted, while acknowledgements speak of
 * what is fsynced.
 */
export class GatewayLane {
  readonly gateway: string;
  readonly #chain: Chain;
  #epoch: string;
  /** The lowest number of the epoch that the gateway can still send, by its word. */
  #floor = 0;
  /** One above the highest number of the epoch that the gateway has signed for. */
  #offered = 0;
  #endedEpochs: Loss[] = [];
  #holes: Holes;

  /** @param holes what damage has cost the ledger of the chain's epoch. */
  constructor(gateway: string, chain: Chain = new Chain(), holes: readonly Hole[] = []) {
    this.gateway = gateway;
    this.#chain = chain;
    this.#holes = new Holes(holes);
    this.#epoch = chain.head?.epoch ?? '';
  }

  /** The newest accepted batch. */
  get head(): Head | undefined {
    return this.#chain.head;
  }

  /** Damage was found in what the ledger held. */
  lost(holes: readonly Hole[]): void {
    this.#holes.renew(holes.filter(({ epoch }) => epoch === this.#epoch));
  }

  /** @param now_ms ingest's clock, against epochs from the future: one of those would shut out all that follow. */
  hello(
    hello: Pick<Hello, 'epoch' | 'floor_seq' | 'next_seq'>,
    now_ms: number,
  ): { kind: 'noted'; losses: readonly Loss[] } | { kind: 'refused'; reason: EpochRefusal } {
    const reason = this.#enter(hello.epoch, now_ms);
    if (reason) return { kind: 'refused', reason };
    // Hellos may come late or twice, and a floor only ever rises.
    this.#floor = Math.max(this.#floor, hello.floor_seq);
    this.#offered = Math.max(this.#offered, hello.next_seq);
    const { epoch, floor_seq } = hello;
    const { gateway } = this;
    const gone = this.#holes.giveUp(floor_seq, now_ms);
    return {
      kind: 'noted',
      losses: gone.map((range) => ({ gateway, epoch, ...range, reason: 'not_retained' })),
    };
  }

  batch(arrival: Arrival, now_ms: number): Decision {
    const reason = this.#enter(arrival.epoch, now_ms);
    if (reason) return { kind: 'refused', reason };
    this.#offered = Math.max(this.#offered, arrival.seq + 1);
    const expected = this.#expected();
    if (arrival.seq < expected) return this.#compare(arrival);
    if (arrival.seq > expected && arrival.seq !== this.#floor) return { kind: 'hole' };
    if (arrival.seq === expected && !this.#continues(arrival)) return { kind: 'fork' };
    return { kind: 'accept', losses: this.#take(arrival, expected) };
  }

  /** What may be acknowledged, given what is fsynced; undefined for a gateway that has said nothing yet. */
  acknowledgement(durable: Head | undefined): Head | undefined {
    if (this.#epoch === '') return undefined;
    return durable?.epoch === this.#epoch ? durable : { epoch: this.#epoch, seq: -1, digest: '' };
  }

  #enter(epoch: string, now_ms: number): EpochRefusal | undefined {
    if (epoch < this.#epoch) return 'older_epoch';
    if (epoch === this.#epoch) return undefined;
    if (Number.parseInt(epoch, 16) > now_ms + epochTolerance_ms) return 'epoch_ahead';
    const from_seq = this.#expected();
    if (this.#offered > from_seq)
      this.#endedEpochs.push({
        gateway: this.gateway,
        epoch: this.#epoch,
        from_seq,
        to_seq: this.#offered - 1,
        reason: 'epoch_ended',
      });
    this.#epoch = epoch;
    this.#floor = 0;
    this.#offered = 0;
    this.#holes = new Holes([]);
    return undefined;
  }

  #expected(): number {
    return this.#chain.head?.epoch === this.#epoch ? this.#chain.head.seq + 1 : 0;
  }

  #compare(arrival: Arrival): Decision {
    const fate = this.#holes.take(arrival);
    if (fate === 'fills') return { kind: 'accept', losses: [] };
    if (fate) return { kind: fate === 'fork' ? 'fork' : 'hole' };
    const known = this.#chain.digestOf(arrival.seq);
    if (known === undefined) return { kind: 'old' };
    return { kind: known === arrival.digest ? 'duplicate' : 'fork' };
  }

  #continues(arrival: Arrival): boolean {
    if (arrival.seq === 0) return arrival.prev === '';
    const digest = this.#chain.head?.digest;
    return digest === '' || arrival.prev === digest;
  }

  #take(arrival: Arrival, expected: number): readonly Loss[] {
    const losses = this.#endedEpochs;
    this.#endedEpochs = [];
    const { epoch, seq, digest } = arrival;
    if (seq > expected)
      losses.push({
        gateway: this.gateway,
        epoch,
        from_seq: expected,
        to_seq: seq - 1,
        reason: 'not_retained',
      });
    this.#chain.extend({ epoch, seq, digest });
    return losses;
  }
}
