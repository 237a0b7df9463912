import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Account, emptyAccount, mergeAccounts } from '../src/accounts/account.ts';
import { accountant, accountOf } from '../src/accounts/account-of.ts';
import type { CounterFacts, Facts } from '../src/accounts/facts.ts';
import { columnsOf } from '../src/accounts/readings.ts';
import { nanoAmountOf, nanoItemsOf } from '../src/accounts/registers.ts';
import { Rise } from '../src/accounts/rise.ts';
import { intersect, lengthOf, subtract } from '../src/intervals.ts';
import { all, anyFacts, counter, instant, nothing } from './kit/facts.ts';

describe('accounts of any history', () => {
  test('of any cut of a window merge to the account of the whole', () => {
    fc.assert(
      fc.property(anyFacts, fc.array(instant, { minLength: 2, maxLength: 8 }), (facts, cuts) => {
        const at = [...new Set(cuts)].sort((a, b) => (a < b ? -1 : 1));
        const account = accountant(facts);
        const pieces = at.slice(1).map((to_ns, i) => account({ from_ns: at[i]!, to_ns }));
        if (pieces.length === 0) return;
        const whole = account({ from_ns: at[0]!, to_ns: at.at(-1)! });
        expect(plain(pieces.reduce(mergeAccounts, emptyAccount))).toEqual(plain(whole));
      }),
    );
  });

  test('merge in any order and grouping to the same', () => {
    const account = fc
      .tuple(anyFacts, instant)
      .map(([facts, to_ns]) => accountOf(facts, { from_ns: 0n, to_ns }));
    fc.assert(
      fc.property(account, account, account, (a, b, c) => {
        expect(plain(mergeAccounts(a, b))).toEqual(plain(mergeAccounts(b, a)));
        expect(plain(mergeAccounts(mergeAccounts(a, b), c))).toEqual(
          plain(mergeAccounts(a, mergeAccounts(b, c))),
        );
        expect(plain(mergeAccounts(a, emptyAccount))).toEqual(plain(a));
      }),
    );
  });

  test('never observe more time than was planned, nor attribute more items than were counted', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { planned_ns, elements, attributed, counts } = accountOf(facts, all);
        const observed = Object.values(elements).reduce((a, b) => a + b, 0n);
        expect(observed).toBeLessThanOrEqual(planned_ns);
        if (counts && facts.counters.every((c) => c.role !== 'total'))
          expect(attributed.items).toBeLessThanOrEqual(counts.items);
      }),
    );
  });
});

describe('time', () => {
  test('falls into the element of the state, a fault by whether an order is open', () => {
    const facts: Facts = {
      ...nothing,
      states: [
        { at_ns: 0n, value: 'producing' },
        { at_ns: 100n, value: 'setup' },
        { at_ns: 200n, value: 'waiting' },
        { at_ns: 300n, value: 'short_stop' },
        { at_ns: 400n, value: 'fault' },
        { at_ns: 600n, value: 'no_order' },
        { at_ns: 700n, value: 'planned_maintenance' },
        { at_ns: 800n, value: undefined },
      ],
      orders: [
        { at_ns: 0n, value: 'o1' },
        { at_ns: 450n, value: undefined },
      ],
    };
    const { planned_ns, elements } = accountOf(facts, all);
    expect(planned_ns).toBe(1000n);
    expect(elements).toEqual({ apt: 100n, aust: 100n, adet: 250n, adot: 250n, pmt: 100n });
  });

  test('counts within shifts and while watched only', () => {
    const facts: Facts = {
      ...nothing,
      planned: [{ from_ns: 100n, to_ns: 500n }],
      states: [{ at_ns: 0n, value: 'producing' }],
      states_observed: [
        { from_ns: 0n, to_ns: 200n },
        { from_ns: 300n, to_ns: 1000n },
      ],
    };
    expect(accountOf(facts, all)).toMatchObject({ planned_ns: 400n, elements: { apt: 300n } });
  });
});

