import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeNodeBirth,
  decodePayload,
  encodeNodeBirth,
  encodeNodeDeath,
  encodePayload,
  encodeRebirthCommand,
  isRebirthCommand,
  maxPayloadBytes,
  parseSparkplugTopic,
  type SparkplugPayload,
  sparkplugTopic,
} from '../src/sparkplug/index.ts';

/** A length-delimited field: tag, length in one byte, content. */
function field(tag: string, ...parts: string[]): string {
  const content = parts.join('');
  return tag + (content.length / 2).toString(16).padStart(2, '0') + content;
}
const ascii = (text: string) => Buffer.from(text, 'ascii').toString('hex');

/*
 * Written out by hand from the protobuf encoding (tag = field number × 8 + wire type; varints least significant
 * group first) and the field numbers of sparkplug_b.proto, so that an error that encoder and decoder share shows.
 */
const golden = [
  '08fbd095ffbc31', // 1 timestamp: 1 700 000 000 123 ms
  field(
    '12', // 2 metrics
    field('0a', ascii('temp')), // 1 name
    '18fbd095ffbc31', // 3 timestamp
    '200a', // 4 datatype: 10 Double
    '2801', // 5 is_historical
    field(
      '4a', // 9 properties
      field('0a', ascii('ns')), // 1 keys
      field('12', '0807', '18d5f01b'), // 2 values: 1 type 7 UInt32, 3 int_value 456 789
    ),
    '690000000000803540', // 13 double_value, fixed64 little-endian: 21.5
  ),
  // 11 long_value: −2⁶³ as uint64, ten bytes
  field('12', field('0a', ascii('count')), '2004', '5880808080808080808001'),
  // 11 long_value: 2⁵³ + 1, which no double can hold
  field('12', field('0a', ascii('big')), '2008', '588180808080808010'),
  field('12', field('0a', ascii('on')), '200b', '7001'), // 14 boolean_value
  field('12', field('0a', ascii('off')), '200b', '7000'), // an explicit false is a value
  field('12', field('0a', ascii('mode')), '200c', field('7a', ascii('AUTO'))), // 15 string_value
  field('12', field('0a', ascii('bad')), '200a', '3801'), // 7 is_null
  field('12', field('0a', ascii('i8')), '2001', '50ffffffff0f'), // 10 int_value: −1 as uint32
  field('12', field('0a', ascii('f')), '2009', '650000c03f'), // 12 float_value, fixed32: 1.5
  '1800', // 3 seq: 0, present although it is the default
].join('');

const goldenPayload: SparkplugPayload = {
  timestamp_ms: 1_700_000_000_123,
  metrics: [
    {
      name: 'temp',
      timestamp_ms: 1_700_000_000_123,
      datatype: 'Double',
      is_historical: true,
      properties: { ns: { type: 'UInt32', value: 456_789 } },
      value: 21.5,
    },
    { name: 'count', datatype: 'Int64', value: -(2n ** 63n) },
    { name: 'big', datatype: 'UInt64', value: 2n ** 53n + 1n },
    { name: 'on', datatype: 'Boolean', value: true },
    { name: 'off', datatype: 'Boolean', value: false },
    { name: 'mode', datatype: 'String', value: 'AUTO' },
    { name: 'bad', datatype: 'Double', is_null: true },
    { name: 'i8', datatype: 'Int8', value: -1 },
    { name: 'f', datatype: 'Float', value: 1.5 },
  ],
  seq: 0,
};

