import { type Datatype, fromWire, type MetricValue, type ValueField } from './datatype.ts';
import type { ProtoReader } from './proto-reader.ts';
import type { ProtoWriter } from './proto-writer.ts';

/**
 * The fields of a value's oneof in a Metric: tags, with the wire type in them. Those of a PropertyValue are the same
 * with field numbers that are smaller by seven, and without bytes.
 */
const tags = { int: 80, long: 88, float: 101, double: 105, boolean: 112, string: 122, bytes: 130 } as const;
const fieldAt = new Map(Object.entries(tags).map(([field, tag]) => [tag as number, field as ValueField]));

/** How much smaller the tags of values are than those in a Metric. */
export const inMetric = 0;
export const inProperty = 7 * 8;

/** Writes a value into the field that its data type calls for. */
export function writeValue(to: ProtoWriter, less: number, type: Datatype, value: MetricValue): void {
  if (typeof value === 'number') {
    if (type === 'Double') to.double(tags.double - less, value);
    else if (type === 'Float') to.float(tags.float - less, value);
    else to.integer(tags.int - less, value >>> 0);
  } else if (typeof value === 'bigint') to.bigint(tags.long - less, value);
  else if (typeof value === 'boolean') to.integer(tags.boolean - less, value ? 1 : 0);
  else if (typeof value === 'string') to.text(tags.string - less, value);
  else to.bytes(tags.bytes - less, value);
}

/** A value as it was on the wire. Its data type, which says what it means, may stand behind it. */
export interface RawValue {
  field: ValueField;
  raw: MetricValue;
}

/** Reads a value; undefined, and nothing read, for the tag of another field. */
export function readValue(from: ProtoReader, less: number, tag: number): RawValue | undefined {
  const field = fieldAt.get(tag + less);
  if (field === undefined || (field === 'bytes' && less !== inMetric)) return undefined;
  switch (field) {
    case 'int':
      return { field, raw: from.uint32() };
    case 'long':
      return { field, raw: from.uint64() };
    case 'float':
      return { field, raw: from.float() };
    case 'double':
      return { field, raw: from.double() };
    case 'boolean':
      return { field, raw: from.boolean() };
    case 'string':
      return { field, raw: from.text() };
    case 'bytes':
      return { field, raw: from.bytes() };
  }
}

/** @throws BenchlineError `batch_malformed` when the field is not the one of the data type. */
export function valueOf(type: Datatype | undefined, { field, raw }: RawValue): MetricValue {
  return fromWire(type, field, raw);
}
