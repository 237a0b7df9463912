import { status, type Value } from '@benchline/model';
import type { Datatype, Metric, MetricValue } from '@benchline/model/sparkplug';

/**
 * A metric's value by the data type that its birth declared; undefined for what is not taken. Without a type of its
 * own, a data message's integer comes without its sign.
 */
export function nativeOf(declared: Datatype | undefined, metric: Metric): Value | undefined {
  const { value, datatype = declared } = metric;
  if (value === undefined || value instanceof Uint8Array || datatype === undefined) return undefined;
  return metric.datatype === undefined ? signed(datatype, value) : value;
}

function signed(type: Datatype, value: Exclude<MetricValue, Uint8Array>): Value {
  if (typeof value === 'number') {
    if (type === 'Int8') return (value << 24) >> 24;
    if (type === 'Int16') return (value << 16) >> 16;
    return type === 'Int32' ? value | 0 : value;
  }
  return typeof value === 'bigint' && type.startsWith('Int') ? BigInt.asIntN(64, value) : value;
}

/**
 * A metric's quality as a status code: the codes of Sparkplug 3.0.0, 6.4.18 (0 bad, 192 good, 500 stale) and, between
 * them, those of OPC DA that makers also send.
 */
export function statusOf({ is_null, properties }: Metric): number {
  const quality = properties?.['Quality'] ?? properties?.['quality'];
  if (quality !== undefined && typeof quality.value === 'number') {
    if (quality.value < 64) return status.bad;
    if (quality.value < 192) return status.uncertain;
    if (quality.value > 255) return status.uncertainLastUsableValue;
  }
  return is_null ? status.bad : status.good;
}

/** The engineering unit that a metric's properties name. */
export function unitOf({ properties }: Metric): string | undefined {
  const unit = properties?.['engUnit']?.value;
  return typeof unit === 'string' ? unit.slice(0, 50) : undefined;
}