describe('a Sparkplug B payload', () => {
  it('has the bytes that the protobuf encoding prescribes', () => {
    expect(Buffer.from(encodePayload(goldenPayload)).toString('hex')).toBe(golden);
  });

  it('is read from such bytes', () => {
    expect(decodePayload(Buffer.from(golden, 'hex'))).toEqual(goldenPayload);
  });

  it('skips what it does not carry: a data set, a template, metadata, uuid', () => {
    const dataSet = field('12', field('0a', ascii('table')), '2010', field('8a01', '0801'));
    const withMetadata = field('12', field('0a', ascii('x')), field('42', '0801'), '200b', '7001');
    const bytes = Buffer.from(dataSet + withMetadata + field('22', ascii('uuid')), 'hex');
    expect(decodePayload(bytes).metrics).toEqual([
      { name: 'table' },
      { name: 'x', datatype: 'Boolean', value: true },
    ]);
  });

  it('keeps times before 1970', () => {
    const payload = { timestamp_ms: -1, metrics: [] };
    expect(Buffer.from(encodePayload(payload)).toString('hex')).toBe('08ffffffffffffffffff01');
    expect(decodePayload(encodePayload(payload))).toEqual(payload);
  });

  it('refuses anything else with batch_malformed and nothing but that', () => {
    const bad = (bytes: Uint8Array) => {
      try {
        decodePayload(bytes);
      } catch (error) {
        expect(error).toMatchObject({ name: 'BenchlineError', code: 'batch_malformed' });
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), bad), { numRuns: 3000 });
    const whole = Buffer.from(golden, 'hex');
    const damaged = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(damaged, ([at, mask]) => {
        const bytes = Buffer.from(whole);
        bytes[at] = (bytes[at] ?? 0) ^ mask;
        bad(bytes);
      }),
      { numRuns: 3000 },
    );
    expect(() => decodePayload(whole.subarray(0, 40))).toThrow('not a Sparkplug B payload');
  });

  it('refuses a value in a field that is not that of its data type', () => {
    const bytes = Buffer.from(field('12', field('0a', ascii('x')), '200b', field('7a', ascii('yes'))), 'hex');
    expect(() => decodePayload(bytes)).toThrow('type Boolean');
  });

  it('does not parse what is too large, or small and full of messages', () => {
    expect(() => decodePayload(new Uint8Array(maxPayloadBytes + 1))).toThrow('at most');
    const emptyMetrics = Buffer.alloc(200_002).map((_, i) => (i % 2 === 0 ? 0x12 : 0));
    expect(() => decodePayload(emptyMetrics)).toThrow('more than 100000 metrics');
    const emptyKeys = field('4a', '0a00'.repeat(33));
    expect(() => decodePayload(Buffer.from(field('12', emptyKeys), 'hex'))).toThrow(
      'more than 16 properties',
    );
    const long = (name: number, text: number) =>
      encodePayload({ metrics: [{ name: 'n'.repeat(name), datatype: 'String', value: 't'.repeat(text) }] });
    expect(() => decodePayload(long(1001, 1))).toThrow('a name of 1001 bytes');
    expect(() => decodePayload(long(1, 1_048_577))).toThrow('a text of 1048577 bytes');
    expect(decodePayload(long(1000, 1_048_576)).metrics).toHaveLength(1);
    const nested = Buffer.from('0b'.repeat(100_000), 'hex');
    expect(() => decodePayload(nested)).toThrow('not a Sparkplug B payload');
  });
});

describe('births and commands', () => {
  it('carry the birth number and the hello', () => {
    const birth = encodeNodeBirth({ timestamp_ms: 1000, bd_seq: 255, hello: '{"x":1}' });
    expect(decodeNodeBirth(birth)).toEqual({ bd_seq: 255, hello: '{"x":1}' });
    expect(decodePayload(birth)).toMatchObject({ seq: 0 });
    expect(decodePayload(birth).metrics.map(({ name }) => name)).toContain('Node Control/Rebirth');
  });

  it('of another make have no hello', () => {
    const bytes = encodePayload({ seq: 0, metrics: [{ name: 'bdSeq', datatype: 'UInt64', value: 3n }] });
    expect(decodeNodeBirth(bytes)).toEqual({ bd_seq: 3, hello: undefined });
    expect(() => decodeNodeBirth(encodePayload({ seq: 0, metrics: [] }))).toThrow('without bdSeq');
  });

  it('a death has the birth number and no seq', () => {
    const death = decodePayload(encodeNodeDeath({ timestamp_ms: 5, bd_seq: 7 }));
    expect(death).toEqual({
      timestamp_ms: 5,
      metrics: [{ name: 'bdSeq', datatype: 'Int64', value: 7n }],
    });
  });

  it('only a rebirth command that says true is one', () => {
    expect(isRebirthCommand(encodeRebirthCommand(1))).toBe(true);
    const off = { name: 'Node Control/Rebirth', datatype: 'Boolean' as const, value: false };
    const other = { name: 'Node Control/Reboot', datatype: 'Boolean' as const, value: true };
    expect(isRebirthCommand(encodePayload({ metrics: [off, other] }))).toBe(false);
  });
});

describe('topics', () => {
  it('are taken apart as they are put together', () => {
    const node = { group: 'ningbo', type: 'NBIRTH', node: 'gw-1' } as const;
    const device = { group: 'ningbo', type: 'DDATA', node: 'gw-1', device: 'mill-1' } as const;
    expect(sparkplugTopic(node)).toBe('spBv1.0/ningbo/NBIRTH/gw-1');
    expect(sparkplugTopic(device)).toBe('spBv1.0/ningbo/DDATA/gw-1/mill-1');
    for (const topic of [node, device]) expect(parseSparkplugTopic(sparkplugTopic(topic))).toEqual(topic);
  });

  it.each([
    'spBv1.0/STATE/host',
    'spBv1.0/g/NBIRTH',
    'spBv1.0/g/NBIRTH/n/d',
    'spBv1.0/g/DDATA/n',
    'spBv1.0/g/DDATA/n/',
    'spBv1.0/g/DDATA/n/d/e',
    'spBv1.0//DDATA/n/d',
    'spAv1.0/g/NBIRTH/n',
    'spBv1.0/g/XDATA/n/d',
  ])('%s is none', (text) => {
    expect(parseSparkplugTopic(text)).toBeUndefined();
  });
});
