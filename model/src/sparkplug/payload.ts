import { BenchlineError } from '../error.ts';
import {
  type Datatype,
  datatypeOf,
  datatypes,
  fromWireValue,
  type MetricValue,
  toWire64,
  toWireValue,
  uint64From,
} from './datatype.ts';
import { assertWithinLimits } from './limits.ts';
import {
  type DecodedMetric,
  type DecodedPayload,
  PayloadType,
  type Wire64,
  type WireMetric,
  type WirePayload,
} from './schema.ts';

/** A Sparkplug B payload. Times are whole milliseconds since 1970 (negative ones as two's complement). */
export interface SparkplugPayload {
  timestamp_ms?: number;
  /** 0 … 255; absent in NDEATH. */
  seq?: number;
  metrics: readonly Metric[];
}

/** One metric. A data set or template has its name and no value: their content is not carried here. */
export interface Metric {
  name?: string;
  alias?: bigint;
  timestamp_ms?: number;
  datatype?: Datatype;
  is_historical?: boolean;
  is_transient?: boolean;
  is_null?: boolean;
  value?: MetricValue;
  properties?: Readonly<Record<string, Property>>;
}

export interface Property {
  type: Datatype;
  value: MetricValue;
}

export function encodePayload(payload: SparkplugPayload): Uint8Array {
  const wire: WirePayload = { metrics: payload.metrics.map(toWireMetric) };
  if (payload.timestamp_ms !== undefined) wire.timestamp = toWireTime(payload.timestamp_ms);
  if (payload.seq !== undefined) wire.seq = toWire64(BigInt(payload.seq));
  return PayloadType.encode(wire).finish();
}

/** @throws BenchlineError `batch_malformed` for anything that is no payload within limits; nothing else. */
export function decodePayload(bytes: Uint8Array): SparkplugPayload {
  try {
    assertWithinLimits(bytes);
    const wire = PayloadType.decode(bytes) as unknown as DecodedPayload;
    const payload: SparkplugPayload = { metrics: wire.metrics.map(fromWireMetric) };
    if (has(wire, 'timestamp')) payload.timestamp_ms = timeFrom(wire.timestamp);
    if (has(wire, 'seq')) payload.seq = Number(uint64From(wire.seq));
    return payload;
  } catch (cause) {
    if (cause instanceof BenchlineError) throw cause;
    throw new BenchlineError('batch_malformed', 'not a Sparkplug B payload', { cause });
  }
}

function toWireMetric(metric: Metric): WireMetric {
  const wire: WireMetric = {};
  if (metric.name !== undefined) wire.name = metric.name;
  if (metric.alias !== undefined) wire.alias = toWire64(metric.alias);
  if (metric.timestamp_ms !== undefined) wire.timestamp = toWireTime(metric.timestamp_ms);
  if (metric.datatype !== undefined) wire.datatype = datatypes[metric.datatype];
  if (metric.is_historical) wire.is_historical = true;
  if (metric.is_transient) wire.is_transient = true;
  if (metric.is_null) wire.is_null = true;
  else if (metric.value !== undefined)
    Object.assign(wire, toWireValue(metric.datatype ?? 'Double', metric.value));
  if (metric.properties) {
    const entries = Object.entries(metric.properties);
    wire.properties = {
      keys: entries.map(([key]) => key),
      values: entries.map(([, { type, value }]) => ({ type: datatypes[type], ...toWireValue(type, value) })),
    };
  }
  return wire;
}

function fromWireMetric(wire: DecodedMetric): Metric {
  const metric: Metric = {};
  if (has(wire, 'name')) metric.name = wire.name;
  if (has(wire, 'alias')) metric.alias = uint64From(wire.alias);
  if (has(wire, 'timestamp')) metric.timestamp_ms = timeFrom(wire.timestamp);
  const datatype = datatypeOf(has(wire, 'datatype') ? wire.datatype : undefined);
  if (datatype !== undefined) metric.datatype = datatype;
  if (wire.is_historical) metric.is_historical = true;
  if (wire.is_transient) metric.is_transient = true;
  if (wire.is_null) metric.is_null = true;
  else if (wire.value) metric.value = fromWireValue(datatype, wire.value, wire);
  if (has(wire, 'properties')) metric.properties = propertiesFrom(wire.properties);
  return metric;
}

function propertiesFrom(wire: DecodedMetric['properties']): Record<string, Property> {
  if (wire.keys.length !== wire.values.length)
    throw new BenchlineError('batch_malformed', 'a property set with as many keys as values was expected');
  const properties = Object.create(null) as Record<string, Property>;
  wire.keys.forEach((key, index) => {
    const property = wire.values[index];
    const type = datatypeOf(property?.type);
    if (property?.value && type)
      properties[key] = { type, value: fromWireValue(type, property.value, property) };
  });
  return properties;
}

/** Whether a field was on the wire. */
function has<T extends object>(message: T, key: keyof T): boolean {
  return Object.hasOwn(message, key);
}

const wordSize = 2 ** 32;

function toWireTime(ms: number): Wire64 {
  return { low: ms >>> 0, high: Math.floor(ms / wordSize) >>> 0 };
}

function timeFrom(wire: Wire64): number {
  return (wire.high | 0) * wordSize + (wire.low >>> 0);
}
