import type { Look } from '@benchline/model/health';
import type { KpiWriter } from '../figures/kpi-writer.ts';
import type { Follower } from '../follower/follower.ts';

/** The writer takes its turn every 2 s, and may take a while for it. */
const turn_s = 5;

export interface StageParts {
  follower: Pick<Follower, 'status'>;
  /** Only where boards read the figures from a store. */
  writer: Pick<KpiWriter, 'status'> | undefined;
}

/** The stages of the metrics service as they are now: the feed, and the series that boards show. */
export function metricsStages({ follower, writer }: StageParts): Look[] {
  const { connected, next, pending, caught_up, complaint } = follower.status();
  const series = writer?.status();
  return [
    {
      stage: 'feed',
      ok: connected && !pending,
      progress: next,
      behind: !caught_up,
      reason: complaint ?? (connected ? 'what the feed brings is not taken in' : 'ingest does not answer'),
    },
    ...(series
      ? [
          {
            stage: 'kpi_series' as const,
            ok: (series.waiting_s ?? 0) < turn_s,
            progress: series.points,
            reason: series.complaint ?? 'the store does not answer',
          },
        ]
      : []),
  ];
}
