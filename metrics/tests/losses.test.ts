import type { Entry } from '@benchline/model';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { emptyAccount, mergeAccounts } from '../src/accounts/account.ts';
import { accountOf } from '../src/accounts/account-of.ts';
import type { Facts } from '../src/accounts/facts.ts';
import { defectsOf } from '../src/losses/defects.ts';
import { paretoOf } from '../src/losses/pareto.ts';
import { barSeconds, sixLosses, type Waterfall, waterfallOf } from '../src/losses/waterfall.ts';
import { all, anyFacts, counter, horizon, instant, nothing } from './kit/facts.ts';

const runTime = (product: string) => (product === 'a' ? 7n : 0n);
const sumOf = ({ losses, fully_productive }: Waterfall) =>
  Object.values(losses).reduce((sum, loss) => sum + loss, fully_productive);

describe('the waterfall', () => {
  it('adds up to the calendar time, whatever the facts and wherever the window is cut', () => {
    fc.assert(
      fc.property(anyFacts, instant, (facts, cut) => {
        const of = (from_ns: bigint, to_ns: bigint) =>
          waterfallOf(accountOf(facts, { from_ns, to_ns }), runTime, true);
        const whole = of(0n, horizon);
        expect(sumOf(whole)).toBe(whole.calendar);
        const [first, second] = [of(0n, cut), of(cut, horizon)];
        expect(first.fully_productive + second.fully_productive).toBe(whole.fully_productive);
        for (const id of Object.keys(whole.losses) as (keyof Waterfall['losses'])[])
          expect(first.losses[id] + second.losses[id], id).toBe(whole.losses[id]);
      }),
    );
  });

  it('is for several machines the sum of theirs', () => {
    fc.assert(
      fc.property(anyFacts, anyFacts, (a, b) => {
        const window = { from_ns: 0n, to_ns: horizon };
        const [x, y] = [accountOf(a, window), accountOf(b, window)];
        const both = waterfallOf(mergeAccounts(x, y), runTime, true);
        const [one, other] = [waterfallOf(x, runTime, true), waterfallOf(y, runTime, true)];
        expect(both.calendar).toBe(one.calendar + other.calendar);
        expect(both.losses.speed).toBe(one.losses.speed + other.losses.speed);
        expect(sumOf(both)).toBe(both.calendar);
      }),
    );
  });

  it('of a worked shift: speed, defects and stops in seconds', () => {
    // 480 min, breaks 60, stops 47, 60 items a minute, 19 271 made, 423 rejected (Vorne).
    const minute = 60_000_000_000n;
    const items = 19_271_000_000_000n;
    const good = 18_848_000_000_000n;
    const waterfall = waterfallOf(
      {
        ...emptyAccount,
        calendar_ns: 480n * minute,
        planned_ns: 420n * minute,
        elements: { apt: 373n * minute, aust: 0n, adet: 0n, adot: 47n * minute, pmt: 0n },
        stops: new Map([['fault/E1', { time_ns: 47n * minute, times: 3n }]]),
        products: new Map([
          [
            'a',
            {
              pbt_ns: 420n * minute,
              apt_ns: 373n * minute,
              items,
              good,
              judged: items,
              scrap: 0n,
              named: 0n,
              start_up: 0n,
            },
          ],
        ]),
      },
      () => 1_000_000_000n,
      true,
    );
    const seconds = Object.fromEntries(
      Object.entries(waterfall.losses).map(([id, time]) => [id, barSeconds(time)]),
    );
    expect(seconds).toEqual({
      no_shift: 3600,
      planned_maintenance: 0,
      unobserved: 0,
      fault: 2820,
      setup: 0,
      no_order: 0,
      waiting: 0,
      short_stop: 0,
      unrated: 0,
      speed: 22_380 - 19_271,
      start_up: 0,
      defects: 423,
    });
    expect(barSeconds(waterfall.fully_productive) / (420 * 60)).toBeCloseTo(0.747937, 6);
    // 423 rejects, and nobody says of any why: how many the start-up cost is unknown, not 0.
    expect(sixLosses(waterfall).start_up).toBeUndefined();
    // Twice as fast as planned: the loss is negative, and everything still adds up.
    const fast = waterfallOf(
      {
        ...emptyAccount,
        calendar_ns: minute,
        planned_ns: minute,
        elements: { apt: minute, aust: 0n, adet: 0n, adot: 0n, pmt: 0n },
        products: new Map([
          [
            'a',
            {
              pbt_ns: minute,
              apt_ns: minute,
              items: 2_000_000_000n,
              good: 0n,
              judged: 0n,
              scrap: 0n,
              named: 0n,
              start_up: 0n,
            },
          ],
        ]),
      },
      () => minute,
      true,
    );
    expect(barSeconds(fast.losses.speed)).toBe(-60);
    expect(sumOf(fast)).toBe(fast.calendar);
  });
});

