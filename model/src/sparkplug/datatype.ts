import { BenchlineError } from '../error.ts';
import type { Wire64, WireValue } from './schema.ts';

/** Data types of metrics and properties (Sparkplug 3.0.0, 6.4.16). */
export const datatypes = {
  Int8: 1,
  Int16: 2,
  Int32: 3,
  Int64: 4,
  UInt8: 5,
  UInt16: 6,
  UInt32: 7,
  UInt64: 8,
  Float: 9,
  Double: 10,
  Boolean: 11,
  String: 12,
  DateTime: 13,
  Text: 14,
  UUID: 15,
  Bytes: 17,
  File: 18,
} as const;
export type Datatype = keyof typeof datatypes;

/** A metric's value: `number` for integers up to 32 bits and floats, `bigint` for the 64-bit types. */
export type MetricValue = number | bigint | boolean | string | Uint8Array;

const names = new Map<number, Datatype>(
  (Object.entries(datatypes) as [Datatype, number][]).map(([name, code]) => [code, name]),
);

/** The name of a data type's code; undefined for types that are not carried here (data sets, templates). */
export function datatypeOf(code: number | undefined): Datatype | undefined {
  return code === undefined ? undefined : names.get(code);
}

/** Two's complement in two halves: how Sparkplug puts an int64 into its uint64 field. */
export function toWire64(value: bigint): Wire64 {
  return { low: Number(BigInt.asUintN(32, value)), high: Number(BigInt.asUintN(32, value >> 32n)) };
}

export function uint64From(wire: Wire64): bigint {
  return (BigInt(wire.high >>> 0) << 32n) | BigInt(wire.low >>> 0);
}

function int64From(wire: Wire64): bigint {
  return BigInt.asIntN(64, uint64From(wire));
}

/** Puts a value into the field that its data type calls for. */
export function toWireValue(type: Datatype, value: MetricValue): WireValue {
  if (typeof value === 'bigint') return { long_value: toWire64(value) };
  if (typeof value === 'boolean') return { boolean_value: value };
  if (typeof value === 'string') return { string_value: value };
  if (value instanceof Uint8Array) return { bytes_value: value };
  if (type === 'Double') return { double_value: value };
  if (type === 'Float') return { float_value: value };
  return { int_value: value >>> 0 };
}

/**
 * Reads a value by its data type; without one (allowed in DDATA) the field tells.
 * @param field which field of the value's oneof is set.
 * @throws BenchlineError `batch_malformed` when the field is not the one of the data type.
 */
export function fromWireValue(
  type: Datatype | undefined,
  field: keyof WireValue,
  wire: Required<WireValue>,
): MetricValue {
  if (field === 'int_value') return integer(type, wire.int_value);
  if (field === 'long_value') return long(type, wire.long_value);
  if (type !== undefined && !typesOf[field].includes(type)) throw mismatch(type);
  return wire[field];
}

const typesOf: Record<Exclude<keyof WireValue, 'int_value' | 'long_value'>, readonly Datatype[]> = {
  double_value: ['Double'],
  float_value: ['Float'],
  boolean_value: ['Boolean'],
  string_value: ['String', 'Text', 'UUID'],
  bytes_value: ['Bytes', 'File'],
};

function integer(type: Datatype | undefined, raw: number): number {
  if (type === 'Int8') return (raw << 24) >> 24;
  if (type === 'Int16') return (raw << 16) >> 16;
  if (type === 'Int32') return raw | 0;
  if (type === undefined || type.startsWith('UInt')) return raw;
  throw mismatch(type);
}

function long(type: Datatype | undefined, raw: Wire64): bigint {
  if (type === 'Int64') return int64From(raw);
  // Tahu's encoders put UInt32 into the long field, too.
  if (type === undefined || type === 'UInt64' || type === 'DateTime' || type === 'UInt32')
    return uint64From(raw);
  throw mismatch(type);
}

function mismatch(type: Datatype): BenchlineError {
  return new BenchlineError('batch_malformed', `a metric of type ${type} has a value of another type`);
}
