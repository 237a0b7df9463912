import { isoFromNs, nsFromMs } from '@benchline/model';
import type { Intake } from '../intake/intake.ts';
import type { Subscription } from '../intake/subscription.ts';
import type { Projection } from '../projection/projection.ts';

const patience_ms = 30_000;

export interface Stall {
  stage: 'broker' | 'ledger' | 'projection';
  since: string;
  reason: string;
}

/** Which stages of the way have come to a stand: a broker or store may be away for half a minute, a disk not at all. */
export function stalls(parts: {
  subscription: Subscription;
  intake: Intake;
  projection: Projection | undefined;
}): Stall[] {
  const now = Date.now();
  const found: Stall[] = [];
  const add = (stage: Stall['stage'], since_ms: number, reason: string) =>
    found.push({ stage, since: isoFromNs(nsFromMs(since_ms)), reason });
  const { connected, since_ms } = parts.subscription.status();
  if (!connected && now - since_ms > patience_ms) add('broker', since_ms, 'not connected to the broker');
  const { failing } = parts.intake;
  if (failing) add('ledger', failing.since_ms, failing.reason);
  const stalled_ms = parts.projection?.stalled_ms() ?? 0;
  if (stalled_ms > patience_ms)
    add('projection', now - stalled_ms, parts.projection?.status().reason ?? 'the store does not answer');
  return found;
}
