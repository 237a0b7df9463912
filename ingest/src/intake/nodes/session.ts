import { fitsInt64, type Nanoseconds, nsFromMs, nsPerMillisecond } from '@benchline/model';
import type { Metric, SparkplugPayload, SparkplugTopic } from '@benchline/model/sparkplug';
import { Births, type Declared } from './births.ts';
import type { NodePlan } from './config.ts';
import { EntryStream } from './entry-stream.ts';
import { nativeOf, statusOf } from './native.ts';
import type { UnlistedMetrics } from './unlisted.ts';

/** More than any node declares; a birth has as many at most. */
const maxDeclared = 100_000;

const bdSeqMetric = 'bdSeq';
/** Metrics of the node itself that are no values (Sparkplug 3.0.0, 6.4.19, 6.5). */
export const isControl = (name: string | undefined) =>
  name === bdSeqMetric || name?.startsWith('Node Control/');

export type RebirthReason = 'not_born' | 'unknown_alias' | 'sequence_gap';

/**
 * Follows one edge node of another maker: its births, its numbers from 0 to 255, its death. No I/O and no clock. What
 * it says whether or not something was missed goes to the streams of its entries.
 */
export class NodeSession {
  readonly plan: NodePlan;
  readonly streams: readonly EntryStream[];
  readonly counters = {
    messages: 0,
    births: 0,
    deaths: 0,
    /** Deaths of a birth before the present one: a will that came late. */
    stale_deaths: 0,
    duplicates: 0,
    sequence_gaps: 0,
    not_born: 0,
    unknown_aliases: 0,
    unsupported_values: 0,
  };
  readonly #births = new Births(maxDeclared);
  readonly #unlisted: UnlistedMetrics;
  readonly #bornDevices = new Set<string>();
  #born: { bdSeq: number | undefined } | undefined;
  #last: { seq: number; timestamp_ms: number | undefined } | undefined;

  constructor(plan: NodePlan, unlisted: UnlistedMetrics) {
    this.plan = plan;
    this.#unlisted = unlisted;
    this.streams = plan.entries.map((entry) => new EntryStream(entry));
  }

  get online(): boolean {
    return this.#born !== undefined;
  }

  /** Takes a message; the reason why the node should send its births again, if it should. */
  take(at: SparkplugTopic, payload: SparkplugPayload, now_ms: number): RebirthReason | undefined {
    this.counters.messages += 1;
    const time = timeOf(payload.timestamp_ms) ?? nsFromMs(now_ms);
    switch (at.type) {
      case 'NBIRTH':
        return this.#nodeBorn(payload, time, now_ms);
      case 'NDEATH':
        return this.#nodeDied(payload);
      case 'DBIRTH':
      case 'DDATA':
      case 'DDEATH':
      case 'NDATA':
        return this.#numbered(at, payload, time, now_ms);
      default:
        // Commands are not for us.
        return undefined;
    }
  }

  /** Ingest cannot hear the node any more, or may have missed something. */
  disconnected(): void {
    this.#born = undefined;
    this.#last = undefined;
    this.#bornDevices.clear();
    for (const stream of this.streams) stream.end('source_disconnected');
  }

  #nodeBorn(payload: SparkplugPayload, time: Nanoseconds, now_ms: number): undefined {
    const bdSeq = payload.metrics.find(({ name }) => name === bdSeqMetric)?.value;
    this.counters.births += 1;
    this.#born = { bdSeq: bdSeq === undefined ? undefined : Number(bdSeq) };
    this.#births.node(payload.metrics);
    for (const stream of this.streams) stream.end('source_restarted');
    this.#bornDevices.clear();
    this.#last = { seq: payload.seq ?? 0, timestamp_ms: payload.timestamp_ms };
    for (const stream of this.#of(undefined)) stream.begin(time);
    this.#values(undefined, payload.metrics, time, now_ms);
  }

