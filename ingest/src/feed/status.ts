import { isoFromNs, nsFromMs } from '@benchline/model';
import type { Intake } from '../intake/intake.ts';
import type { Subscription } from '../intake/subscription.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Projection } from '../projection/projection.ts';
import type { Quarantine } from '../quarantine.ts';
import type { Readers } from './readers.ts';

export interface FeedParts {
  ledger: Ledger;
  intake: Intake;
  subscription: Subscription;
  projection: Projection | undefined;
  quarantine: Quarantine;
  readers: Readers;
  /** Feeds that are being read now, named or not. */
  open_feeds: Set<unknown>;
}

/** What `GET /status` answers. */
export type IngestStatus = ReturnType<typeof ingestStatus>;

/** What `GET /status` answers: everything as it is now, counters since the start. */
export function ingestStatus({ ledger, intake, subscription, projection, quarantine, readers }: FeedParts) {
  const { connected, since_ms, connects, oversized } = subscription.status();
  const failing = intake.failing;
  return {
    at: isoFromNs(nsFromMs(Date.now())),
    ledger: {
      id: ledger.id,
      next: ledger.next,
      bytes: ledger.bytes,
      floor: ledger.floor,
      cut_bytes: ledger.recovery.cut_bytes,
      /** Records that do not read back; what they held is asked for again. */
      damaged_records: ledger.damagedRecords,
      ...(failing ? { failing: failing.reason } : {}),
      /** Readers that gave a name, and what they have still to read. */
      readers: readers.status(),
    },
    broker: { connected, since: isoFromNs(nsFromMs(since_ms)), connects, oversized },
    ...intake.status(),
    projection: projection?.status() ?? null,
    quarantine: quarantine.status(),
    /** Observations that the store refused for what they contain, since the projection began. */
    quarantined_observations: projection?.quarantinedObservations ?? 0,
  };
}