describe('rejects of start-up', () => {
  const facts: Facts = {
    ...nothing,
    states: [{ at_ns: 0n, value: 'producing' }],
    products: [{ at_ns: 0n, value: 'a' }],
    counters: [counter('good', { 0: 0n, 900: 90n }), counter('scrap', { 0: 0n, 900: 10n })],
  };
  const of = (more: Partial<Facts>, flagged = true) =>
    waterfallOf(accountOf({ ...facts, ...more }, all), runTime, flagged);
  const named = [
    { at_ns: 100n, items: 3n, start_up: true },
    { at_ns: 300n, items: 2n, start_up: false },
  ];

  it('are those whose cause somebody named so; the others stand among the defects', () => {
    const some = of({ named_defects: named });
    expect(some).toMatchObject({ start_up: 'partly', losses: { start_up: 3n * 7n, defects: 7n * 7n } });
    const every = of({ named_defects: [...named, { at_ns: 900n, items: 5n, start_up: false }] });
    expect(every).toMatchObject({ start_up: 'told', losses: { start_up: 3n * 7n, defects: 7n * 7n } });
  });

  it('are unknown while nobody names a cause, or no cause is one of start-up', () => {
    expect(of({}).start_up).toBe('not_told');
    expect(of({ named_defects: named }, false).start_up).toBe('not_told');
    // A good counter alone says nothing of rejects at all.
    expect(of({ counters: [counter('good', { 0: 0n, 900: 90n })] }).start_up).toBe('not_told');
    expect(
      of({ counters: [counter('good', { 0: 0n, 900: 9n }), counter('scrap', { 0: 0n })] }),
    ).toMatchObject({
      start_up: 'told',
      losses: { start_up: 0n, defects: 0n },
    });
  });
});

describe('micro-stops', () => {
  const day: Facts = {
    ...nothing,
    micro_stop_ns: 60n,
    states: (
      [
        [0, 'producing'],
        [100, 'short_stop'],
        [130, 'waiting'],
        [140, 'producing'],
        [200, 'fault'],
        [260, 'producing'],
        [300, 'waiting'],
        [330, 'setup'],
        [340, 'producing'],
        [400, 'waiting'],
        [420, 'producing'],
      ] as const
    ).map(([at, value]) => ({ at_ns: BigInt(at), value })),
    reasons: [{ at_ns: 100n, value: 'E1' }],
    states_observed: [
      { from_ns: 0n, to_ns: 410n },
      { from_ns: 420n, to_ns: 1000n },
    ],
  };
  const of = (facts: Facts, to_ns = 1000n) => accountOf(facts, { from_ns: 0n, to_ns }).micro_stops;

  it('go from producing to producing and are shorter than the bound', () => {
    expect([...of(day)]).toEqual([['short_stop/E1', { time_ns: 40n, times: 1n }]]);
    expect(of({ ...day, micro_stop_ns: 40n }).size).toBe(0);
  });

  it('belong to the window that they end in, as a whole', () => {
    expect(of(day, 140n).size).toBe(0);
    expect(of(day, 141n).get('short_stop/E1')?.time_ns).toBe(40n);
  });

  it('are none when the shift ends in between', () => {
    const shifts = [
      { from_ns: 0n, to_ns: 135n },
      { from_ns: 136n, to_ns: 1000n },
    ];
    expect(of({ ...day, planned: shifts }).size).toBe(0);
  });
});

test('a Pareto falls, and its shares add up', () => {
  const rows = paretoOf(['b', 'dddd', 'cc', 'e'], (text) => BigInt(text.length));
  expect(rows.map(({ of, share, cumulative }) => [of, share, cumulative])).toEqual([
    ['dddd', 0.5, 0.5],
    ['cc', 0.25, 0.75],
    ['b', 0.125, 0.875],
    ['e', 0.125, 1],
  ]);
  expect(paretoOf(['x'], () => 0n)).toMatchObject([{ share: 0, cumulative: 0 }]);
});

test('defects are named by entries; the rest has no name, and less than nothing is said aloud', () => {
  const stated = (statement: Entry['statement']): Entry => ({
    id: crypto.randomUUID(),
    author: 'inspector',
    reason: 'seen',
    subject: 'mill',
    entered_ns: 0n,
    from_ns: 0n,
    statement,
  });
  const counts = {
    items: 100_000_000_000n,
    judged: 100_000_000_000n,
    good: 90_000_000_000n,
    scrap: 7_000_000_000n,
    rework: 3_000_000_000n,
  };
  const entries = [
    stated({ kind: 'scrap_cause', items: 4, cause: 'surface' }),
    stated({ kind: 'count_correction', scrap: 2, rework: 1, cause: 'tool' }),
    stated({ kind: 'reclassify', from: 'good', to: 'scrap', items: 1, cause: 'surface' }),
    stated({ kind: 'reclassify', from: 'scrap', to: 'good', items: 1, cause: 'surface' }),
    stated({ kind: 'count_correction', good: 5 }),
  ];
  expect(defectsOf(counts, entries)).toMatchObject({
    scrap_items: 7,
    rework_items: 3,
    causes: [
      { of: { cause: 'surface', items: 5n }, share: 0.625 },
      { of: { cause: 'tool', items: 3n }, cumulative: 1 },
    ],
    unnamed_items: 2,
  });
  expect(defectsOf(undefined, entries).unnamed_items).toBe(-8);
});
