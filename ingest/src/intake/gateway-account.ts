import { isoFromNs, type Nanoseconds } from '@benchline/model';
import type { DurableHead } from '../ledger/heads.ts';
import type { EpochRefusal } from './lane.ts';

export type Refusal =
  | EpochRefusal
  /** Sent at last, after the ledger has recorded its number as lost. */
  | 'recorded_as_lost'
  /** Too many questions to the ledger about old batches at once; it will be sent again. */
  | 'unchecked';

/** What came of one gateway since the service started. Only for gateways whose signature has verified once. */
export class GatewayAccount {
  online = false;
  receivedNs: Nanoseconds | undefined;
  hellos = 0;
  batches = 0;
  accepted = 0;
  observations = 0;
  duplicates = 0;
  forks = 0;
  holes = 0;
  losses = 0;
  lostBatches = 0;
  readonly refused: Partial<Record<Refusal, number>> = {};

  refuse(reason: Refusal): void {
    this.refused[reason] = (this.refused[reason] ?? 0) + 1;
  }

  report(head: DurableHead | undefined) {
    return {
      online: this.online,
      ...(head ? { epoch: head.epoch, seq: head.seq } : {}),
      ...(this.receivedNs === undefined ? {} : { last_received: isoFromNs(this.receivedNs) }),
      hellos: this.hellos,
      batches: this.batches,
      accepted: this.accepted,
      observations: this.observations,
      duplicates: this.duplicates,
      holes: this.holes,
      forks: this.forks,
      refused: { ...this.refused },
      losses: this.losses,
      lost_batches: this.lostBatches,
      /** Somebody should look: two histories, or a spool from the past. */
      alarms: [
        ...(this.forks > 0 ? ['fork'] : []),
        ...(['older_epoch', 'epoch_ahead'] as const).filter((reason) => this.refused[reason]),
      ],
    };
  }
}
