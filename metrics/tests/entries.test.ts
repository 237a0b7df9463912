import { type Entry, holdingEntries, indexPlant, parsePlant, type Statement } from '@benchline/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyAccount, mergeAccounts } from '../src/accounts/account.ts';
import { accountOf } from '../src/accounts/account-of.ts';
import type { Facts, Step } from '../src/accounts/facts.ts';
import { withEntries } from '../src/entries/effect.ts';
import { EntryBook } from '../src/entries/entry-book.ts';
import { laidOver } from '../src/entries/overlay.ts';
import { entryReach, reachOf, relevantEntries, touchedBy } from '../src/entries/stretches.ts';
import type { Interval } from '../src/intervals.ts';
import { anyEntries, entry } from './kit/entries.ts';
import { anyFacts, horizon, instant } from './kit/facts.ts';
import { plantYaml } from './kit/plant.ts';

const plant = indexPlant(parsePlant(plantYaml, 'plant.yaml'));
const mill = plant.assets.get('mill')!;
const all = { from_ns: 0n, to_ns: horizon };

/** The account of a window as the services compute it: with the entries that matter to a span around it. */
function account(facts: Facts, entries: readonly Entry[], window: Interval, span: Interval = window) {
  const holding = holdingEntries(entries);
  const relevant = relevantEntries(holding, reachOf(facts, span, holding));
  return accountOf(withEntries({ ...facts, named_defects: [] }, relevant, mill, plant), window);
}

