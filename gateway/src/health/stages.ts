import type { Look } from '@benchline/model/health';
import type { Backlog } from '../backlog.ts';
import type { StatusParts } from '../status.ts';

/** A broker that is restarted is back sooner. */
const brokerPatience_ms = 10_000;

export type StageParts = Pick<StatusParts, 'sources' | 'spool' | 'publisher' | 'committer'> & {
  backlog: Pick<Backlog, 'count'>;
};

/** The stages of a gateway as they are now: each source, the spool, the broker, and the ledger's word. */
export function gatewayStages({ sources, spool, publisher, committer, backlog }: StageParts): Look[] {
  const { epoch, next, acked } = spool;
  return [
    ...sources.map(sourceStage),
    {
      stage: 'spool',
      ok: backlog.count === 0,
      progress: committer.counters.commits,
      reason: `${backlog.count} observations wait for the disk`,
    },
    {
      stage: 'broker',
      ok: publisher.status().connected,
      patience_ms: brokerPatience_ms,
      reason: 'the broker does not let it in',
    },
    {
      stage: 'acknowledgement',
      ok: next - 1 <= acked,
      progress: `${epoch} ${acked}`,
      reason: `no ledger acknowledges batches from ${acked + 1} on; ${next - 1 - acked} wait in the spool`,
    },
  ];
}

function sourceStage({ id, source }: StageParts['sources'][number]): Look {
  const { state, problem } = source.status();
  return {
    stage: 'source',
    subject: id,
    ok: state === 'running',
    reason: problem ?? (state === 'stalled' ? 'it is silent' : 'it cannot be reached'),
  };
}
