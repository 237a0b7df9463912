import type { Samples } from '@benchline/model/health';
import { type FeedParts, ingestStatus } from '../feed/status.ts';
import type { ingestInstruments } from './instruments.ts';

type Status = ReturnType<typeof ingestStatus>;
type Gateway = Status['gateways'][string];

/** What `GET /metrics` of an ingest shows now. */
export function ingestSamples(parts: FeedParts): Samples<typeof ingestInstruments> {
  const status = ingestStatus(parts);
  return {
    ...gatewaySamples(Object.entries(status.gateways).filter(([, { trusted }]) => trusted)),
    ...nodeSamples(status.sparkplug.nodes),
    ...ledgerSamples(status),
    ...projectionSamples(status),
    broker_connected: status.broker.connected ? 1 : 0,
    broker_connects_total: status.broker.connects,
    messages_total: status.messages,
    throttled_messages_total: status.throttled,
    oversized_messages_total: status.broker.oversized,
    foreign_messages_total: sumOf(status.foreign),
    unmapped_observations_total: sumOf(status.unmapped),
    feed_readers: parts.open_feeds.size,
  };
}

function gatewaySamples(gateways: readonly [string, Gateway][]) {
  const each = <T>(value: (status: Gateway) => T) =>
    gateways.map(([gateway, status]) => [{ gateway }, value(status)] as const);
  const ones = <K extends string>(label: K, names: (status: Gateway) => readonly string[]) =>
    gateways.flatMap(([gateway, status]) =>
      names(status).map((name) => [{ gateway, [label]: name } as Record<K | 'gateway', string>, 1] as const),
    );
  return {
    gateway_online: each(({ online }) => (online ? 1 : 0)),
    gateway_last_received_age_seconds: each(({ last_received }) => ageOf(last_received)),
    gateway_clock_offset_seconds: each(({ clock }) => clock.offset_s),
    gateway_alarm: ones('alarm', ({ alarms }) => alarms),
    gateway_warning: ones('warning', ({ warnings }) => warnings),
    batches_total: gateways.flatMap(([gateway, status]) =>
      Object.entries(outcomesOf(status)).map(([outcome, count]) => [{ gateway, outcome }, count] as const),
    ),
    observations_total: each(({ observations }) => observations),
    held_observations_total: each(({ series }) => series.held_observations),
    lost_batches_total: each(({ lost_batches }) => lost_batches),
  };
}

function outcomesOf({ accepted, duplicates, holes, forks, refused }: Gateway): Record<string, number> {
  return { accepted, duplicate: duplicates, hole: holes, fork: forks, ...refused };
}

/** Edge nodes of other makers, by the virtual gateway that their data go under. */
function nodeSamples(nodes: Status['sparkplug']['nodes']) {
  const each = (value: (node: Status['sparkplug']['nodes'][number]) => number) =>
    nodes.map((node) => [{ node: node.gateway }, value(node)] as const);
  return {
    node_online: each(({ online }) => (online ? 1 : 0)),
    node_messages_total: each(({ messages }) => messages),
    node_sequence_gaps_total: each(({ sequence_gaps }) => sequence_gaps),
    node_rebirths_asked_total: each(({ rebirths_asked }) => rebirths_asked),
    node_unsupported_values_total: each(({ unsupported_values }) => unsupported_values),
  };
}

function ledgerSamples({ ledger, quarantine }: Status) {
  return {
    ledger_records: ledger.next,
    ledger_floor_records: ledger.floor,
    ledger_bytes: ledger.bytes,
    ledger_cut_bytes: ledger.cut_bytes,
    ledger_damaged_records: ledger.damaged_records,
    quarantined_total: Object.entries(quarantine.seen).map(([reason, count]) => [{ reason }, count] as const),
    quarantine_files: quarantine.files,
    quarantine_bytes: quarantine.bytes,
    quarantine_not_kept_total: quarantine.not_kept,
  };
}

function projectionSamples({ projection, quarantined_observations }: Status) {
  const code = projection?.code;
  return {
    projection_behind_records: projection?.behind,
    projection_lag_seconds: projection ? (projection.lag_s ?? 0) : undefined,
    projection_failing: code === undefined ? [] : [[{ code }, 1] as const],
    projection_retries_total: projection?.retries,
    projection_unmapped_points_total: projection?.unmapped_points,
    projection_expired_points_total: projection?.expired_points,
    projection_refused_observations_total: projection ? quarantined_observations : undefined,
  };
}

function ageOf(instant: string | undefined): number | undefined {
  return instant === undefined ? undefined : Math.max(0, Date.now() - Date.parse(instant)) / 1000;
}

function sumOf({ names, others }: { names: Record<string, number>; others: number }): number {
  return Object.values(names).reduce((sum, count) => sum + count, others);
}