describe('stops', () => {
  const facts: Facts = {
    ...nothing,
    planned: [
      { from_ns: 0n, to_ns: 500n },
      { from_ns: 600n, to_ns: 1000n },
    ],
    states: [
      { at_ns: 0n, value: 'fault' },
      { at_ns: 50n, value: 'producing' },
      { at_ns: 100n, value: 'fault' },
      { at_ns: 200n, value: 'fault' },
      { at_ns: 300n, value: 'waiting' },
      { at_ns: 400n, value: 'producing' },
      { at_ns: 550n, value: 'fault' },
      { at_ns: 700n, value: 'producing' },
    ],
    reasons: [
      { at_ns: 0n, value: 'E1' },
      { at_ns: 50n, value: 'RUN' },
      { at_ns: 100n, value: 'E1' },
      { at_ns: 200n, value: 'E2' },
      { at_ns: 300n, value: undefined },
      { at_ns: 400n, value: 'RUN' },
      { at_ns: 550n, value: 'E1' },
      { at_ns: 700n, value: 'RUN' },
    ],
  };

  test('are told by state and reason, with their time within shifts', () => {
    expect(accountOf(facts, all).stops).toEqual(
      new Map([
        // 50 before the first change is known, 100 for E1, 100 of the one that began between the shifts.
        ['fault/E1', { time_ns: 250n, times: 1n }],
        ['fault/E2', { time_ns: 100n, times: 1n }],
        ['waiting/', { time_ns: 100n, times: 1n }],
      ]),
    );
  });

  test('a failure is a change into fault; another name for it is none, nor one that nobody saw begin', () => {
    expect(accountOf(facts, all).failures).toBe(1n);
    expect(accountOf({ ...facts, planned: [all] }, all).failures).toBe(2n);
    const unseen = [
      { from_ns: 0n, to_ns: 90n },
      { from_ns: 150n, to_ns: 1000n },
    ];
    expect(accountOf({ ...facts, states_observed: unseen }, all).failures).toBe(0n);
  });
});

describe('items', () => {
  const producing: Facts = {
    ...nothing,
    states: [{ at_ns: 0n, value: 'producing' }],
    products: [{ at_ns: 0n, value: 'a' }],
  };

  test('that are stamped at the end of a window belong to it', () => {
    const facts = { ...producing, counters: [counter('good', { 0: 0n, 500: 3n, 600: 4n })] };
    expect(accountOf(facts, { from_ns: 0n, to_ns: 500n }).counts?.good).toBe(3n);
    expect(accountOf(facts, { from_ns: 500n, to_ns: 600n }).counts?.good).toBe(1n);
  });

  test('counted over unobserved time belong to the window but not to the observed time', () => {
    const watched = [
      { from_ns: 0n, to_ns: 300n },
      { from_ns: 400n, to_ns: 1000n },
    ];
    const facts = {
      ...producing,
      counters: [counter('good', { 0: 0n, 200: 2n, 450: 9n, 500: 10n }, watched)],
    };
    const account = accountOf(facts, all);
    expect(account.counts?.good).toBe(10n);
    expect(account.attributed.good).toBe(3n);
    expect(account.products.get('a')).toMatchObject({ good: 3n });
  });

  test('made outside shifts are counted, not attributed', () => {
    const facts = {
      ...producing,
      planned: [{ from_ns: 0n, to_ns: 300n }],
      counters: [counter('good', { 0: 0n, 300: 1n, 301: 2n })],
    };
    const account = accountOf(facts, all);
    expect([account.counts?.good, account.attributed.good]).toEqual([2n, 1n]);
  });

  test('belong to the product that was made when they were counted', () => {
    const facts: Facts = {
      ...producing,
      products: [
        { at_ns: 0n, value: 'a' },
        { at_ns: 400n, value: 'b' },
        { at_ns: 800n, value: undefined },
      ],
      counters: [counter('good', { 0: 0n, 400: 4n, 500: 5n, 900: 7n }), counter('scrap', { 0: 0n, 600: 1n })],
    };
    const { products } = accountOf(facts, all);
    expect(Object.fromEntries(products)).toEqual({
      a: { pbt_ns: 400n, apt_ns: 400n, items: 4n, good: 4n, judged: 4n, scrap: 0n, named: 0n, start_up: 0n },
      b: { pbt_ns: 400n, apt_ns: 400n, items: 2n, good: 1n, judged: 2n, scrap: 1n, named: 0n, start_up: 0n },
    });
  });

  test('are the total counter where there is one, otherwise good, scrap and rework', () => {
    const count = (...counters: CounterFacts[]) => accountOf({ ...producing, counters }, all).counts;
    const good = counter('good', { 0: 0n, 10: 5n });
    const scrap = counter('scrap', { 0: 0n, 10: 2n });
    const rework = counter('rework', { 0: 0n, 10: 1n });
    const total = counter('total', { 0: 0n, 10: 9n });
    expect(count(good, scrap, rework)).toMatchObject({ items: 8n, judged: 8n });
    expect(count(good, scrap, total)).toMatchObject({ items: 9n, judged: 9n, scrap: 2n });
    expect(count(scrap, total)).toMatchObject({ items: 9n, good: 7n });
    expect(count(good, total)).toMatchObject({ items: 9n, scrap: 4n });
    expect(count(total)).toMatchObject({ items: 9n, judged: 0n, good: 0n });
  });

  test('are unknown, not none, where no counter was read or watched', () => {
    const facts = {
      ...producing,
      counters: [counter('good', { 100: 7n }, [{ from_ns: 100n, to_ns: 200n }])],
    };
    expect(accountOf(facts, { from_ns: 0n, to_ns: 50n }).counts).toBeUndefined();
    expect(accountOf(facts, { from_ns: 0n, to_ns: 150n })).toMatchObject({ counts_from_later: true });
    expect(accountOf(facts, { from_ns: 120n, to_ns: 150n })).toMatchObject({
      counts: { good: 0n },
      counts_from_later: false,
    });
    expect(accountOf(facts, { from_ns: 300n, to_ns: 400n }).counts).toBeUndefined();
  });
});

