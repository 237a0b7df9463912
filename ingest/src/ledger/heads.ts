import type { Loss } from '@benchline/model';
import { Chain, type Head, recentBatches } from './chain.ts';
import type { Checkpoint } from './checkpoint.ts';

/** The newest batch of a gateway in the ledger, and where it stands. */
export interface DurableHead extends Head {
  /** Where the first record of the head's epoch stands. */
  epoch_offset: number;
  offset: number;
}

/** As much of a ledger record as the chain heads depend on; drafts and lines read back both have it. */
export type Countable =
  | {
      kind: 'batch';
      batch: { digest: string; content: { gateway: string; epoch: string; seq: number } };
    }
  | { kind: 'loss'; loss: Pick<Loss, 'gateway' | 'epoch' | 'to_seq'> }
  | { kind: 'plant'; digest: string }
  | { kind: 'entry' };

/** What the records of a ledger come to: the head of every gateway's chain and the plant file in force. */
export class LedgerHeads {
  readonly byGateway: Map<string, DurableHead>;
  plantDigest: string | undefined;

  constructor(checkpoint?: Pick<Checkpoint, 'heads' | 'plant_digest'>) {
    this.byGateway = new Map(Object.entries(checkpoint?.heads ?? {}));
    this.plantDigest = checkpoint?.plant_digest;
  }

  /** Counts a record in. Records have to come in their order. */
  apply(record: Countable, offset: number): void {
    if (record.kind === 'plant') this.plantDigest = record.digest;
    const step = stepOf(record);
    if (!step) return;
    const { gateway, ...head } = step;
    const before = this.byGateway.get(gateway);
    const epoch_offset = before?.epoch === head.epoch ? before.epoch_offset : offset;
    this.byGateway.set(gateway, { ...head, epoch_offset, offset });
  }
}

/** Collects the digests of the last batches, so that re-sent ones are recognised at once after a restart. */
export class RecentDigests {
  readonly #byGateway = new Map<string, { epoch: string; digests: [seq: number, digest: string][] }>();

  apply(record: Countable): void {
    const step = stepOf(record);
    if (!step || record.kind !== 'batch') return;
    const { gateway, epoch, seq, digest } = step;
    let recent = this.#byGateway.get(gateway);
    if (recent?.epoch !== epoch) {
      recent = { epoch, digests: [] };
      this.#byGateway.set(gateway, recent);
    }
    recent.digests.push([seq, digest]);
  }

  /** The chain of a gateway whose newest batch is `head`. */
  chain(gateway: string, head: Head): Chain {
    const recent = this.#byGateway.get(gateway);
    const { epoch, seq, digest } = head;
    return new Chain(
      { epoch, seq, digest },
      recent?.epoch === epoch ? recent.digests.slice(-recentBatches) : [],
    );
  }
}

function stepOf(record: Countable): ({ gateway: string } & Head) | undefined {
  if (record.kind === 'batch') {
    const { content, digest } = record.batch;
    return { gateway: content.gateway, epoch: content.epoch, seq: content.seq, digest };
  }
  if (record.kind !== 'loss') return undefined;
  return { gateway: record.loss.gateway, epoch: record.loss.epoch, seq: record.loss.to_seq, digest: '' };
}
