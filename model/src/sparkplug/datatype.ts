import { BenchlineError } from '../error.ts';

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

/** The fields of a value's oneof. */
export type ValueField = 'int' | 'long' | 'float' | 'double' | 'boolean' | 'string' | 'bytes';

/**
 * What a field's content means by its data type; without one (allowed in DDATA) the field tells.
 * @param raw a number for `int`, a bigint for `long`, both without sign.
 * @throws BenchlineError `batch_malformed` when the field is not the one of the data type.
 */
export function fromWire(type: Datatype | undefined, field: ValueField, raw: MetricValue): MetricValue {
  if (field === 'int') return integer(type, raw as number);
  if (field === 'long') return long(type, raw as bigint);
  if (type !== undefined && !typesOf[field].includes(type)) throw mismatch(type);
  return raw;
}

const typesOf: Record<Exclude<ValueField, 'int' | 'long'>, readonly Datatype[]> = {
  // Makers' encoders do not always agree with their births about the width of a number.
  double: ['Double', 'Float'],
  float: ['Float', 'Double'],
  boolean: ['Boolean'],
  string: ['String', 'Text', 'UUID'],
  bytes: ['Bytes', 'File'],
};

function integer(type: Datatype | undefined, raw: number): number | bigint {
  if (type === 'Int64' || type === 'UInt64' || type === 'DateTime') return BigInt(raw);
  if (type === 'Int8') return (raw << 24) >> 24;
  if (type === 'Int16') return (raw << 16) >> 16;
  if (type === 'Int32') return raw | 0;
  if (type === undefined || type.startsWith('UInt')) return raw;
  throw mismatch(type);
}

function long(type: Datatype | undefined, raw: bigint): number | bigint {
  if (type === 'Int8' || type === 'Int16' || type === 'Int32') return Number(BigInt.asIntN(32, raw));
  if (type === 'UInt8' || type === 'UInt16') return Number(BigInt.asUintN(32, raw));
  if (type === 'Int64') return BigInt.asIntN(64, raw);
  // Tahu's encoders put UInt32 into the long field, too.
  if (type === undefined || type === 'UInt64' || type === 'DateTime' || type === 'UInt32') return raw;
  throw mismatch(type);
}

function mismatch(type: Datatype): BenchlineError {
  return new BenchlineError('batch_malformed', `a metric of type ${type} has a value of another type`);
}
