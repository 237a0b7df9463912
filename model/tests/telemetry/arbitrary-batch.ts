import fc from 'fast-check';
import type { Batch, Observation } from '../../src/telemetry/batch.ts';
import { gapReasons, sourceMarks } from '../../src/telemetry/batch.ts';
import { status } from '../../src/telemetry/status.ts';
import type { Value } from '../../src/telemetry/value.ts';

export const int64Edges = [
  0n,
  -1n,
  2n ** 53n - 1n,
  2n ** 53n + 1n,
  -(2n ** 53n) - 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
] as const;

const slug = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,15}$/);
const int64 = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.constantFrom(...int64Edges));
const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));

/** JSON has no −0: RFC 8785 writes it as 0. */
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0);
const value: fc.Arbitrary<Value> = fc.oneof(
  double,
  fc.integer(),
  int64,
  fc.string({ unit: 'binary' }),
  fc.boolean(),
);

const observation: fc.Arbitrary<Observation> = fc
  .record({
    signal: slug,
    source_time_ns: int64,
    ordinal: fc.integer({ min: 0, max: 999_999 }),
    value,
    native: fc.option(value, { nil: undefined }),
    status: fc.constantFrom(...Object.values(status)),
  })
  .map(({ value: measured, native, ...rest }) => ({
    ...rest,
    ...(rest.status >= status.bad ? {} : { value: measured }),
    ...(native === undefined ? {} : { native }),
  }));

/** Any batch that the contract can carry. */
export const batch: fc.Arbitrary<Batch> = fc
  .record({
    v: fc.constant(1 as const),
    gateway: slug,
    epoch: fc.tuple(hex(12), hex(8)).map((parts) => parts.join('-')),
    seq: fc.nat(),
    prev: fc.oneof(hex(64), fc.constant('')),
    gateway_time_ns: int64,
    machine: slug,
    source: slug,
    mapping: hex(64),
    marks: fc.subarray([...sourceMarks]),
    observations: fc.array(observation, { maxLength: 5 }),
    gaps: fc.array(
      fc.record(
        { from_ns: int64, to_ns: int64, reason: fc.constantFrom(...gapReasons) },
        { noNullPrototype: true },
      ),
      {
        maxLength: 2,
      },
    ),
    observed: fc.option(fc.record({ from_ns: int64, until_ns: int64 }, { noNullPrototype: true }), {
      nil: undefined,
    }),
  })
  .map(({ observed, ...rest }) => ({ ...rest, ...(observed && { observed }) }));
