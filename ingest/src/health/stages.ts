import type { Look } from '@benchline/model/health';
import type { FeedParts } from '../feed/status.ts';

/** A broker that is restarted is back sooner. */
const brokerPatience_ms = 10_000;
/** A store that is so far behind shows the past, not the present. */
const behind_s = 30;

type StageParts = Pick<FeedParts, 'ledger' | 'intake' | 'subscription' | 'projection'>;

/** The stages of an ingest as they are now: the broker, the ledger, and the projection into the store. */
export function ingestStages({ ledger, intake, subscription, projection }: StageParts): Look[] {
  const failing = intake.failing;
  return [
    {
      stage: 'broker',
      ok: subscription.status().connected,
      patience_ms: brokerPatience_ms,
      reason: 'no messages can come from the broker',
    },
    {
      stage: 'ledger',
      ok: failing === undefined && !intake.busy,
      // A disk that refuses is told at once; one that takes its time may.
      ...(failing ? { patience_ms: 0 } : { progress: ledger.next }),
      reason: failing?.reason ?? 'the disk does not finish writing',
    },
    ...(projection ? [projectionStage(ledger, projection)] : []),
  ];
}

function projectionStage(
  ledger: StageParts['ledger'],
  projection: NonNullable<StageParts['projection']>,
): Look {
  const { next, lag_s, reason } = projection.status();
  return {
    stage: 'projection',
    ok: next >= ledger.next,
    progress: next,
    behind: (lag_s ?? 0) > behind_s,
    reason: reason ?? 'the store does not answer',
  };
}
