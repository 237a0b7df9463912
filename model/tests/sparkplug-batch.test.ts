import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Batch,
  batchDigest,
  gapReasons,
  generateKeyPair,
  type Observation,
  type SignedBatch,
  signBatch,
  signingKey,
  sourceMarks,
  status,
  trustedKeys,
  verifyBatch,
} from '../src/index.ts';
import {
  decodeBatch,
  decodePayload,
  encodeBatch,
  encodePayload,
  type Metric,
} from '../src/sparkplug/index.ts';

const pair = generateKeyPair();
const key = signingKey(pair.privatePem);
const trusted = trustedKeys({ 'gw-1': pair.publicPem });

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const slug = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,10}$/);
const digest = fc.stringMatching(/^[0-9a-f]{64}$/);
const extremes = fc.constantFrom(
  2n ** 63n - 1n,
  -(2n ** 63n),
  2n ** 53n + 1n,
  -1n,
  0n,
  Number.MAX_VALUE,
  5e-324,
  -0,
  '',
  '\u0000\n"\\/',
  '数控化率 🏭',
);
const value = fc.oneof(
  extremes,
  int64,
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.string({ unit: 'grapheme' }),
);
const observation: fc.Arbitrary<Observation> = fc
  .tuple(
    fc.record(
      {
        signal: slug,
        source_time_ns: int64,
        ordinal: fc.nat(999_999),
        status: fc.constantFrom(status.good, status.uncertainLastUsableValue, 0x0096_0000, 0xffff_ffff),
        native: value,
      },
      { requiredKeys: ['signal', 'source_time_ns', 'ordinal', 'status'] },
    ),
    value,
  )
  .map(([o, v]) => (o.status >>> 30 >= 2 ? o : { ...o, value: v }));
const batch: fc.Arbitrary<Batch> = fc.record(
  {
    v: fc.constant(1 as const),
    gateway: fc.constant('gw-1'),
    epoch: fc.constant('0199aabbccdd-01234567'),
    seq: fc.nat(),
    prev: fc.oneof(fc.constant(''), digest),
    gateway_time_ns: int64,
    machine: slug,
    source: slug,
    mapping: digest,
    marks: fc.subarray([...sourceMarks]),
    observations: fc.array(observation, { maxLength: 8 }),
    gaps: fc.array(fc.record({ from_ns: int64, to_ns: int64, reason: fc.constantFrom(...gapReasons) }), {
      maxLength: 2,
    }),
    observed: fc.record({ from_ns: int64, until_ns: int64 }),
  },
  {
    requiredKeys: [
      ...(['v', 'gateway', 'epoch', 'seq', 'prev', 'gateway_time_ns', 'machine', 'source'] as const),
      ...(['mapping', 'marks', 'observations', 'gaps'] as const),
    ],
  },
);

const plain: Batch = {
  v: 1,
  gateway: 'gw-1',
  epoch: '0199aabbccdd-01234567',
  seq: 3,
  prev: 'ab'.repeat(32),
  gateway_time_ns: 1_700_000_000_000_000_000n,
  machine: 'mill-1',
  source: 'opc',
  mapping: 'cd'.repeat(32),
  marks: [],
  observations: [
    { signal: 'power', source_time_ns: 1_700_000_000_123_456_789n, ordinal: 2, value: 1.5, status: 0 },
    {
      signal: 'state',
      source_time_ns: 1_700_000_000_124_000_000n,
      ordinal: 0,
      status: status.badNotConnected,
    },
  ],
  gaps: [],
};

