import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Batch,
  isoFromNs,
  nsFromIso,
  type Observation,
  placeBatch,
  storedTime,
} from '../../src/index.ts';

const gateway = nsFromIso('2026-03-02T08:00:00.500Z');
const received = nsFromIso('2026-03-02T08:00:01Z');
const second = 1_000_000_000n;

function reading(time: string | bigint, value = 1, signal = 'power', ordinal = 0): Observation {
  const source_time_ns = typeof time === 'bigint' ? time : nsFromIso(time);
  return { signal, source_time_ns, ordinal, value, status: 0 };
}

function batchOf(observations: Observation[], rest: Partial<Batch> = {}): Batch {
  return {
    v: 1,
    gateway: 'gateway-1',
    epoch: '018000000000-00000000',
    seq: 0,
    prev: '',
    gateway_time_ns: gateway,
    machine: 'mill',
    source: 'opc',
    mapping: 'ab'.repeat(32),
    marks: [],
    observations,
    gaps: [],
    ...rest,
  };
}

/** Where the readings of a batch are placed, and what they said themselves. */
function placed(batch: Batch, at = received): [at: string, stated: string | undefined][] {
  return placeBatch(batch, at).observations.map((o) => [
    isoFromNs(o.source_time_ns),
    o.stated_time_ns === undefined ? undefined : isoFromNs(o.stated_time_ns),
  ]);
}

describe('impossible source times', () => {
  test.each([
    ['an empty Windows time', '1678-01-01T00:00:00Z'],
    ['an empty Unix time', '1970-01-01T00:00:00Z'],
    ['a battery clock that was never set', '2000-01-01T00:00:07.250Z'],
    ['the last instant not believed', '2009-12-31T23:59:59.999Z'],
    ['more than a day ahead', '2026-03-03T08:00:01.001Z'],
    ['a date far ahead', '2099-12-31T23:59:59Z'],
  ])('%s is placed within a second before the gateway time', (_, time) => {
    const [first] = placed(batchOf([reading(time)]));
    expect(first?.[1]).toBe(isoFromNs(nsFromIso(time)));
    const at = nsFromIso(first?.[0] ?? '');
    expect(at).toBeLessThanOrEqual(gateway);
    expect(at).toBeGreaterThan(gateway - second - 7n);
  });

  test.each([
    ['the first instant believed', '2010-01-01T00:00:00Z'],
    ['history of years ago', '2019-05-01T00:00:00Z'],
    ['a clock in a wrong time zone', '2026-03-02T16:00:00Z'],
    ['just a day ahead', '2026-03-03T08:00:01Z'],
  ])('%s stays', (_, time) => {
    const batch = batchOf([reading(time)]);
    expect(placeBatch(batch, received)).toBe(batch);
  });

  test('of a simulated clock are those of the recording, but never of tomorrow', () => {
    const marks = ['simulated_clock'] as const;
    const recorded = batchOf([reading('1999-06-01T00:00:00Z')], { marks });
    expect(placeBatch(recorded, received)).toBe(recorded);
    expect(placed(batchOf([reading('2099-01-01T00:00:00Z')], { marks }))[0]?.[1]).toBeDefined();
  });

  test('keep their order and distances, and possible ones beside them stay', () => {
    const rows = placed(
      batchOf([
        reading('2000-01-01T00:00:07.250Z', 1),
        reading('2026-03-02T08:00:00.100Z', 2),
        reading('2000-01-01T00:00:07.260Z', 3),
      ]),
    );
    expect(rows[1]).toEqual(['2026-03-02T08:00:00.100Z', undefined]);
    expect(nsFromIso(rows[2]?.[0] ?? '') - nsFromIso(rows[0]?.[0] ?? '')).toBe(10_000_000n);
  });

  test('fall back to the time of receipt where the gateway has no clock either', () => {
    const batch = batchOf([reading('1970-01-01T00:00:00Z')], { gateway_time_ns: 5n * second });
    const at = nsFromIso(placed(batch)[0]?.[0] ?? '');
    expect(received - at).toBeLessThan(second + 7n);
    // An ingest without a clock judges no future, and has nothing to offer instead.
    expect(placed(batch, 3n * second)).toEqual([['1970-01-01T00:00:00.000Z', undefined]]);
    expect(placed(batchOf([reading('2026-03-02T08:00:00Z')]), 3n * second)[0]?.[1]).toBeUndefined();
  });

  test('move a claim with them, and take away one of which only one end is possible', () => {
    const from_ns = nsFromIso('2000-01-01T00:00:00Z');
    const until_ns = from_ns + 5n * second;
    const { observed } = placeBatch(batchOf([], { observed: { from_ns, until_ns } }), received);
    expect((observed?.until_ns ?? 0n) - (observed?.from_ns ?? 0n)).toBe(5n * second);
    expect(gateway - (observed?.until_ns ?? 0n)).toBeLessThan(second + 7n);
    const set = batchOf([], { observed: { from_ns, until_ns: gateway } });
    expect(placeBatch(set, received).observed).toBeUndefined();
  });

  test('of a gap shrink it to the end that is possible', () => {
    const from_ns = nsFromIso('1970-01-01T00:00:00Z');
    const gaps = [{ from_ns, to_ns: gateway, reason: 'gateway_restart' as const }];
    expect(placeBatch(batchOf([], { gaps }), received).gaps).toEqual([
      { from_ns: gateway, to_ns: gateway, reason: 'gateway_restart' },
    ]);
  });

  const anyTime = fc.oneof(
    fc.constantFrom(0n, nsFromIso('2000-01-01T00:00:00Z'), nsFromIso('2090-01-01T00:00:00Z'), gateway),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  );
  const times = fc.uniqueArray(
    fc.tuple(anyTime, fc.integer({ min: -2000, max: 2000 })).map(([t, ms]) => t + BigInt(ms) * 1_000_000n),
    { maxLength: 40, selector: (time) => time },
  );

  test('end up as distinct identities at possible times, the same each time', () => {
    fc.assert(
      fc.property(times, (all) => {
        const inside = all.filter((t) => t >= -(2n ** 63n) && t < 2n ** 63n);
        const batch = batchOf(inside.map((time) => reading(time)));
        const result = placeBatch(batch, received);
        expect(placeBatch(batch, received)).toEqual(result);
        const moved = result.observations.filter((o) => o.stated_time_ns !== undefined);
        expect(new Set(moved.map(storedTime)).size).toBe(moved.length);
        for (const o of moved) {
          expect(o.source_time_ns).toBeLessThanOrEqual(gateway);
          // Each stretch takes an hour and a second at most.
          expect(o.source_time_ns).toBeGreaterThan(gateway - BigInt(inside.length) * 3602n * second);
        }
      }),
    );
  });
});
