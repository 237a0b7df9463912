import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Ordered, SeriesRows } from '../src/embedded/series-rows.ts';

const row = fc.record({
  at: fc.bigInt({ min: 0n, max: 40n }),
  ordinal: fc.integer({ min: 0, max: 2 }),
  gateway: fc.bigInt({ min: 0n, max: 2n }),
});
type Row = typeof row extends fc.Arbitrary<infer R> ? R : never;

/** Mostly in order, as rows are stored, and some late ones behind. */
const stored = fc
  .tuple(fc.array(row, { maxLength: 60 }), fc.array(row, { maxLength: 8 }))
  .map(([most, late]) => [...most.sort(byIdentity), ...late]);

test('rows of one series come out in time order, the latest delivery of each, however they were cut', () => {
  const chunks = fc.array(fc.tuple(stored, fc.nat({ max: 3 })), { maxLength: 4 });
  fc.assert(
    fc.property(chunks, (list) => {
      const rows = new SeriesRows<Ordered>();
      for (const [chunk, before] of list) {
        // Rows of another series lie before.
        const cells = columnsOf([...chunk.slice(0, before), ...chunk]);
        const first = Math.min(before, chunk.length);
        if (chunk.length > 0) rows.add(cells, first, first + chunk.length);
      }
      const out = rows.inTimeOrder().flatMap(({ cells, first, end }) =>
        Array.from(cells.at_ns.slice(first, end), (at, i) => ({
          at,
          ordinal: cells.ordinals[first + i]!,
          gateway: cells.gateway_ns[first + i]!,
        })),
      );
      expect(out).toEqual(latestOf(list.flatMap(([chunk]) => chunk)));
    }),
  );
});

function columnsOf(rows: readonly Row[]): Ordered {
  return {
    at_ns: BigInt64Array.from(rows, ({ at }) => at),
    ordinals: Int32Array.from(rows, ({ ordinal }) => ordinal),
    gateway_ns: BigInt64Array.from(rows, ({ gateway }) => gateway),
  };
}

function latestOf(rows: readonly Row[]): Row[] {
  const latest = new Map<string, Row>();
  for (const each of rows) {
    const known = latest.get(`${each.at} ${each.ordinal}`);
    if (!known || each.gateway >= known.gateway) latest.set(`${each.at} ${each.ordinal}`, each);
  }
  return [...latest.values()].sort(byIdentity);
}

function byIdentity(a: Row, b: Row): number {
  return Number(a.at - b.at) || a.ordinal - b.ordinal;
}
