import { type GatewayReport, isoFromNs, type Loss, nsFromMs } from '@benchline/model';
import type { DurableHead } from '../ledger/book.ts';
import { isDrifting, SourceClocks } from './clocks.ts';
import { EpochsHeard } from './epochs.ts';
import type { EpochRefusal } from './lane.ts';

export type Refusal =
  | EpochRefusal
  /** Sent at last, after the ledger has recorded its number as lost. */
  | 'recorded_as_lost'
  /** Too many questions to the ledger about old batches at once; it will be sent again. */
  | 'unchecked'
  /** Not looked at, since too much that came on its topics was bad and this did not continue its chain. */
  | 'throttled';

/** Reports come every few seconds. */
const saidFor_ms = 30_000;

/** What came of one gateway since the service started. Only for gateways whose signature has verified once. */
export class GatewayAccount {
  online = false;
  received_ms: number | undefined;
  /** How far its clock is ahead of ingest's, by its last hello. */
  clockOffset_s: number | undefined;
  /** How it is, as it says itself. */
  #said: { report: GatewayReport; received_ms: number } | undefined;
  hellos = 0;
  batches = 0;
  accepted = 0;
  observations = 0;
  duplicates = 0;
  forks = 0;
  holes = 0;
  losses = 0;
  lostBatches = 0;
  #heldBatches = 0;
  #heldObservations = 0;
  readonly clocks = new SourceClocks();
  readonly epochs = new EpochsHeard();
  readonly refused: Partial<Record<Refusal, number>> = {};

  /** Takes note of how it is, unless somebody plays an old report back; a clock that was set back is waited for. */
  say(report: GatewayReport, now_ms: number): void {
    const before = this.#said;
    const fresh = before && now_ms - before.received_ms < saidFor_ms;
    if (!fresh || report.at_ns > before.report.at_ns) this.#said = { report, received_ms: now_ms };
  }

  refuse(reason: Refusal): void {
    this.refused[reason] = (this.refused[reason] ?? 0) + 1;
  }

  lose(losses: readonly Loss[]): void {
    this.losses += losses.length;
    for (const { from_seq, to_seq } of losses) this.lostBatches += to_seq - from_seq + 1;
  }

  /** A batch was kept back from the stores. */
  held(observations: number): void {
    this.#heldBatches += 1;
    this.#heldObservations += observations;
  }

  report(head: DurableHead | undefined, series: { known: number; max: number }) {
    const sources = this.clocks.report();
    return {
      online: this.online,
      ...(head ? { epoch: head.epoch, seq: head.seq } : {}),
      ...(this.received_ms === undefined ? {} : { last_received: isoFromNs(nsFromMs(this.received_ms)) }),
      hellos: this.hellos,
      ...(this.#said ? { said: saidOf(this.#said.report, this.#said.received_ms) } : {}),
      batches: this.batches,
      accepted: this.accepted,
      observations: this.observations,
      duplicates: this.duplicates,
      holes: this.holes,
      forks: this.forks,
      refused: { ...this.refused },
      losses: this.losses,
      lost_batches: this.lostBatches,
      series: {
        ...series,
        held_batches: this.#heldBatches,
        held_observations: this.#heldObservations,
      },
      clock: {
        ...(this.clockOffset_s === undefined ? {} : { offset_s: this.clockOffset_s }),
        drifting: isDrifting(this.clockOffset_s),
      },
      /** The clock of each source, by machine/source. */
      sources,
      /** Every epoch heard since the start; more than one at a time are two gateways with one id. */
      epochs: this.epochs.report(),
      /** Somebody should look: two histories, a spool from the past, too many names. */
      alarms: [
        ...(this.forks > 0 ? ['fork'] : []),
        ...(['older_epoch', 'epoch_ahead'] as const).filter((reason) => this.refused[reason]),
        ...(this.#heldBatches > 0 ? ['series_budget'] : []),
      ],
      /** Worth a look, and nothing is lost: clocks that are more than a minute off, times that cannot be true. */
      warnings: [
        ...(isDrifting(this.clockOffset_s) ? ['gateway_clock'] : []),
        ...(Object.values(sources).some(({ drifting }) => drifting) ? ['source_clock'] : []),
        ...(Object.values(sources).some(({ insane }) => insane.before + insane.ahead > 0)
          ? ['source_time_insane']
          : []),
      ],
    };
  }
}

/** A report as it is shown. */
function saidOf({ stages, spool, alarms }: GatewayReport, received_ms: number) {
  return { at: isoFromNs(nsFromMs(received_ms)), stages, spool, alarms };
}