  #nodeDied({ metrics }: SparkplugPayload): undefined {
    const bdSeq = metrics.find(({ name }) => name === bdSeqMetric)?.value;
    const present = this.#born?.bdSeq;
    if (this.#born && bdSeq !== undefined && present !== undefined && Number(bdSeq) !== present) {
      this.counters.stale_deaths += 1;
      return;
    }
    this.counters.deaths += 1;
    this.disconnected();
  }

  #numbered(
    { type, device }: SparkplugTopic,
    payload: SparkplugPayload,
    time: Nanoseconds,
    now_ms: number,
  ): RebirthReason | undefined {
    if (!this.#born || !this.#last) {
      this.counters.not_born += 1;
      // Names are worth showing even where values cannot be taken.
      for (const metric of payload.metrics) this.#note(device, metric, undefined, now_ms);
      return 'not_born';
    }
    const order = this.#follow(payload, time);
    if (order === 'duplicate') return undefined;
    const rebirth = order === 'gap' ? 'sequence_gap' : undefined;
    if (type === 'DDEATH') this.#deviceDied(device);
    else if (type === 'DBIRTH') this.#deviceBorn(device, payload, time, now_ms);
    else if (device !== undefined && !this.#bornDevices.has(device)) {
      this.counters.not_born += 1;
      return 'not_born';
    } else return this.#values(device, payload.metrics, time, now_ms) ?? rebirth;
    return rebirth;
  }

  /** Compares a message's number with the one before it. */
  #follow(payload: SparkplugPayload, time: Nanoseconds): 'next' | 'gap' | 'duplicate' {
    const last = this.#last;
    const seq = payload.seq ?? 0;
    if (last && seq === last.seq && payload.timestamp_ms === last.timestamp_ms) {
      this.counters.duplicates += 1;
      return 'duplicate';
    }
    const follows = last !== undefined && seq === (last.seq + 1) % 256;
    this.#last = { seq, timestamp_ms: payload.timestamp_ms };
    for (const stream of this.streams)
      if (follows) stream.watched(time);
      else stream.missed(time);
    if (follows) return 'next';
    this.counters.sequence_gaps += 1;
    return 'gap';
  }

  #deviceBorn(
    device: string | undefined,
    { metrics }: SparkplugPayload,
    time: Nanoseconds,
    now_ms: number,
  ): void {
    if (device === undefined) return;
    this.counters.births += 1;
    this.#bornDevices.add(device);
    this.#births.device(device, metrics);
    for (const stream of this.#of(device)) stream.begin(time);
    this.#values(device, metrics, time, now_ms);
  }

  #deviceDied(device: string | undefined): void {
    this.counters.deaths += 1;
    if (device !== undefined) this.#bornDevices.delete(device);
    for (const stream of this.#of(device)) stream.end('source_disconnected');
  }

  #values(
    device: string | undefined,
    metrics: readonly Metric[],
    time: Nanoseconds,
    now_ms: number,
  ): RebirthReason | undefined {
    let rebirth: RebirthReason | undefined;
    for (const metric of metrics) {
      const declared = this.#births.find(device, metric);
      if (isControl(metric.name ?? declared?.name)) continue;
      if (!declared && metric.name === undefined) {
        this.counters.unknown_aliases += 1;
        rebirth = 'unknown_alias';
      }
      if (!this.#feed(device, metric, declared, time)) this.#note(device, metric, declared, now_ms);
    }
    return rebirth;
  }

  /** Whether some entry lists the metric. */
  #feed(
    device: string | undefined,
    metric: Metric,
    declared: Declared | undefined,
    time: Nanoseconds,
  ): boolean {
    const name = metric.name ?? declared?.name ?? '';
    let listed = false;
    for (const stream of this.#of(device)) {
      const signal = stream.plan.signals.get(name);
      if (signal === undefined) continue;
      listed = true;
      const native = nativeOf(declared?.datatype, metric);
      if (native === undefined && !metric.is_null) this.counters.unsupported_values += 1;
      stream.take(signal, timeOf(metric.timestamp_ms) ?? time, native, statusOf(metric));
    }
    return listed;
  }

  #note(device: string | undefined, metric: Metric, declared: Declared | undefined, now_ms: number): void {
    if (isControl(metric.name)) return;
    const { group, node } = this.plan;
    const place = device === undefined ? `${group}/${node}` : `${group}/${node}/${device}`;
    this.#unlisted.note(place, metric, declared, now_ms);
  }

  #of(device: string | undefined): EntryStream[] {
    return this.streams.filter(({ plan }) => plan.device === device);
  }
}

/** Undefined for a time outside int64, which no store can hold. */
function timeOf(ms: number | undefined): Nanoseconds | undefined {
  if (ms === undefined || !Number.isSafeInteger(ms)) return undefined;
  const ns = BigInt(ms) * nsPerMillisecond;
  return fitsInt64(ns) ? ns : undefined;
}
