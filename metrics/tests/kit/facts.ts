import { canonicalStates } from '@benchline/model';
import fc from 'fast-check';
import type { CounterFacts, Facts, RegisterFacts, Step } from '../../src/accounts/facts.ts';
import { type Interval, union } from '../../src/intervals.ts';

/** Arbitrary histories of a machine over a stretch of 1000 ns, coarse enough that coincidences are common. */
export const horizon = 1000n;
export const instant = fc.bigInt({ min: 0n, max: horizon });

const intervals: fc.Arbitrary<Interval[]> = fc
  .array(fc.tuple(instant, instant), { maxLength: 6 })
  .map((pairs) =>
    union(pairs.map(([a, b]) => (a < b ? { from_ns: a, to_ns: b } : { from_ns: b, to_ns: a }))),
  );

function steps<T>(value: fc.Arbitrary<T>): fc.Arbitrary<Step<T>[]> {
  return fc
    .uniqueArray(fc.record({ at_ns: instant, value }), { maxLength: 12, selector: (s) => s.at_ns })
    .map(byTime);
}

const anyReadings = steps(fc.bigInt({ min: 0n, max: 20n }));

const anyCounter: fc.Arbitrary<CounterFacts> = fc.record({
  role: fc.constantFrom('total', 'good', 'scrap', 'rework'),
  readings: anyReadings,
  observed: intervals,
});

const register: fc.Arbitrary<RegisterFacts> = fc.record(
  {
    carrier: fc.constantFrom('electricity', 'steam'),
    direction: fc.constantFrom('import', 'export'),
    readings: anyReadings,
    observed: intervals,
    rollover_at: fc.constant(21n),
    may_fall: fc.constant(true),
    apportion_ns: fc.constantFrom(0n, 100n, 1000n),
  },
  { requiredKeys: ['carrier', 'direction', 'readings', 'observed'] },
);

export const anyFacts: fc.Arbitrary<Facts> = fc.record({
  reports_states: fc.boolean(),
  planned: intervals,
  states: steps(fc.constantFrom(undefined, ...canonicalStates)),
  reasons: steps(fc.constantFrom(undefined, 'E1', 'E2')),
  states_observed: intervals,
  micro_stop_ns: fc.constantFrom(0n, 60n, 400n),
  orders: steps(fc.constantFrom(undefined, 'o1', 'o2')),
  products: steps(fc.constantFrom(undefined, 'a', 'b')),
  counters: fc.array(anyCounter, { maxLength: 4 }),
  registers: fc.array(register, { maxLength: 3 }),
  named_defects: fc
    .array(fc.record({ at_ns: instant, items: fc.bigInt({ min: 1n, max: 5n }), start_up: fc.boolean() }), {
      maxLength: 4,
    })
    .map(byTime),
  seen: intervals,
});

function byTime<T extends { at_ns: bigint }>(items: T[]): T[] {
  return items.sort((a, b) => (a.at_ns < b.at_ns ? -1 : 1));
}

/** The whole stretch. */
export const all = { from_ns: 0n, to_ns: horizon };
/** A machine of which nothing is known but that it was watched. */
export const nothing: Facts = {
  planned: [all],
  states: [],
  reports_states: true,
  reasons: [],
  states_observed: [all],
  orders: [],
  products: [],
  counters: [],
  registers: [],
  seen: [all],
};

/** A counter that was read at these instants. */
export function counter(
  role: CounterFacts['role'],
  readings: Record<number, bigint>,
  observed = [all],
): CounterFacts {
  return {
    role,
    readings: Object.entries(readings).map(([at, value]) => ({ at_ns: BigInt(at), value })),
    observed,
  };
}
