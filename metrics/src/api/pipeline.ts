import { type Asset, isoFromNs, type Nanoseconds, nsPerHour, secondsOf } from '@benchline/model';
import type { Health } from '@benchline/model/health';
import type { TelemetryStore } from '@benchline/store';
import type { z } from 'zod';
import type { FeedAccess } from '../follower/feed.ts';
import type { Follower } from '../follower/follower.ts';
import { type IngestView, ingestView, type ToldGateway, type ToldStage } from './ingest-view.ts';
import type { Pipeline } from './pipeline-schema.ts';
import { gapView } from './views.ts';

export interface PipelineParts {
  kind: 'embedded' | 'influx';
  store: Pick<TelemetryStore, 'gaps'>;
  assets: Iterable<Asset>;
  follower: Follower;
  feed: FeedAccess;
  health: Pick<Health, 'report'>;
}

type View = z.output<typeof Pipeline>;

const recently: Nanoseconds = nsPerHour;
/** A gateway says something every few seconds; one that is silent for so long stands still. */
const silent_s = 20;
const hesitating_s = 10;

/** How the way of the data fares: what this service sees of it, and what ingest and the gateways say of themselves. */
export async function pipelineView(parts: PipelineParts, now_ns: Nanoseconds): Promise<View> {
  const { connected, next, reconnects, refused, last_received_ns } = parts.follower.status();
  const lag = parts.follower.lag(now_ns);
  const window = { from_ns: now_ns - recently, to_ns: now_ns };
  const [ingest, ...perAsset] = await Promise.all([
    ingestView(parts.feed),
    ...[...parts.assets].map(({ id }) => parts.store.gaps({ machine: id, ...window })),
  ]);
  const gaps = perAsset.flat();
  return {
    at: isoFromNs(now_ns),
    store: parts.kind,
    feed: {
      connected,
      next_offset: next,
      ...(last_received_ns !== undefined && {
        last_received: isoFromNs(last_received_ns),
        lag_s: secondsOf(now_ns - last_received_ns),
      }),
      reconnects,
      refused,
    },
    latency: { source_to_queryable: lag.source, gateway_to_queryable: lag.gateway },
    stages: [
      ...gatewaysOf(ingest).flatMap(([id, gateway]) => gatewayStages(id, gateway, ingest)),
      ...ingest.stages.map((stage) => ({ service: 'ingest' as const, ...shown(stage) })),
      ...parts.health.report().map((stage) => ({ service: 'metrics' as const, ...shown(stage) })),
    ],
    gateways: gatewaysOf(ingest).map(([id, gateway]) => gatewayView(id, gateway)),
    losses: {
      gaps: countBy(gaps.map(({ reason }) => reason)),
      lost_batches: gatewaysOf(ingest).reduce((sum, [, { lost_batches }]) => sum + lost_batches, 0),
      quarantined: ingest.status?.quarantine?.seen ?? null,
    },
    ingest: ingest.status ?? null,
    gaps: gaps.map(gapView),
  };
}

/** Those that may write; the ledger remembers others, too. */
function gatewaysOf({ status }: IngestView): [string, ToldGateway][] {
  return Object.entries(status?.gateways ?? {}).filter(([, { trusted }]) => trusted);
}

/** That it is heard; and its own stages, unless what it said of them is old. */
function gatewayStages(id: string, gateway: ToldGateway, { status }: IngestView): View['stages'] {
  // Ages by ingest's own clock: another computer's may differ.
  const now_ms = Date.parse(status?.at ?? '');
  const silence_s = gateway.last_received === undefined ? undefined : ageOf(gateway.last_received, now_ms);
  const heard = stateOfSilence(silence_s);
  const said = gateway.said;
  const own = said && heard === 'working' && ageOf(said.at, now_ms) < silent_s ? said.stages : [];
  const place = { service: 'gateway' as const, gateway: id };
  return [
    {
      ...place,
      stage: 'gateway' as const,
      state: heard,
      standing_s: heard === 'working' ? 0 : (silence_s ?? 0),
    },
    ...own.map((stage) => ({ ...place, ...shown(stage) })),
  ];
}

function stateOfSilence(silence_s: number | undefined): 'working' | 'waiting' | 'stalled' {
  if (silence_s === undefined || silence_s > silent_s) return 'stalled';
  return silence_s > hesitating_s ? 'waiting' : 'working';
}

function gatewayView(
  id: string,
  { online, last_received, alarms, said }: ToldGateway,
): View['gateways'][number] {
  return {
    id,
    online,
    ...(last_received === undefined ? {} : { last_received }),
    ...(said && {
      said_at: said.at,
      unacked_batches: said.spool.unacked_batches,
      ...(said.spool.oldest_unacked_s === undefined ? {} : { oldest_unacked_s: said.spool.oldest_unacked_s }),
      ...(said.spool.left_h === undefined ? {} : { buffer_left_h: said.spool.left_h }),
      lost: said.spool.lost,
    }),
    alarms: [...new Set([...alarms, ...(said?.alarms ?? [])])],
  };
}

function shown({ stage, subject, state, standing_s }: ToldStage) {
  return { stage, ...(subject === undefined ? {} : { subject }), state, standing_s };
}

function ageOf(instant: string, now_ms: number): number {
  return Math.max(0, now_ms - Date.parse(instant)) / 1000;
}

function countBy<K extends string>(items: readonly K[]): Partial<Record<K, number>> {
  const counts: Partial<Record<K, number>> = {};
  for (const item of items) counts[item] = (counts[item] ?? 0) + 1;
  return counts;
}
