import { type Log, nsNow, secondsOf } from '@benchline/model';
import { Exposition, Health, type Samples } from '@benchline/model/health';
import type { StreamReaders } from '../api/event-stream.ts';
import type { AlarmWatch } from '../energy/alarm-watch.ts';
import { alarmStates } from '../energy/alarms.ts';
import type { Figures } from '../figures/figures.ts';
import type { Follower } from '../follower/follower.ts';
import type { FeedRecord } from '../follower/records.ts';
import type { Publisher } from '../revisions/publisher.ts';
import type { Revisions } from '../revisions/revisions.ts';
import { metricsInstruments } from './instruments.ts';
import type { LateCount } from './late.ts';
import { metricsStages, type StageParts } from './stages.ts';

export { LateCount } from './late.ts';

/** How the metrics service is, by stages and by measurements. */
export interface MetricsHealth {
  health: Health;
  exposition: Exposition<typeof metricsInstruments>;
}

export interface HealthParts extends StageParts {
  follower: Follower;
  figures: Figures;
  late: LateCount;
  publisher: Pick<Publisher, 'differing'>;
  revisions: Pick<Revisions, 'unpublished'>;
  alarms: Pick<AlarmWatch, 'standing'>;
  readers: Pick<StreamReaders, 'open' | 'refused' | 'coalesced' | 'dropped'>;
  /** Files beside the store that did not read back when they were opened. */
  spoilt: number;
}

/** Watches nothing until `health.start`. */
export function metricsHealth(
  parts: HealthParts,
  { patience_ms, log }: { patience_ms: number; log: Log },
): MetricsHealth {
  const health = new Health({ look: () => metricsStages(parts), patience_ms, log });
  return { health, exposition: new Exposition('metrics', metricsInstruments, () => samplesOf(parts)) };
}

/** Measures how long a batch took until it could be queried, which is now. */
export function observeQueryable(
  { exposition }: MetricsHealth,
  { content }: NonNullable<FeedRecord['batch']>,
  now_ns: bigint,
): void {
  const { observations, gateway_time_ns, marks } = content;
  const since = (at_ns: bigint) => Math.max(0, secondsOf(now_ns - at_ns));
  exposition.observe('gateway_to_queryable_seconds', since(gateway_time_ns), {});
  const last = marks.includes('simulated_clock') ? undefined : observations.at(-1);
  if (last) exposition.observe('source_to_queryable_seconds', since(last.source_time_ns), {});
}

/** Alarms that ask for nobody are not counted. */
const standingStates = alarmStates.filter((state) => state !== 'none');

function samplesOf(parts: HealthParts): Samples<typeof metricsInstruments> {
  const { follower, writer, figures, late, publisher, revisions, alarms, readers, spoilt } = parts;
  const { connected, caught_up, next, last_received_ns, reconnects, refused, records } = follower.status();
  const series = writer?.status();
  return {
    feed_connected: connected ? 1 : 0,
    feed_caught_up: caught_up ? 1 : 0,
    feed_next_offset: next,
    feed_last_received_age_seconds:
      last_received_ns === undefined ? undefined : Math.max(0, secondsOf(nsNow() - last_received_ns)),
    feed_reconnects_total: reconnects,
    records_total: records,
    refused_observations_total: refused,
    late_batches_total: late.count,
    figures_computed_total: figures.computed,
    published_differing: publisher.differing,
    unpublished_periods: revisions.unpublished,
    spoilt_files: spoilt,
    energy_alarms: standingStates.map((state) => [
      { state },
      alarms.standing().filter((alarm) => alarm.state === state).length,
    ]),
    stream_readers: readers.open,
    stream_refused_total: readers.refused,
    stream_coalesced_total: readers.coalesced,
    stream_dropped_total: readers.dropped,
    kpi_points_total: series?.points,
    kpi_failures_total: series?.failures,
    kpi_waiting_seconds: series && (series.waiting_s ?? 0),
  };
}
