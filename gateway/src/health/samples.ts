import { nsNow, secondsOf } from '@benchline/model';
import type { Samples } from '@benchline/model/health';
import type { RunningSource, StatusParts } from '../status.ts';
import type { gatewayInstruments } from './instruments.ts';
import type { StageParts } from './stages.ts';
import type { Tally } from './tally.ts';

export type SampleParts = StatusParts & StageParts & { tally: Tally };

/** What `GET /metrics` of a gateway shows now. */
export function gatewaySamples(parts: SampleParts): Samples<typeof gatewayInstruments> {
  return { ...sourceSamples(parts), ...spoolSamples(parts), ...wireSamples(parts) };
}

function sourceSamples({ sources, tally, committer, backlog }: SampleParts) {
  const bySource = <T>(value: (source: RunningSource) => T) =>
    sources.map((running) => [{ source: running.id }, value(running)] as const);
  const sum = (pick: (stream: RunningSource['streams'][number]) => number) =>
    bySource(({ streams }) => streams.reduce((total, stream) => total + pick(stream), 0));
  const { commits, retries, refused_batches } = committer.counters;
  return {
    source_connected: bySource(({ source }) => (source.status().connected ? 1 : 0)),
    source_last_message_age_seconds: bySource(({ source }) => ageOf(source.status().last_message_ms)),
    source_observed_until_age_seconds: sources.flatMap(watchedAges),
    source_sampling_interval_seconds: bySource(samplingInterval),
    observations_total: tally.observations().map(([source, count]) => [{ source }, count] as const),
    observations_repeated_total: sum(({ counters }) => counters.repeats),
    observations_bad_total: sum(({ counters }) => counters.bad),
    values_refused_total: sum(({ mapper }) => mapper.refused),
    batches_refused_total: refused_batches,
    gaps_total: tally.gaps().map(({ source, reason, count }) => [{ source, reason }, count] as const),
    backlog_observations: backlog.count,
    commits_total: commits,
    commit_retries_total: retries,
  };
}

function watchedAges({ id, simulated_clock, streams }: RunningSource) {
  if (simulated_clock) return [];
  const now_ns = nsNow();
  return streams.map(
    ({ machine, until_ns }) =>
      [{ source: id, machine }, until_ns === undefined ? undefined : secondsOf(now_ns - until_ns)] as const,
  );
}

function samplingInterval({ source }: RunningSource): number | undefined {
  const interval_ms = source.status().details['revised_sampling_interval_ms'];
  return typeof interval_ms === 'number' ? interval_ms / 1000 : undefined;
}

function ageOf(at_ms: number | undefined): number | undefined {
  return at_ms === undefined ? undefined : Math.max(0, Date.now() - at_ms) / 1000;
}

function spoolSamples({ spool }: SampleParts) {
  const status = spool.status();
  const { next, acked, floor, lost, buffer_left_h } = status;
  return {
    spool_bytes: status.bytes,
    spool_limit_bytes: status.max_bytes,
    spool_disk_free_bytes: status.free_bytes,
    spool_unacknowledged_bytes: status.unacked_bytes,
    spool_unacknowledged_batches: next - 1 - Math.max(acked, floor - 1),
    spool_oldest_unacknowledged_age_seconds: ageOf(status.oldest_unacked_ms) ?? 0,
    spool_left_seconds: buffer_left_h === undefined ? undefined : buffer_left_h * 3600,
    spool_refusing: status.refusing ? 1 : 0,
    spool_appended_bytes_total: status.appended_bytes,
    lost_batches_total: Object.entries(lost).map(([reason, count]) => [{ reason }, count] as const),
    spool_cut_bytes: status.cut_bytes,
    spool_renewals_total: status.renewals,
  };
}

function wireSamples({ publisher }: SampleParts) {
  const { connected, in_flight, alarms, acks_refused, counters } = publisher.status();
  return {
    broker_connected: connected ? 1 : 0,
    broker_connects_total: counters.connects,
    batches_sent_total: counters.batches_sent,
    batches_resent_total: counters.batches_resent,
    batches_in_flight: Math.max(0, in_flight),
    send_stalls_total: counters.stalls,
    send_rewinds_total: counters.rewinds,
    acknowledgements_total: counters.acks,
    acknowledgements_refused_total: Object.entries(acks_refused).map(
      ([reason, count]) => [{ reason }, count] as const,
    ),
    alarm: alarms.map((alarm) => [{ alarm }, 1] as const),
    commands_ignored_total: counters.commands_ignored,
  };
}
