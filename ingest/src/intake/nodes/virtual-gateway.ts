import { randomBytes } from 'node:crypto';
import { type Batch, canonicalBatch, nsNow, type SigningKey, signCanonical } from '@benchline/model';
import type { Head } from '../../ledger/chain.ts';
import type { Draft } from '../../ledger/record-line.ts';
import type { EntryPlan } from './config.ts';
import type { Said } from './entry-stream.ts';

/**
 * Numbers, chains and signs what was heard of a node that does none of this itself, so that in the ledger it is a
 * gateway like any other. The signature is the ledger's: it says what ingest heard, not who said it. Every start of
 * ingest is a new epoch, for a ledger that was brought back from a copy must not use a number twice.
 */
export class VirtualGateway {
  readonly id: string;
  readonly epoch = newEpoch();
  readonly #key: SigningKey;
  #next = 0;
  #prev = '';

  constructor(id: string, key: SigningKey) {
    this.id = id;
    this.#key = key;
  }

  get next(): number {
    return this.#next;
  }

  seal({ machine, source, mapper }: EntryPlan, said: Said): Draft & { kind: 'batch' } {
    const content: Batch = {
      v: 1,
      gateway: this.id,
      epoch: this.epoch,
      seq: this.#next,
      prev: this.#prev,
      gateway_time_ns: nsNow(),
      machine,
      source,
      mapping: mapper.digest,
      marks: ['unsigned_third_party'],
      ...said,
    };
    const canonical = canonicalBatch(content);
    const batch = signCanonical(content, canonical, this.#key);
    this.#next += 1;
    this.#prev = batch.digest;
    return { kind: 'batch', canonical, batch };
  }

  /** Goes on behind what the ledger has. */
  rewind(head: Head | undefined): void {
    const ours = head?.epoch === this.epoch ? head : undefined;
    this.#next = ours ? ours.seq + 1 : 0;
    this.#prev = ours?.digest ?? '';
  }
}

function newEpoch(): string {
  return `${Date.now().toString(16).padStart(12, '0')}-${randomBytes(4).toString('hex')}`;
}