describe('a smaller reading', () => {
  const deltas = (values: number[], rollover?: number) => {
    const list = values.map((v, i) => ({ at_ns: BigInt(i), value: nanoAmountOf(v, 'kWh')! }));
    const rise = new Rise(
      columnsOf(list),
      rollover === undefined ? {} : { rollover_at: nanoAmountOf(rollover, 'kWh')! },
    );
    return values.slice(1).map((_, i) => Number(rise.over({ first: i + 1, end: i + 2 })) / 1e9);
  };

  test('is a counter that began anew, or one that ran over: 999 984.0625 → 20', () => {
    expect(deltas([999_984.0625, 20])).toEqual([20]);
    expect(deltas([999_984.0625, 20], 1_000_000)).toEqual([35.9375]);
  });

  test('is never negative and never silently nothing', () => {
    const values = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 2 });
    fc.assert(
      fc.property(values, fc.boolean(), (list, rolls) => {
        const steps = deltas(list, rolls ? 1001 : undefined);
        const changes = list.filter((v, i) => i > 0 && v !== list[i - 1]).length;
        expect(steps.filter((d) => d > 0)).toHaveLength(changes);
      }),
    );
  });
});

describe('readings', () => {
  test('become whole amounts without losing a digit', () => {
    expect(nanoAmountOf(9_007_199_254_740_993n, 'kWh')).toBe(9_007_199_254_740_993_000_000_000n);
    expect(nanoAmountOf(123_456.789_012_345, 'kWh')).toBe(123_456_789_012_345n);
    expect(nanoAmountOf(1500, 'Wh')).toBe(1_500_000_000n);
    expect(nanoAmountOf(3.6, 'MJ')).toBe(1_000_000_000n);
    expect(nanoAmountOf(0.001, 'GJ')).toBe(277_777_778n);
    expect(nanoAmountOf(0.000_001, 'MWh')).toBe(1_000_000n);
    expect(nanoAmountOf(2.5, 'm3')).toBe(2_500_000_000n);
    expect(nanoAmountOf(1.000_000_001, 't')).toBe(1_000_000_001_000n);
    expect(nanoItemsOf(3n, 3)).toBe(1_000_000_000n);
    expect(nanoItemsOf(1n, 0.5)).toBe(2_000_000_000n);
    expect(nanoItemsOf('7', 1)).toBeUndefined();
  });
});

describe('intervals', () => {
  test('subtract and intersect part a list in two', () => {
    fc.assert(
      fc.property(anyFacts, ({ planned, seen }) => {
        const both = intersect(planned, seen);
        const rest = subtract(planned, seen);
        expect(lengthOf(both) + lengthOf(rest)).toBe(lengthOf(planned));
        expect(intersect(rest, seen)).toEqual([]);
      }),
    );
  });
});

/** Maps compare by content, whatever the order in which products and carriers came. */
function plain(account: Account): unknown {
  const { products, energy, energy_uses, energy_orders, ...rest } = account;
  return {
    ...rest,
    products: Object.fromEntries(products),
    energy: Object.fromEntries(energy),
    energy_uses: Object.fromEntries(energy_uses),
    energy_orders: Object.fromEntries(energy_orders),
  };
}