describe('a batch as DDATA', () => {
  it('comes back exactly as it was signed, whatever is in it', () => {
    fc.assert(
      fc.property(batch, fc.boolean(), fc.nat(255), (content, historical, seq) => {
        const signed = signBatch(content, key);
        const decoded = decodeBatch(encodeBatch(signed, { historical, seq }));
        expect(batchDigest(decoded.content)).toBe(signed.digest);
        verifyBatch(decoded, trusted);
        expect(decoded.content.observations.map(({ value: v }) => typeof v)).toEqual(
          content.observations.map(({ value: v }) => typeof v),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('is readable by a consumer that knows nothing of batches', () => {
    const { metrics, seq, timestamp_ms } = decodePayload(
      encodeBatch(signBatch(plain, key), { historical: true, seq: 9 }),
    );
    expect([seq, timestamp_ms]).toEqual([9, 1_700_000_000_000]);
    expect(metrics.slice(1)).toEqual([
      {
        name: 'power',
        timestamp_ms: 1_700_000_000_123,
        datatype: 'Double',
        is_historical: true,
        value: 1.5,
        properties: { ns: { type: 'UInt32', value: 456_789 }, ordinal: { type: 'UInt32', value: 2 } },
      },
      {
        name: 'state',
        timestamp_ms: 1_700_000_000_124,
        datatype: 'Double',
        is_historical: true,
        is_null: true,
        properties: {
          Quality: { type: 'Int32', value: 0 },
          status: { type: 'UInt32', value: status.badNotConnected },
        },
      },
    ]);
  });

  it('does not verify when a value, a time or the order was changed on the way', () => {
    const signed = signBatch(plain, key);
    const payload = decodePayload(encodeBatch(signed, { historical: false, seq: 0 }));
    const [head, first, second] = payload.metrics;
    if (!head || !first || !second) throw new Error('three metrics were expected');
    const changed: Metric[][] = [
      [head, { ...first, value: 1.25 }, second],
      [head, { ...first, timestamp_ms: 0 }, second],
      [head, second, first],
      [head, first],
    ];
    for (const metrics of changed) {
      const decoded = decodeBatch(encodePayload({ ...payload, metrics }));
      expect(() => verifyBatch(decoded, trusted)).toThrow('digest');
    }
  });

  it('refuses what is no batch with batch_malformed and nothing but that', () => {
    const good = Buffer.from(encodeBatch(signBatch(plain, key), { historical: false, seq: 0 }));
    const attempt = (bytes: Uint8Array) => {
      try {
        return decodeBatch(bytes);
      } catch (error) {
        expect(error).toMatchObject({ name: 'BenchlineError', code: 'batch_malformed' });
        return undefined;
      }
    };
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const bytes = Buffer.from(good);
        bytes[at] = (bytes[at] ?? 0) ^ mask;
        attempt(bytes);
      }),
      { numRuns: 3000 },
    );
    for (let length = 0; length < good.length; length += 1) attempt(good.subarray(0, length));
  });

  const payload = () => decodePayload(encodeBatch(signBatch(plain, key), { historical: false, seq: 0 }));
  const metric = (change: Metric): SignedBatch => {
    const [head, first] = payload().metrics;
    return decodeBatch(encodePayload({ metrics: [head ?? {}, { ...first, ...change }] }));
  };

  it.each<[string, Metric]>([
    ['a name that is no signal id', { name: 'Node Control/Rebirth' }],
    ['NaN', { value: Number.NaN }],
    ['an infinity', { value: Number.POSITIVE_INFINITY }],
    ['a value of bad quality', { properties: { status: { type: 'UInt32', value: status.bad } } }],
    ['no value of good quality', { is_null: true }],
    ['bytes', { datatype: 'Bytes', value: new Uint8Array(2) }],
    ['a type that the contract would not have chosen', { datatype: 'Int32', value: 1 }],
    ['a time outside int64', { timestamp_ms: 2 ** 45 * 1000 }],
    ['more nanoseconds than a millisecond has', { properties: { ns: { type: 'UInt32', value: 1_000_000 } } }],
    ['an ordinal out of range', { properties: { ordinal: { type: 'UInt32', value: 1_000_000 } } }],
    ['an ordinal of another type', { properties: { ordinal: { type: 'String', value: '1' } } }],
  ])('refuses %s', (_, change) => {
    expect(() => metric(change)).toThrow(expect.objectContaining({ code: 'batch_malformed' }));
  });

  it('refuses a payload without the batch metric, or with extra fields in it', () => {
    const { metrics } = payload();
    const [head] = metrics;
    expect(() => decodeBatch(encodePayload({ metrics: metrics.slice(1) }))).toThrow('benchline/batch');
    expect(() => decodeBatch(encodePayload({ metrics: [] }))).toThrow('benchline/batch');
    const extra = JSON.stringify({ ...(JSON.parse(String(head?.value)) as object), more: 1 });
    expect(() => decodeBatch(encodePayload({ metrics: [{ ...head, value: extra }] }))).toThrow('schema');
  });
});
