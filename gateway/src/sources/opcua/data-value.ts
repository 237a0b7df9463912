import { type Nanoseconds, status, type Value } from '@benchline/model';
import { DataType, type DataValue, VariantArrayType } from 'node-opcua-client';

/** A DataValue in our terms. The source time is absent when the server stated none at all. */
export interface DataReading {
  native: Value | undefined;
  status: number;
  source_time_ns: Nanoseconds | undefined;
}

/**
 * Reads a DataValue (OPC 10000-4, 7.11). The source timestamp is used, or where the server has none, the
 * server's. Arrays, structures and byte strings are no values of a signal and come out Bad.
 */
export function readDataValue(data: DataValue): DataReading {
  const source_time_ns = timeOf(data);
  const code = data.statusCode.value;
  const variant = data.value;
  if (variant.dataType === DataType.Null || variant.value === null || variant.value === undefined)
    return { native: undefined, status: code, source_time_ns };
  const native =
    variant.arrayType === VariantArrayType.Scalar ? scalar(variant.dataType, variant.value) : undefined;
  return {
    native,
    status: native === undefined && code >>> 30 !== 2 ? status.badTypeMismatch : code,
    source_time_ns,
  };
}

/** Overflow bit with InfoType DataValue (OPC 10000-4, 7.39.1): the server's queue dropped what came before. */
export function overflowed(code: number): boolean {
  return (code & 0x0480) === 0x0480;
}

function timeOf(data: DataValue): Nanoseconds | undefined {
  if (isTime(data.sourceTimestamp)) return nanoseconds(data.sourceTimestamp, data.sourcePicoseconds);
  return isTime(data.serverTimestamp) ? nanoseconds(data.serverTimestamp, data.serverPicoseconds) : undefined;
}

/** 1601-01-01, the smallest DateTime (OPC 10000-6, 5.2.2.5), says that there is no time. */
const noTime_ms = -11_644_473_600_000;

function isTime(date: Date | null): date is Date {
  return date !== null && date.getTime() > noTime_ms;
}

/** An instant as OPC UA counts it: whole milliseconds since 1601, and ticks of 100 ns. Undefined where that says that there is no time. */
export function nanosecondsOf(since1601_ms: number, ticks: number): Nanoseconds | undefined {
  if (since1601_ms <= 0) return undefined;
  return BigInt(since1601_ms + noTime_ms) * 1_000_000n + BigInt(ticks * 100);
}

/** node-opcua keeps what the 100 ns ticks hold below the millisecond in the picoseconds. */
function nanoseconds(date: Date, picoseconds: number): Nanoseconds {
  const whole = BigInt(date.getTime()) * 1_000_000n;
  return picoseconds < 1000 ? whole : whole + BigInt(Math.floor(picoseconds / 1000));
}

function scalar(type: DataType, value: unknown): Value | undefined {
  switch (type) {
    case DataType.Int64:
      return BigInt.asIntN(64, joined(value as [number, number]));
    case DataType.UInt64:
      return joined(value as [number, number]);
    case DataType.DateTime:
      return (value as Date).toISOString();
    case DataType.LocalizedText:
      return (value as { text?: string | null }).text ?? undefined;
    case DataType.QualifiedName:
      return (value as { name?: string | null }).name ?? undefined;
    default:
      return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'
        ? value
        : undefined;
  }
}

/** node-opcua gives 64-bit integers as [high, low] words. */
function joined([high, low]: [number, number]): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/**
 * The instant that a clock node shows: a DateTime (of which node-opcua keeps whole milliseconds, so the claim
 * falls short rather than too far), or an Int64 of nanoseconds since 1970.
 */
export function readClock(data: DataValue): Nanoseconds | undefined {
  const { dataType, value } = data.value as { dataType: DataType; value: unknown };
  if (data.statusCode.value >>> 30 === 2 || value === null || value === undefined) return undefined;
  if (dataType === DataType.DateTime) return nanoseconds(value as Date, 0);
  const native = scalar(dataType, value);
  return typeof native === 'bigint' ? native : undefined;
}
