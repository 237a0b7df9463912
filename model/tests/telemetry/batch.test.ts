import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateKeyPair, signingKey, trustedKeys } from '../../src/keys/keys.ts';
import { type Batch, batchFromJson, batchToJson, signedBatchToJson } from '../../src/telemetry/batch.ts';
import { canonicalJson } from '../../src/telemetry/canonical.ts';
import { batchDigest, canonicalBatch } from '../../src/telemetry/canonical-batch.ts';
import { signedBatchFromJson } from '../../src/telemetry/read-batch.ts';
import {
  machineObservationFromJson,
  machineObservationToJson,
  observationsOf,
  storedTime,
} from '../../src/telemetry/record.ts';
import {
  acknowledgementSeal,
  helloSeal,
  signBatch,
  signedBatchText,
  verifyBatch,
} from '../../src/telemetry/signed.ts';
import { batch, int64Edges } from './arbitrary-batch.ts';

const overTheWire = (json: unknown): unknown => JSON.parse(JSON.stringify(json));

const pair = generateKeyPair();
const key = signingKey(pair.privatePem);
const trusted = trustedKeys({ 'gateway-1': pair.publicPem });

const sample: Batch = {
  v: 1,
  gateway: 'gateway-1',
  epoch: '019cabd74da0-5f3a9c21',
  seq: 7,
  prev: 'a'.repeat(64),
  gateway_time_ns: 1_772_409_600_000_000_000n,
  machine: 'mill-1',
  source: 'mill',
  mapping: 'b'.repeat(64),
  marks: [],
  observations: [
    { signal: 'good', source_time_ns: 1_772_409_600_000_000_001n, ordinal: 0, value: 12n, status: 0 },
    { signal: 'power', source_time_ns: 1_772_409_600_000_000_001n, ordinal: 3, value: 12, status: 0 },
  ],
  gaps: [],
  observed: { from_ns: 1n, until_ns: 2n },
};

describe('a batch in JSON', () => {
  it('comes back as it was, and with the same digest', () => {
    fc.assert(
      fc.property(batch, (content) => {
        const back = batchFromJson(overTheWire(batchToJson(content)));
        expect(back).toStrictEqual(content);
        expect(batchDigest(back)).toBe(batchDigest(content));
      }),
    );
  });

  it('has the canonical form that RFC 8785 gives it', () => {
    fc.assert(
      fc.property(batch, (content) => {
        expect(canonicalBatch(content)).toBe(canonicalJson(batchToJson(content)));
      }),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, '\ud800', 2n ** 63n])(
    'has no form with the value %s',
    (value) => {
      const observation = { signal: 's', source_time_ns: 0n, ordinal: 0, status: 0 };
      for (const bad of [
        { ...observation, value },
        { ...observation, value: 1, native: value },
      ])
        expect(() => canonicalBatch({ ...sample, observations: [bad] })).toThrow(
          expect.objectContaining({ code: 'value_unrepresentable' }),
        );
    },
  );

  it.each(int64Edges)('keeps the integer %s', (value) => {
    const observation = {
      signal: 'count',
      source_time_ns: value,
      ordinal: 0,
      value,
      native: value,
      status: 0,
    };
    const content = { ...sample, observations: [observation] };
    expect(batchFromJson(overTheWire(batchToJson(content)))).toStrictEqual(content);
  });

  it('tells 12 items from 12.0 kW', () => {
    const [count, power] = batchFromJson(overTheWire(batchToJson(sample))).observations;
    expect([count?.value, power?.value]).toStrictEqual([12n, 12]);
  });

  it('leaves defaults out, so that there is one form to sign', () => {
    expect(batchToJson(sample)).toMatchObject({ observations: [{ signal: 'good' }, { ordinal: 3 }] });
    expect(JSON.stringify(batchToJson(sample))).not.toMatch(/"status"|"ordinal":0|null/);
  });

  const line = { signal: 's', source_time_ns: '1', value: 1 };
  it.each([
    ['an integer past int64', { ...line, value: { integer: '9223372036854775808' } }],
    ['an integer with a leading zero', { ...line, value: { integer: '012' } }],
    ['a time past int64', { ...line, source_time_ns: '9223372036854775808' }],
    ['a time as a number', { ...line, source_time_ns: 1 }],
    ['a lone surrogate', { ...line, value: '\ud800' }],
    ['a value of bad quality', { ...line, status: 0x80000000 }],
    ['neither value nor bad quality', { ...line, value: undefined }],
    ['a default that is written out', { ...line, ordinal: 0 }],
    ['a status past 32 bits', { ...line, status: 2 ** 32 }],
    ['a key of its own', { ...line, unit: 'kW' }],
    ['a signal that is no identifier', { ...line, signal: 'Good Items' }],
    ['null', { ...line, value: null }],
  ])('is refused with %s', (_, observation) => {
    const content = (only: unknown) => ({ ...batchToJson(sample), observations: [only] });
    expect(() => batchFromJson(content(observation))).toThrow(/./);
    expect(() => batchFromJson(content(line))).not.toThrow();
    const signed = signedBatchToJson(signBatch(sample, key));
    expect(() => signedBatchFromJson({ ...signed, content: content(observation) })).toThrow(/observations/);
    expect(() => signedBatchFromJson({ ...signed, content: content(line) })).not.toThrow();
  });
});

describe('observations on their own feet', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(batch, (content) => {
        for (const observation of observationsOf(content))
          expect(
            machineObservationFromJson(overTheWire(machineObservationToJson(observation))),
          ).toStrictEqual(observation);
      }),
    );
  });

  it('are stored apart when a source stamps them with one instant', () => {
    const times = sample.observations.map(storedTime);
    expect(times).toEqual([1_772_409_600_000_000_001n, 1_772_409_600_000_000_004n]);
  });
});