describe('accounts with entries', () => {
  test('do not depend on the order in which entries came, nor on how often', () => {
    fc.assert(
      fc.property(anyFacts, anyEntries, fc.infiniteStream(fc.nat()), (facts, entries, keys) => {
        const shuffled = [...entries, ...entries]
          .map((each) => ({ each, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ each }) => each);
        expect(account(facts, shuffled, all)).toEqual(account(facts, entries, all));
      }),
    );
  });

  test('of any cut of a window merge to the account of the whole', () => {
    const cuts = fc.uniqueArray(instant, { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(anyFacts, anyEntries, cuts, (facts, entries, unordered) => {
        const at = unordered.sort((a, b) => (a < b ? -1 : 1));
        const parts = at.slice(1).map((to_ns, i) => account(facts, entries, { from_ns: at[i]!, to_ns }));
        const whole = account(facts, entries, { from_ns: at[0]!, to_ns: at.at(-1)! });
        expect(plain(parts.reduce(mergeAccounts, emptyAccount))).toEqual(plain(whole));
      }),
    );
  });

  test('change by a new entry only in the time that it touches', () => {
    fc.assert(
      fc.property(anyFacts, anyEntries, instant, instant, (facts, entries, a, b) => {
        const [latest, ...before] = entries;
        if (latest === undefined || a === b) return;
        const window = a < b ? { from_ns: a, to_ns: b } : { from_ns: b, to_ns: a };
        const known = before.filter(({ supersedes }) => supersedes !== latest.id);
        const superseded = known.filter(({ id }) => id === latest.supersedes);
        const holding = holdingEntries([...known, latest]);
        const touched = [latest, ...superseded].map((each) =>
          touchedBy(each, holding, entryReach(each, mill, facts.micro_stop_ns ?? 0n)),
        );
        if (touched.some((t) => t.from_ns <= window.to_ns && t.to_ns >= window.from_ns)) return;
        expect(account(facts, [...known, latest], window)).toEqual(account(facts, known, window));
      }),
      { numRuns: 500 },
    );
  });

  test('are those without it when an entry is withdrawn', () => {
    fc.assert(
      fc.property(anyFacts, anyEntries, (facts, entries) => {
        const [wrong] = entries;
        if (wrong === undefined) return;
        const withdrawal = entry(
          { kind: 'withdrawal' },
          { id: 'ffffffff-0000-4000-8000-000000000000', supersedes: wrong.id },
        );
        // What the withdrawn entry has superseded does not come back.
        const gone = new Set([wrong.id, wrong.supersedes]);
        const without = entries.map((each) =>
          gone.has(each.id) ? { ...each, statement: { kind: 'acknowledgement' as const, alarm: 'a' } } : each,
        );
        expect(account(facts, [...entries, withdrawal], all)).toEqual(account(facts, without, all));
      }),
    );
  });
});

test('steps with stretches over them say at each instant what the uppermost says', () => {
  const step = fc.record({ at_ns: instant, value: fc.constantFrom('a', 'b', undefined) });
  const stretch = fc
    .tuple(instant, instant, fc.constantFrom('x', 'y', undefined))
    .map(([from_ns, to_ns, value]) => ({ from_ns, to_ns, value }));
  const steps = fc
    .uniqueArray(step, { selector: (s) => s.at_ns, maxLength: 6 })
    .map((list) => list.sort((a, b) => (a.at_ns < b.at_ns ? -1 : 1)));
  const valueAt = (list: readonly Step<string | undefined>[], at: bigint) =>
    list.findLast((s) => s.at_ns <= at)?.value;
  fc.assert(
    fc.property(steps, fc.array(stretch, { maxLength: 4 }), instant, (list, stretches, at) => {
      const uppermost = stretches.findLast((s) => s.from_ns <= at && at < s.to_ns);
      const laid = laidOver(list, stretches, undefined);
      expect(valueAt(laid, at)).toBe(uppermost ? uppermost.value : valueAt(list, at));
      expect(laid.map((s) => s.at_ns)).toEqual(
        [...new Set(laid.map((s) => s.at_ns))].sort((a, b) => Number(a - b)),
      );
    }),
  );
});

const item = 1_000_000_000n;
const running: Facts = {
  reports_states: true,
  planned: [all],
  states: [
    { at_ns: 0n, value: 'producing' },
    { at_ns: 400n, value: 'fault' },
    { at_ns: 600n, value: 'producing' },
  ],
  reasons: [
    { at_ns: 0n, value: 'RUN' },
    { at_ns: 400n, value: 'E42' },
    { at_ns: 600n, value: 'RUN' },
  ],
  states_observed: [all],
  orders: [],
  products: [{ at_ns: 0n, value: 'part' }],
  counters: (['good', 'scrap'] as const).map((role) => ({
    role,
    readings: [
      { at_ns: 0n, value: 0n },
      { at_ns: 300n, value: 10n * item },
    ],
    observed: [all],
  })),
  registers: [
    {
      carrier: 'electricity',
      direction: 'import',
      readings: [
        { at_ns: 0n, value: 990n * item },
        { at_ns: 900n, value: 7n * item },
      ],
      observed: [all],
    },
  ],
  seen: [all],
};
const of = (...entries: Entry[]) => account(running, entries, all);
const from_ns = 400n;
const to_ns = 600n;

test('a person names the reason of a stop, which stays one stop', () => {
  expect([...of().stops.keys()]).toEqual(['fault/E42']);
  const { stops, failures } = of(
    entry({ kind: 'stop_reason', reason_code: 'tool-breakage' }, { from_ns, to_ns }),
  );
  expect([...stops]).toEqual([['fault/tool-breakage', { time_ns: 200n, times: 1n }]]);
  expect(failures).toBe(1n);
});

test('a person says what a machine was doing, watched or not', () => {
  const { elements, stops, failures } = of(
    entry({ kind: 'state', state: 'planned_maintenance' }, { from_ns, to_ns }),
  );
  expect([elements.pmt, elements.adot, failures]).toEqual([200n, 0n, 0n]);
  expect([...stops.keys()]).toEqual(['planned_maintenance/']);
  const unwatched: Facts = { ...running, states_observed: [{ from_ns: 0n, to_ns: 300n }] };
  const said = entry({ kind: 'state', state: 'setup' }, { from_ns, to_ns });
  const { apt, aust } = account(unwatched, [said], all).elements;
  expect([apt, aust]).toEqual([300n, 200n]);
});

test('an order goes on until the next one; a fault with an order is a delay', () => {
  const first = entry({ kind: 'order', order: 'MO-1', product: 'shaft' }, { from_ns: 100n });
  const second = entry(
    { kind: 'order', order: 'MO-2', product: 'part' },
    { id: '00000000-0000-4000-8000-000000000002', from_ns: 500n, to_ns: 700n },
  );
  const { elements, products, orders } = of(first, second);
  expect([elements.adet, elements.adot]).toEqual([200n, 0n]);
  expect([...products].map(([id, { pbt_ns }]) => [id, pbt_ns])).toEqual([
    ['part', 600n],
    ['shaft', 400n],
  ]);
  expect([...orders].map(([id, { busy_ns }]) => [id, busy_ns])).toEqual([
    ['MO-1', 400n],
    ['MO-2', 200n],
  ]);
});

const statements: [string, Statement, { good: bigint; scrap: bigint; items: bigint }][] = [
  ['missed items', { kind: 'count_correction', good: 2 }, { good: 12n, scrap: 10n, items: 22n }],
  [
    'items too many',
    { kind: 'count_correction', scrap: -3, cause: 'other' },
    { good: 10n, scrap: 7n, items: 17n },
  ],
  [
    're-classified items',
    { kind: 'reclassify', from: 'good', to: 'scrap', items: 4, cause: 'surface' },
    { good: 6n, scrap: 14n, items: 20n },
  ],
];
test.each(statements)('%s change counts, product and order', (_, statement, { good, scrap, items }) => {
  const { counts, attributed, products } = of(entry(statement, { from_ns: 350n }));
  const wanted = { good: good * item, scrap: scrap * item, items: items * item };
  for (const tally of [counts, attributed, products.get('part')]) expect(tally).toMatchObject(wanted);
  expect(counts?.judged).toBe(items * item);
});

test('a correction of unobserved time counts for the whole window only', () => {
  const unwatched: Facts = { ...running, states_observed: [{ from_ns: 0n, to_ns: 300n }] };
  const { counts, attributed } = account(
    unwatched,
    [entry({ kind: 'count_correction', good: 1 }, { from_ns: 500n })],
    all,
  );
  expect([counts?.good, attributed.good]).toEqual([11n * item, 10n * item]);
});

test('an exchanged meter gives what both meters counted', () => {
  const energy = (...entries: Entry[]) => of(...entries).energy.get('electricity')?.import;
  expect(energy()).toBe(7n * item);
  const exchange = entry(
    { kind: 'register_exchange', signal: 'energy-import', last: 1000, first: 2 },
    { from_ns: 500n },
  );
  expect(energy(exchange)).toBe(15n * item);
});

/** Maps in the order of their keys. */
function plain(value: unknown): unknown {
  if (value instanceof Map) return new Map([...value].sort(([a], [b]) => (a < b ? -1 : 1)));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

test('are read from the store once, and again when something new was stated', async () => {
  const stored: Entry[] = [];
  let reads = 0;
  const book = new EntryBook({
    async entries({ subjects }) {
      reads += 1;
      return stored.filter(({ subject }) => subjects?.includes(subject));
    },
  });
  const at = (id: string, from: bigint, to?: bigint): Entry =>
    entry(
      { kind: 'acknowledgement', alarm: id },
      { id, from_ns: from, ...(to !== undefined && { to_ns: to }) },
    );
  const inspected = async () => (await book.within(['mill'], { from_ns, to_ns })).map(({ id }) => id);
  // An instant belongs to the window that it closes, a stretch to the one that it ends in.
  stored.push(at('d', 600n), at('a', 400n), at('b', 300n, 500n), at('c', 500n, 700n));
  expect(await inspected()).toEqual(['b', 'd']);
  expect(await inspected()).toEqual(['b', 'd']);
  expect(reads).toBe(1);
  stored.push({ ...at('e', 900n), statement: { kind: 'withdrawal' }, supersedes: 'b' });
  book.touched('mill');
  expect(await inspected()).toEqual(['d']);
  expect(reads).toBe(2);
});
