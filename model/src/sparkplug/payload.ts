import { BenchlineError } from '../error.ts';
import { type Datatype, datatypeOf, datatypes, type MetricValue } from './datatype.ts';
import { maxMetrics, maxPayloadBytes, maxProperties } from './limits.ts';
import { ProtoReader } from './proto-reader.ts';
import { ProtoWriter } from './proto-writer.ts';
import { inMetric, inProperty, type RawValue, readValue, valueOf, writeValue } from './value-fields.ts';

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

/**
 * Tags (field number × 8 + wire type: 0 varint, 2 with a length) of Sparkplug's schema (3.0.0, chapter 6.4, proto2).
 * Templates, data sets, metadata, nested property sets, uuid and body are left out: a reader skips them as unknown
 * fields, so that no message nests deeper than payload → metric → property set → property value.
 */
const payloadTags = { timestamp: 8, metrics: 18, seq: 24 } as const;
const metricTags = {
  name: 10,
  alias: 16,
  timestamp: 24,
  datatype: 32,
  isHistorical: 40,
  isTransient: 48,
  isNull: 56,
  properties: 74,
} as const;
const setTags = { keys: 10, values: 18 } as const;
const propertyTags = { type: 8 } as const;

const writer = new ProtoWriter();

/** A payload as bytes of Sparkplug's schema (3.0.0, 6.4). */
export function encodePayload(payload: SparkplugPayload): Uint8Array {
  writer.begin();
  if (payload.timestamp_ms !== undefined) writer.integer(payloadTags.timestamp, payload.timestamp_ms);
  for (const metric of payload.metrics) {
    const start = writer.open(payloadTags.metrics);
    writeMetric(metric);
    writer.close(start);
  }
  if (payload.seq !== undefined) writer.integer(payloadTags.seq, payload.seq);
  return writer.finish();
}

function writeMetric(metric: Metric): void {
  const { name, alias, timestamp_ms, datatype, properties } = metric;
  if (name !== undefined) writer.text(metricTags.name, name);
  if (alias !== undefined) writer.bigint(metricTags.alias, alias);
  if (timestamp_ms !== undefined) writer.integer(metricTags.timestamp, timestamp_ms);
  if (datatype !== undefined) writer.integer(metricTags.datatype, datatypes[datatype]);
  if (metric.is_historical) writer.integer(metricTags.isHistorical, 1);
  if (metric.is_transient) writer.integer(metricTags.isTransient, 1);
  if (metric.is_null) writer.integer(metricTags.isNull, 1);
  if (properties) writeProperties(properties);
  if (!metric.is_null && metric.value !== undefined)
    writeValue(writer, inMetric, datatype ?? 'Double', metric.value);
}

function writeProperties(properties: Readonly<Record<string, Property>>): void {
  const set = writer.open(metricTags.properties);
  for (const key in properties) writer.text(setTags.keys, key);
  for (const key in properties) {
    const { type, value } = properties[key] as Property;
    const start = writer.open(setTags.values);
    writer.integer(propertyTags.type, datatypes[type]);
    writeValue(writer, inProperty, type, value);
    writer.close(start);
  }
  writer.close(set);
}

/** @throws BenchlineError `batch_malformed` for anything that is no payload within limits; nothing else. */
export function decodePayload(bytes: Uint8Array): SparkplugPayload {
  if (bytes.length > maxPayloadBytes)
    throw malformed(`a payload of ${bytes.length} bytes; at most ${maxPayloadBytes}`);
  const from = new ProtoReader(bytes);
  const metrics: Metric[] = [];
  const payload: SparkplugPayload = { metrics };
  for (let tag = from.tag(); tag !== 0; tag = from.tag())
    if (tag === payloadTags.metrics) {
      if (metrics.length === maxMetrics) throw malformed(`more than ${maxMetrics} metrics in a payload`);
      metrics.push(readMetric(from));
    } else if (tag === payloadTags.timestamp) payload.timestamp_ms = from.integer();
    else if (tag === payloadTags.seq) payload.seq = from.integer();
    else from.skip(tag);
  return payload;
}

function readMetric(from: ProtoReader): Metric {
  const outer = from.enter();
  const metric: Metric = {};
  let raw: RawValue | undefined;
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    const value = readValue(from, inMetric, tag);
    if (value) raw = value;
    else readField(from, tag, metric);
  }
  from.leave(outer);
  if (raw && !metric.is_null) metric.value = valueOf(metric.datatype, raw);
  return metric;
}

function readField(from: ProtoReader, tag: number, metric: Metric): void {
  switch (tag) {
    case metricTags.name:
      metric.name = from.name();
      break;
    case metricTags.alias:
      metric.alias = from.uint64();
      break;
    case metricTags.timestamp:
      metric.timestamp_ms = from.integer();
      break;
    case metricTags.datatype: {
      const type = datatypeOf(from.uint32());
      if (type !== undefined) metric.datatype = type;
      break;
    }
    case metricTags.isHistorical:
      if (from.boolean()) metric.is_historical = true;
      break;
    case metricTags.isTransient:
      if (from.boolean()) metric.is_transient = true;
      break;
    case metricTags.isNull:
      if (from.boolean()) metric.is_null = true;
      break;
    case metricTags.properties:
      metric.properties = readProperties(from);
      break;
    default:
      from.skip(tag);
  }
}

function readProperties(from: ProtoReader): Record<string, Property> {
  const outer = from.enter();
  const keys: string[] = [];
  const values: (Property | undefined)[] = [];
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    if (tag === setTags.keys) keys.push(from.name());
    else if (tag === setTags.values) values.push(readProperty(from));
    else from.skip(tag);
    if (keys.length > maxProperties || values.length > maxProperties)
      throw malformed(`more than ${maxProperties} properties of a metric`);
  }
  from.leave(outer);
  if (keys.length !== values.length)
    throw malformed('a property set with as many keys as values was expected');
  const properties = Object.create(null) as Record<string, Property>;
  for (const [index, key] of keys.entries()) {
    const property = values[index];
    if (property) properties[key] = property;
  }
  return properties;
}

/** Undefined for a property of a type, or with a value, that is not carried here. */
function readProperty(from: ProtoReader): Property | undefined {
  const outer = from.enter();
  let type: Datatype | undefined;
  let raw: RawValue | undefined;
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    const value = readValue(from, inProperty, tag);
    if (value) raw = value;
    else if (tag === propertyTags.type) type = datatypeOf(from.uint32());
    else from.skip(tag);
  }
  from.leave(outer);
  return type !== undefined && raw ? { type, value: valueOf(type, raw) } : undefined;
}

function malformed(message: string): BenchlineError {
  return new BenchlineError('batch_malformed', message);
}
