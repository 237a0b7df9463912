import {
  BenchlineError,
  fitsInt64,
  type Nanoseconds,
  nsFromIso,
  nsFromMs,
  nsPerMillisecond,
  type Slug,
  status,
} from '@benchline/model';
import type { Reading } from '@benchline/model/mapping';
import type { MqttConfig } from './config.ts';
import { type JsonValue, parseJson, pointTo } from './json.ts';

/** One message of a device: what its machine was at one instant. */
export interface DeviceMessage {
  time_ns: Nanoseconds;
  /** Present when the source has a sequence configured. */
  sequence: bigint | undefined;
  readings: readonly Reading[];
}

/**
 * Reads a message by the pointers of a source.
 * @throws BenchlineError `bad_request` when it is no JSON, or has no usable time or sequence number.
 */
export function readMessage(payload: Uint8Array, config: MqttConfig): DeviceMessage {
  const document = parseJson(payload);
  const time_ns = readTime(pointTo(document, config.time.pointer), config.time.format);
  if (time_ns === undefined || !fitsInt64(time_ns))
    throw new BenchlineError('bad_request', `no time (${config.time.format}) at '${config.time.pointer}'`, {
      hint: 'set time.pointer and time.format of the source to where and how the device says its time',
    });
  return {
    time_ns,
    sequence: config.sequence && readSequence(document, config.sequence.pointer),
    readings: Object.entries(config.tags).flatMap(([signal, tag]) =>
      reading(signal, time_ns, pointTo(document, tag.pointer)),
    ),
  };
}

function reading(signal: Slug, source_time_ns: Nanoseconds, value: JsonValue | undefined): Reading[] {
  if (value === undefined) return [];
  if (value === null) return [{ signal, source_time_ns, native: undefined, status: status.bad }];
  if (typeof value === 'object')
    return [{ signal, source_time_ns, native: undefined, status: status.badTypeMismatch }];
  return [{ signal, source_time_ns, native: value, status: status.good }];
}

function readSequence(document: JsonValue, pointer: string): bigint {
  const value = pointTo(document, pointer);
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  throw new BenchlineError('bad_request', `no whole sequence number at '${pointer}'`, {
    hint: 'set sequence.pointer of the source to where the device numbers its messages, or leave sequence out',
  });
}

function readTime(
  value: JsonValue | undefined,
  format: MqttConfig['time']['format'],
): Nanoseconds | undefined {
  if (format === 'iso') return typeof value === 'string' ? fromIso(value) : undefined;
  if (typeof value === 'string' && /^-?\d{1,19}$/.test(value)) return inUnit(BigInt(value), format);
  if (typeof value === 'bigint') return inUnit(value, format);
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  if (Number.isInteger(value)) return inUnit(BigInt(value), format);
  return format === 'unix_ms' ? nsFromMs(value) : undefined;
}

function inUnit(value: bigint, format: 'unix_ms' | 'unix_ns'): Nanoseconds {
  return format === 'unix_ms' ? value * nsPerMillisecond : value;
}

function fromIso(text: string): Nanoseconds | undefined {
  try {
    return nsFromIso(text);
  } catch {
    return undefined;
  }
}
