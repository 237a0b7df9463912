import protobuf from 'protobufjs/light.js';

// Explicit presence: `seq` 0 and a flag that is false are written and seen. protobufjs would assume proto3.
const edition = 'proto2';

/**
 * Sparkplug B payload, the part of the schema in use here (Eclipse Sparkplug 3.0.0, chapter 6.4, proto2).
 * Templates, data sets, metadata, nested property sets, uuid and body are left out: a decoder skips them as unknown
 * fields, so that no message nests deeper than payload → metric → property set → property value.
 */
const root = protobuf.Root.fromJSON({
  nested: {
    Payload: {
      edition,
      fields: {
        timestamp: { id: 1, type: 'uint64' },
        metrics: { id: 2, type: 'Metric', rule: 'repeated' },
        seq: { id: 3, type: 'uint64' },
      },
    },
    Metric: {
      edition,
      oneofs: {
        value: {
          oneof: [
            'int_value',
            'long_value',
            'float_value',
            'double_value',
            'boolean_value',
            'string_value',
            'bytes_value',
          ],
        },
      },
      fields: {
        name: { id: 1, type: 'string' },
        alias: { id: 2, type: 'uint64' },
        timestamp: { id: 3, type: 'uint64' },
        datatype: { id: 4, type: 'uint32' },
        is_historical: { id: 5, type: 'bool' },
        is_transient: { id: 6, type: 'bool' },
        is_null: { id: 7, type: 'bool' },
        properties: { id: 9, type: 'PropertySet' },
        int_value: { id: 10, type: 'uint32' },
        long_value: { id: 11, type: 'uint64' },
        float_value: { id: 12, type: 'float' },
        double_value: { id: 13, type: 'double' },
        boolean_value: { id: 14, type: 'bool' },
        string_value: { id: 15, type: 'string' },
        bytes_value: { id: 16, type: 'bytes' },
      },
    },
    PropertySet: {
      edition,
      fields: {
        keys: { id: 1, type: 'string', rule: 'repeated' },
        values: { id: 2, type: 'PropertyValue', rule: 'repeated' },
      },
    },
    PropertyValue: {
      edition,
      oneofs: {
        value: {
          oneof: ['int_value', 'long_value', 'float_value', 'double_value', 'boolean_value', 'string_value'],
        },
      },
      fields: {
        type: { id: 1, type: 'uint32' },
        is_null: { id: 2, type: 'bool' },
        int_value: { id: 3, type: 'uint32' },
        long_value: { id: 4, type: 'uint64' },
        float_value: { id: 5, type: 'float' },
        double_value: { id: 6, type: 'double' },
        boolean_value: { id: 7, type: 'bool' },
        string_value: { id: 8, type: 'string' },
      },
    },
  },
});

export const PayloadType = root.lookupType('Payload');

/** A 64-bit field as protobufjs holds it: only its two halves are used, never what the `long` package adds. */
export interface Wire64 {
  low: number;
  high: number;
}

/** The fields of a value's oneof: at most one is set. */
export interface WireValue {
  int_value?: number;
  long_value?: Wire64;
  float_value?: number;
  double_value?: number;
  boolean_value?: boolean;
  string_value?: string;
  bytes_value?: Uint8Array;
}

export interface WireProperty extends WireValue {
  type?: number;
}

export interface WireMetric extends WireValue {
  name?: string;
  alias?: Wire64;
  timestamp?: Wire64;
  datatype?: number;
  is_historical?: boolean;
  is_transient?: boolean;
  is_null?: boolean;
  properties?: { keys: string[]; values: WireProperty[] };
}

export interface WirePayload {
  timestamp?: Wire64;
  metrics: WireMetric[];
  seq?: Wire64;
}

/**
 * A message as protobufjs decodes it: fields that were not on the wire answer with a default from the
 * prototype, fields that were are own properties, and `value` names the field of the oneof that is set.
 */
export type Decoded<T> = Required<T> & { readonly value?: keyof WireValue };
export type DecodedMetric = Decoded<Omit<WireMetric, 'properties'>> & {
  properties: { keys: string[]; values: Decoded<WireProperty>[] };
};
export type DecodedPayload = Required<Omit<WirePayload, 'metrics'>> & { metrics: DecodedMetric[] };
