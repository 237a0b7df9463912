import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  type Batch,
  batchDigest,
  batchSigningInput,
  type Observation,
  type SignedBatch,
  signedBatchToJson,
} from '@benchline/model';

/** What a test says of a machine; the rest of a batch is filled in. */
export type Said = Pick<Batch, 'machine'> &
  Partial<Pick<Batch, 'source' | 'observed' | 'gaps' | 'marks'>> & {
    observations: readonly Observation[];
  };

const key: KeyObject = generateKeyPairSync('ed25519').privateKey;

/** Batches of one gateway, numbered, chained and signed as a gateway does. */
export class BatchMaker {
  #seq = 0;
  #prev = '';

  make(said: Said): SignedBatch {
    const content: Batch = {
      v: 1,
      gateway: 'edge',
      epoch: '0123456789ab-01234567',
      seq: this.#seq,
      prev: this.#prev,
      gateway_time_ns: BigInt(Date.now()) * 1_000_000n,
      source: 'controller',
      mapping: 'a'.repeat(64),
      marks: [],
      gaps: [],
      ...said,
    };
    const digest = batchDigest(content);
    this.#seq += 1;
    this.#prev = digest;
    const signature = sign(null, Buffer.from(batchSigningInput(digest)), key).toString('base64');
    return { content, digest, key_id: '0123456789abcdef', signature };
  }
}

/** A line of the ledger's feed. */
export function ledgerLine(offset: number, batch: SignedBatch): string {
  const received_ns = (BigInt(Date.now()) * 1_000_000n).toString();
  return JSON.stringify({ offset, received_ns, kind: 'batch', batch: signedBatchToJson(batch) });
}
