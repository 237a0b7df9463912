import { BenchlineError } from '@benchline/model';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Credentials } from '../src/influx/credentials.ts';
import { InfluxConfig } from '../src/influx/index.ts';
import type { LocalInflux } from '../src/influx/local-server.ts';
import { type Cell, InfluxQl } from '../src/influx/query.ts';
import { encodePoint, influxTimeRange, type Point } from '../src/line-protocol/index.ts';
import { influxMissing, lineWriter, temporaryInflux } from './influx-fixture.ts';
import { second, t0 } from './samples.ts';

let server: LocalInflux | undefined;
beforeAll(async () => {
  if (influxMissing === undefined) server = await temporaryInflux();
});
afterAll(() => server?.stop());

const special = ['a', 'b', ' ', ',', '=', '\\', '"', "'", '#', '中', '🏭', '0', 'i'];
const awkward = fc.string({ unit: fc.constantFrom(...special), minLength: 1, maxLength: 6 });
const controls = fc.string({ unit: fc.constantFrom(...special, '\n', '\r', '\t', '\u0000', '\u0085') });
const text = fc.oneof(controls, fc.string({ unit: 'binary' }));
const float = fc.double({ noNaN: true, noDefaultInfinity: true });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
/** Name and value of a field; names of different types differ, since one query reads them all. */
const named = <T>(initial: string, value: fc.Arbitrary<T>) =>
  fc.tuple(awkward, value).map(([name, v]) => [initial + name, v]);
const field = fc.oneof(named('n', float), named('i', int64), named('b', fc.boolean()), named('s', text));
const tag = fc.tuple(
  awkward.map((name) => `t${name}`),
  fc.oneof({ weight: 9, arbitrary: awkward }, controls),
);

const point: fc.Arbitrary<Point> = fc.record({
  measurement: fc.oneof({ weight: 9, arbitrary: awkward }, controls),
  tags: fc.array(tag, { maxLength: 3 }).map((tags) => Object.fromEntries(tags)),
  fields: fc.array(field, { minLength: 1, maxLength: 3 }).map((fields) => Object.fromEntries(fields)),
  // Few shards: InfluxDB makes one for every week that it meets.
  time_ns: fc.oneof(
    { weight: 30, arbitrary: fc.bigInt({ min: t0, max: t0 + 86_400n * second }) },
    { weight: 1, arbitrary: fc.constantFrom(influxTimeRange.first_ns, -1n, 0n, influxTimeRange.last_ns) },
  ),
});

function encoded(given: Point): string | undefined {
  try {
    return encodePoint(given);
  } catch (error) {
    if (error instanceof BenchlineError && error.code === 'value_unrepresentable') return undefined;
    throw error;
  }
}

/** A cell as the value that was written: what JSON cannot tell apart, the written value's type says. */
function readAs(written: unknown, cell: Cell | undefined): unknown {
  if (typeof written === 'bigint') return BigInt(cell as string | number);
  return typeof written === 'number' ? Number(cell) : cell;
}

it('every point is refused by name or comes back from InfluxDB as it was', async ({ skip }) => {
  skip(influxMissing !== undefined, influxMissing);
  const config = InfluxConfig.parse({ version: 1, url: server?.url, database: 'round-trip' });
  const ql = new InfluxQl(config, await Credentials.read(config));
  const writer = await lineWriter(config);
  await ql.select('CREATE DATABASE "round-trip"');
  let run = 0;
  let stored = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(point, { minLength: 100, maxLength: 200 }), async (points) => {
      // A measurement of its own for each point keeps the times of different points apart.
      const prefix = `r${++run}-`;
      const kept = points.flatMap((p, n) => {
        const own = { ...p, measurement: `${prefix}${n}-${p.measurement}` };
        const line = encoded(own);
        return line === undefined ? [] : [{ point: own, line }];
      });
      expect(await writer.write(kept.map(({ line }) => line))).toEqual([]);
      const span = `time >= ${influxTimeRange.first_ns} AND time <= ${influxTimeRange.last_ns}`;
      const series = await ql.select(`SELECT * FROM /^${prefix}/ WHERE ${span} GROUP BY *`);
      const found = new Map(series.map((s) => [s.name, s]));
      for (const { point: p } of kept) {
        const back = found.get(p.measurement);
        // GROUP BY * gives every series the tags of all, empty where it has none.
        const tags = Object.entries(back?.tags ?? {}).filter(([, value]) => value !== '');
        expect(Object.fromEntries(tags)).toEqual(p.tags);
        expect(back?.rows).toHaveLength(1);
        const cells = new Map(back?.columns.map((column, n) => [column, back.rows[0]?.[n]]));
        expect(BigInt(cells.get('time') as string)).toBe(p.time_ns);
        const fields = Object.entries(p.fields).map(([key, v]) => [key, readAs(v, cells.get(key))]);
        expect(Object.fromEntries(fields)).toEqual(p.fields);
      }
      expect(found.size).toBe(kept.length);
      stored += kept.length;
    }),
    { numRuns: 8, endOnFailure: true },
  );
  expect(stored).toBeGreaterThan(100);
});
