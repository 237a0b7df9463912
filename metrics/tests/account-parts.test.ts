import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accountOf } from '../src/accounts/account-of.ts';
import type { Facts, RegisterFacts } from '../src/accounts/facts.ts';
import { all, anyFacts, counter, instant, nothing } from './kit/facts.ts';

test('an order lasts from its first stretch to its last, and has the work and the items in between', () => {
  const facts: Facts = {
    ...nothing,
    states: [
      { at_ns: 0n, value: 'producing' },
      { at_ns: 300n, value: 'no_order' },
      { at_ns: 400n, value: 'waiting' },
      { at_ns: 500n, value: 'producing' },
    ],
    orders: [
      { at_ns: 100n, value: 'o1' },
      { at_ns: 300n, value: undefined },
      { at_ns: 400n, value: 'o1' },
      { at_ns: 600n, value: 'o2' },
    ],
    counters: [counter('good', { 0: 0n, 100: 5n, 200: 6n, 600: 8n, 700: 9n })],
  };
  expect(Object.fromEntries(accountOf(facts, all).orders)).toEqual({
    o1: { first_ns: 100n, last_ns: 600n, busy_ns: 400n, apt_ns: 300n, items: 3n },
    o2: { first_ns: 600n, last_ns: 1000n, busy_ns: 400n, apt_ns: 400n, items: 1n },
  });
});

describe('energy by state', () => {
  const machine = (readings: Record<number, bigint>, more: Partial<RegisterFacts> = {}): Facts => ({
    ...nothing,
    states: [
      { at_ns: 0n, value: 'producing' },
      { at_ns: 400n, value: 'waiting' },
      { at_ns: 700n, value: undefined },
    ],
    products: [{ at_ns: 0n, value: 'a' }],
    registers: [{ ...counter('good', readings), carrier: 'electricity', direction: 'import', ...more }],
  });
  const uses = (facts: Facts, window = all) =>
    Object.fromEntries([...accountOf(facts, window).energy_uses].map(([key, use]) => [key, use.import]));

  test('is charged to the stretch that an increment was made in, also when it ends with it', () => {
    expect(uses(machine({ 0: 0n, 200: 4n, 400: 10n, 500: 11n }))).toEqual({
      'electricity/producing/a': 10n,
      'electricity/waiting/a': 1n,
    });
  });

  test('is not charged to anything when an increment spans several, was unwatched, or no state was known', () => {
    expect(uses(machine({ 0: 0n, 300: 6n, 500: 10n, 800: 12n, 900: 15n }))).toEqual({
      'electricity/producing/a': 6n,
      'electricity/unattributed/': 9n,
    });
    const away = [
      { from_ns: 0n, to_ns: 100n },
      { from_ns: 150n, to_ns: 1000n },
    ];
    expect(uses(machine({ 0: 0n, 300: 6n }, { observed: away }))).toEqual({
      'electricity/unattributed/': 6n,
    });
  });

  test('is divided by time where the register allows it, and counts when it was read', () => {
    const facts = machine({ 0: 0n, 300: 6n, 500: 17n, 800: 20n }, { apportion_ns: 200n });
    expect(uses(facts)).toEqual({
      'electricity/producing/a': 6n + 5n,
      'electricity/waiting/a': 6n,
      'electricity/unattributed/': 3n,
    });
    expect(uses(facts, { from_ns: 0n, to_ns: 450n })).toEqual({ 'electricity/producing/a': 6n });
  });

  test('adds up to the energy of each carrier in any window', () => {
    fc.assert(
      fc.property(anyFacts, instant, (facts, to_ns) => {
        const account = accountOf({ ...facts, reports_states: true }, { from_ns: 0n, to_ns });
        const sums = new Map<string, bigint>();
        for (const [key, use] of account.energy_uses) {
          const carrier = key.split('/')[0]!;
          sums.set(carrier, (sums.get(carrier) ?? 0n) + use.import - use.export);
        }
        for (const [carrier, use] of account.energy)
          expect([carrier, sums.get(carrier) ?? 0n]).toEqual([carrier, use.import - use.export]);
        expect([...sums.keys()].every((carrier) => account.energy.has(carrier))).toBe(true);
      }),
    );
  });

  test('belongs to the order that was open when it was used', () => {
    const orders = [
      { at_ns: 100n, value: 'o/1' },
      { at_ns: 300n, value: undefined },
    ];
    const { energy_orders } = accountOf({ ...machine({ 0: 0n, 100: 1n, 200: 3n, 350: 7n }), orders }, all);
    expect([...energy_orders]).toEqual([['electricity/o/1', { import: 2n, export: 0n }]]);
  });

  test('is told of assets that report states only', () => {
    expect(uses({ ...machine({ 0: 0n, 300: 6n }), reports_states: false })).toEqual({});
  });
});
