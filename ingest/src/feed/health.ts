import { isoFromNs, nsFromMs } from '@benchline/model';

const patience_ms = 30_000;

/** Where each stage of the way stands, as far as standing still is concerned. */
export interface Stages {
  broker: { connected: boolean; since_ms: number };
  /** Since when nothing can be appended, or a record does not read back; undefined while all is well. */
  ledger: { since_ms: number } | undefined;
  /** How long the store has taken nothing although there was something; undefined without a store. */
  projection: { stalled_ms: number } | undefined;
}

export interface Stall {
  stage: keyof Stages;
  since: string;
}

/** Which stages have come to a stand: broker and store may be away for half a minute, the disk not at all. */
export function stalls({ broker, ledger, projection }: Stages, now_ms: number): Stall[] {
  const found: Stall[] = [];
  const add = (stage: Stall['stage'], since_ms: number) =>
    found.push({ stage, since: isoFromNs(nsFromMs(since_ms)) });
  if (!broker.connected && now_ms - broker.since_ms > patience_ms) add('broker', broker.since_ms);
  if (ledger) add('ledger', ledger.since_ms);
  if (projection && projection.stalled_ms > patience_ms) add('projection', now_ms - projection.stalled_ms);
  return found;
}
