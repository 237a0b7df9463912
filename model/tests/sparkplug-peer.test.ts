import * as fc from 'fast-check';
import protobuf from 'protobufjs/light.js';
import { describe, expect, it } from 'vitest';
import { decodePayload, encodePayload, type Metric } from '../src/sparkplug/index.ts';

/*
 * The same messages by a codec that shares no code with ours: protobufjs, from the part of sparkplug_b.proto (Eclipse
 * Sparkplug 3.0.0) that travels here.
 */
const peer = protobuf.Root.fromJSON({
  nested: {
    Payload: {
      edition: 'proto2',
      fields: {
        timestamp: { id: 1, type: 'uint64' },
        metrics: { id: 2, type: 'Metric', rule: 'repeated' },
        seq: { id: 3, type: 'uint64' },
      },
    },
    Metric: {
      edition: 'proto2',
      fields: {
        name: { id: 1, type: 'string' },
        alias: { id: 2, type: 'uint64' },
        timestamp: { id: 3, type: 'uint64' },
        datatype: { id: 4, type: 'uint32' },
        is_historical: { id: 5, type: 'bool' },
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
      edition: 'proto2',
      fields: {
        keys: { id: 1, type: 'string', rule: 'repeated' },
        values: { id: 2, type: 'PropertyValue', rule: 'repeated' },
      },
    },
    PropertyValue: {
      edition: 'proto2',
      fields: {
        type: { id: 1, type: 'uint32' },
        int_value: { id: 3, type: 'uint32' },
        long_value: { id: 4, type: 'uint64' },
        double_value: { id: 6, type: 'double' },
        string_value: { id: 8, type: 'string' },
      },
    },
  },
}).lookupType('Payload');

const value: fc.Arbitrary<Pick<Metric, 'datatype' | 'value'>> = fc.oneof(
  fc.double({ noNaN: true }).map((v) => ({ datatype: 'Double' as const, value: v })),
  fc.float({ noNaN: true }).map((v) => ({ datatype: 'Float' as const, value: v })),
  fc.integer().map((v) => ({ datatype: 'Int32' as const, value: v })),
  fc.nat(0xffff_ffff).map((v) => ({ datatype: 'UInt32' as const, value: v })),
  fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    .map((v) => ({ datatype: 'Int64' as const, value: v })),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((v) => ({ datatype: 'UInt64' as const, value: v })),
  fc.boolean().map((v) => ({ datatype: 'Boolean' as const, value: v })),
  fc.string({ unit: 'grapheme', maxLength: 300 }).map((v) => ({ datatype: 'String' as const, value: v })),
  fc.uint8Array({ maxLength: 20_000 }).map((v) => ({ datatype: 'Bytes' as const, value: v })),
);
const time = fc.integer({ min: -(2 ** 50), max: 2 ** 50 });
const property = fc.oneof(
  fc.nat(0xffff_ffff).map((v) => ({ type: 'UInt32' as const, value: v })),
  fc.string({ unit: 'grapheme' }).map((v) => ({ type: 'String' as const, value: v })),
  fc.double({ noNaN: true }).map((v) => ({ type: 'Double' as const, value: v })),
);
const metric: fc.Arbitrary<Metric> = fc
  .tuple(
    fc.record(
      {
        name: fc.string({ unit: 'grapheme', maxLength: 200 }),
        alias: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        timestamp_ms: time,
        is_historical: fc.constant(true as const),
        properties: fc
          .array(fc.tuple(fc.constantFrom('ns', 'status', '温度', 'x'.repeat(150)), property), {
            maxLength: 4,
          })
          .map((pairs) => Object.fromEntries(pairs)),
      },
      { requiredKeys: [] },
    ),
    value,
  )
  .map(([head, tail]) => ({ ...head, ...tail }));
const payload = fc.record(
  { timestamp_ms: time, seq: fc.nat(255), metrics: fc.array(metric, { maxLength: 6 }) },
  { requiredKeys: ['metrics'] },
);

describe('a payload and a codec of another make', () => {
  it('is written with the same bytes, and read back as it was', () => {
    fc.assert(
      fc.property(payload, (whole) => {
        const bytes = encodePayload(whole);
        const again = peer.encode(peer.decode(bytes)).finish();
        expect(Buffer.from(again).toString('hex')).toBe(Buffer.from(bytes).toString('hex'));
        expect(decodePayload(again)).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });
});