describe('a signed batch', () => {
  it('comes back as it was, from JSON and from the text with the canonical content', () => {
    fc.assert(
      fc.property(batch, (content) => {
        const signed = signBatch(content, key);
        expect(signedBatchFromJson(overTheWire(signedBatchToJson(signed)))).toStrictEqual(signed);
        const text = signedBatchText(signed, canonicalBatch(content));
        expect(signedBatchFromJson(JSON.parse(text))).toStrictEqual(signed);
      }),
    );
  });

  it('verifies after the wire, for the gateway whose key it is', () => {
    const signed = signedBatchFromJson(overTheWire(signedBatchToJson(signBatch(sample, key))));
    expect(() => verifyBatch(signed, trusted)).not.toThrow();
  });

  it('does not verify once anything in it has changed', () => {
    const signed = signBatch(sample, key);
    const [first, ...rest] = sample.observations;
    const changed: Batch[] = [
      { ...sample, seq: 8 },
      { ...sample, prev: 'c'.repeat(64) },
      { ...sample, machine: 'mill-2' },
      { ...sample, marks: ['simulated_clock'] },
      { ...sample, observations: rest },
      { ...sample, observations: [{ ...first, value: 13n } as (typeof rest)[number], ...rest] },
      { ...sample, observed: { from_ns: 1n, until_ns: 3n } },
    ];
    for (const content of changed) {
      const forged = { ...signed, content };
      expect(() => verifyBatch(forged, trusted)).toThrow(/does not have the digest/);
      const rehashed = { ...forged, digest: batchDigest(content) };
      expect(() => verifyBatch(rehashed, trusted)).toThrow(/does not verify/);
    }
  });

  it('does not verify with a key that is trusted for another gateway, or for none', () => {
    const other = signingKey(generateKeyPair().privatePem);
    const foreign = { ...sample, gateway: 'gateway-2' };
    expect(() => verifyBatch(signBatch(foreign, key), trusted)).toThrow(
      /not trusted to speak for 'gateway-2'/,
    );
    expect(() => verifyBatch(signBatch(sample, other), trusted)).toThrow(/not trusted/);
    const claimed = { ...signBatch(sample, other), key_id: key.id };
    expect(() => verifyBatch(claimed, trusted)).toThrow(/does not verify/);
  });
});

describe('acknowledgement and hello', () => {
  const ack = {
    v: 1 as const,
    ledger_id: 'gateway-1',
    gateway: 'gateway-1',
    epoch: sample.epoch,
    seq: -1,
    digest: '',
    at_ns: 5n,
  };
  const hello = {
    v: 1 as const,
    gateway: 'gateway-1',
    epoch: sample.epoch,
    floor_seq: 0,
    next_seq: 9,
    at_ns: 5n,
  };

  it('open as they were sealed', () => {
    expect(acknowledgementSeal.open(acknowledgementSeal.seal(ack, key), trusted)).toStrictEqual(ack);
    expect(helloSeal.open(helloSeal.seal(hello, key), trusted)).toStrictEqual(hello);
  });

  it('do not open when their words were changed', () => {
    const sealed = acknowledgementSeal.seal(ack, key).replace(String.raw`\"seq\":-1`, String.raw`\"seq\":41`);
    expect(() => acknowledgementSeal.open(sealed, trusted)).toThrow(/does not verify/);
  });

  it('do not open as each other: what was signed says what it is', () => {
    expect(() => acknowledgementSeal.open(helloSeal.seal(hello, key), trusted)).toThrow(/not a signed ack/);
    const batchSignature = signBatch(sample, key).signature;
    const sealed = JSON.parse(helloSeal.seal(hello, key)) as Record<string, string>;
    expect(() => helloSeal.open(JSON.stringify({ ...sealed, signature: batchSignature }), trusted)).toThrow(
      /does not verify/,
    );
  });

  it.each(['', '{}', 'null', '{"body":"{}","key_id":"x","signature":"x"}'])('do not open from %j', (text) => {
    expect(() => helloSeal.open(text, trusted)).toThrow(/not a signed hello/);
  });
});
