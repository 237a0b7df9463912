import { z } from 'zod';
import { BenchlineError } from '../error.ts';
import { slugPattern } from '../slug.ts';
import {
  type Batch,
  BatchJson,
  batchToJson,
  type Observation,
  type SignedBatch,
  SignedBatchJson,
} from '../telemetry/batch.ts';
import { parseBoundedJson } from '../telemetry/bounded-json.ts';
import { severityOf } from '../telemetry/status.ts';
import { isRepresentable, type Value } from '../telemetry/value.ts';
import { fitsInt64, msFromNs, nsPerMillisecond } from '../time.ts';
import type { Datatype } from './datatype.ts';
import { maxTextBytes } from './limits.ts';
import { decodePayload, encodePayload, type Metric, type Property } from './payload.ts';

/** The metric of a DDATA that carries what a batch says besides its observations. No signal has a '/' in its id. */
const batchMetric = 'benchline/batch';

/** A batch says some 500 characters besides its observations; every gap adds some 100. */
const envelopeBounds = { length: maxTextBytes, depth: 8 };

const Envelope = z.strictObject({
  content: BatchJson.omit({ observations: true }),
  digest: SignedBatchJson.shape.digest,
  key_id: SignedBatchJson.shape.key_id,
  signature: SignedBatchJson.shape.signature,
});

/**
 * A batch as the payload of a DDATA: one metric per observation, which any Sparkplug consumer can read, and one
 * with the rest of the content and the proof.
 */
export function encodeBatch(signed: SignedBatch, message: { historical: boolean; seq: number }): Uint8Array {
  const { content, ...proof } = signed;
  const { observations: _, ...rest } = batchToJson({ ...content, observations: [] });
  const timestamp_ms = msFromNs(content.gateway_time_ns);
  return encodePayload({
    timestamp_ms,
    seq: message.seq,
    metrics: [
      {
        name: batchMetric,
        timestamp_ms,
        datatype: 'String',
        value: JSON.stringify({ content: rest, ...proof }),
        is_historical: message.historical,
      },
      ...content.observations.map((o) => observationMetric(o, message.historical)),
    ],
  });
}

/**
 * Rebuilds the batch exactly as it was signed. It checks the shape only: `verifyBatch` checks digest and signature.
 * @throws BenchlineError `batch_malformed`; nothing else, whatever the bytes.
 */
export function decodeBatch(bytes: Uint8Array): SignedBatch {
  const { metrics } = decodePayload(bytes);
  const [head, ...observations] = metrics;
  if (head?.name !== batchMetric || typeof head.value !== 'string')
    throw malformed(`the first metric is not ${batchMetric}`);
  const { content, ...proof } = parseEnvelope(head.value);
  const { observed, ...rest } = content;
  const batch: Batch = {
    ...rest,
    observations: observations.map(observationFrom),
    ...(observed === undefined ? {} : { observed }),
  };
  return { content: batch, ...proof };
}

function parseEnvelope(text: string): z.output<typeof Envelope> {
  try {
    return Envelope.parse(parseBoundedJson(text, envelopeBounds));
  } catch (cause) {
    throw new BenchlineError('batch_malformed', `${batchMetric} does not fit its schema`, { cause });
  }
}

/** An observation as a metric, as in DDATA and as the newest known value in DBIRTH. */
export function observationMetric(observation: Observation, historical: boolean): Metric {
  const { signal, source_time_ns, value } = observation;
  const metric: Metric = {
    name: signal,
    timestamp_ms: msFromNs(source_time_ns),
    datatype: value === undefined ? 'Double' : datatypeFor(value),
    is_historical: historical,
  };
  if (value === undefined) metric.is_null = true;
  else metric.value = value;
  const properties = propertiesOf(observation);
  if (properties) metric.properties = properties;
  return metric;
}

/** What the metric itself has no field for; undefined when all of it has its default. */
function propertiesOf(observation: Observation): Record<string, Property> | undefined {
  const { source_time_ns, ordinal, native, status } = observation;
  const properties: Record<string, Property> = {};
  const quality = { good: undefined, uncertain: 500, bad: 0 }[severityOf(status)];
  // Quality codes of Sparkplug 3.0.0, 6.4.18: 0 bad, 192 good (the default), 500 stale.
  if (quality !== undefined) properties['Quality'] = { type: 'Int32', value: quality };
  if (status !== 0) properties['status'] = { type: 'UInt32', value: status };
  const ns = Number(source_time_ns - BigInt(msFromNs(source_time_ns)) * nsPerMillisecond);
  if (ns !== 0) properties['ns'] = { type: 'UInt32', value: ns };
  if (ordinal !== 0) properties['ordinal'] = { type: 'UInt32', value: ordinal };
  if (native !== undefined) properties['native'] = { type: datatypeFor(native), value: native };
  return Object.keys(properties).length > 0 ? properties : undefined;
}

function observationFrom(metric: Metric): Observation {
  const { name, timestamp_ms, properties = {} } = metric;
  if (name === undefined || !slugPattern.test(name)) throw malformed('a metric whose name is no signal id');
  if (timestamp_ms === undefined) throw malformed(`no timestamp for '${name}'`);
  const source_time_ns = BigInt(timestamp_ms) * nsPerMillisecond + BigInt(natural(properties, 'ns', 999_999));
  if (!fitsInt64(source_time_ns)) throw malformed(`a time outside int64 for '${name}'`);
  const observation: Observation = {
    signal: name,
    source_time_ns,
    ordinal: natural(properties, 'ordinal', 999_999),
    status: natural(properties, 'status', 0xffff_ffff),
  };
  if (metric.value !== undefined) observation.value = contractValue(name, metric.datatype, metric.value);
  else if (!metric.is_null) throw malformed(`neither value nor null for '${name}'`);
  if ((observation.value === undefined) !== (severityOf(observation.status) === 'bad'))
    throw malformed(`'${name}' needs a value, or a Bad status instead of it`);
  const native = properties['native'];
  if (native) observation.native = contractValue(name, native.type, native.value);
  return observation;
}

function natural(properties: Readonly<Record<string, Property>>, key: string, max: number): number {
  const property = properties[key];
  if (!property) return 0;
  if (typeof property.value !== 'number' || property.type !== 'UInt32' || property.value > max)
    throw malformed(`the property '${key}' is not a number from 0 to ${max}`);
  return property.value;
}

function datatypeFor(value: Value): Datatype {
  if (typeof value === 'number') return 'Double';
  if (typeof value === 'bigint') return 'Int64';
  return typeof value === 'boolean' ? 'Boolean' : 'String';
}

function contractValue(signal: string, datatype: Datatype | undefined, value: Metric['value']): Value {
  if (value === undefined || value instanceof Uint8Array || !isRepresentable(value))
    throw malformed(`a value that the contract does not know for '${signal}'`);
  if (datatype !== datatypeFor(value))
    throw malformed(`a value of another type than its own for '${signal}'`);
  return value;
}

function malformed(message: string): BenchlineError {
  return new BenchlineError('batch_malformed', message);
}
