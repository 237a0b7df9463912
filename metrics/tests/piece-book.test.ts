import { indexPlant, parsePlant } from '@benchline/model';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Account, emptyAccount, mergeAccounts } from '../src/accounts/account.ts';
import { accountant, accountOf } from '../src/accounts/account-of.ts';
import type { Facts, Step } from '../src/accounts/facts.ts';
import { Horizon } from '../src/figures/horizon.ts';
import { PieceBook } from '../src/figures/piece-book.ts';
import { piecesOf } from '../src/figures/pieces.ts';
import type { Interval } from '../src/intervals.ts';
import { plantYaml } from './kit/plant.ts';

const mill = indexPlant(parsePlant(plantYaml, 'plant.yaml')).assets.get('mill')!;
const second = 1_000_000_000n;
const day = 86_400n * second;
const always = { from_ns: -10n * day, to_ns: 10n * day };

/** A machine that is known up to an instant: it produces from then to then, and counts an item an hour. */
class Machine {
  states: Step<'producing' | 'waiting'>[] = [{ at_ns: -day, value: 'producing' }];
  until = 0n;
  reads: { from_ns: bigint; to_ns: bigint }[] = [];

  facts(): Facts {
    const observed = [{ from_ns: -day, to_ns: this.until }];
    const readings = Array.from({ length: 200 }, (_, i) => BigInt(i))
      .map((i) => ({ at_ns: -day + i * 3600n * second, value: i }))
      .filter(({ at_ns }) => at_ns <= this.until);
    return {
      planned: [always],
      states: this.states,
      reports_states: true,
      reasons: [],
      states_observed: observed,
      orders: [],
      products: [],
      counters: [{ role: 'good', readings, observed }],
      registers: [],
      seen: observed,
    };
  }
}

function bookOf(facts: (span: Interval) => Promise<Facts>): PieceBook<Account> {
  return new PieceBook({
    empty: emptyAccount,
    merge: mergeAccounts,
    read: async (_asset, span) => ({ of: accountant(await facts(span)), size: 0 }),
  });
}

/** A book that notes what it reads of a machine. */
function bookOfMachine(machine: Machine): PieceBook<Account> {
  return bookOf(async (window) => {
    machine.reads.push(window);
    return machine.facts();
  });
}

describe('a book of accounts', () => {
  test('says the same as the facts, whatever it was asked before and whatever came in between', async () => {
    const steps = fc.array(
      fc.oneof(
        fc.record({
          ask: fc.tuple(fc.integer({ min: -86_400, max: 86_400 }), fc.integer({ min: 1, max: 90_000 })),
        }),
        // A time that begins with a quarter hour, to be read at once.
        fc.record({ prepare: fc.tuple(fc.integer({ min: -96, max: 96 }), fc.integer({ min: 0, max: 96 })) }),
        fc.record({ state: fc.integer({ min: -80_000, max: 80_000 }), producing: fc.boolean() }),
        fc.record({ advance: fc.integer({ min: 1, max: 20_000 }) }),
      ),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const machine = new Machine();
        const book = bookOf(async () => machine.facts());
        for (const step of list) {
          if ('advance' in step) {
            const from = machine.until;
            machine.until += BigInt(step.advance) * second;
            book.touched('mill', from);
          } else if ('prepare' in step) {
            const from_ns = BigInt(step.prepare[0]) * 900n * second;
            await book.prepare(mill, { from_ns, to_ns: from_ns + BigInt(step.prepare[1]) * 900n * second });
          } else if ('state' in step) {
            const at_ns = BigInt(step.state) * second;
            machine.states = [
              ...machine.states.filter((s) => s.at_ns !== at_ns),
              { at_ns, value: step.producing ? ('producing' as const) : ('waiting' as const) },
            ].sort((a, b) => (a.at_ns < b.at_ns ? -1 : 1));
            book.touched('mill', at_ns);
          } else {
            const from_ns = BigInt(step.ask[0]) * second;
            const window = { from_ns, to_ns: from_ns + BigInt(step.ask[1]) * second };
            expect(await book.of(mill, window)).toEqual(accountOf(machine.facts(), window));
          }
        }
      }),
    );
  });

  test('reads the store again only for what something new was said of', async () => {
    const machine = new Machine();
    machine.until = day;
    const book = bookOfMachine(machine);
    const window = { from_ns: 0n, to_ns: 8n * 3600n * second };
    await book.of(mill, window);
    machine.reads = [];
    await book.of(mill, window);
    expect(machine.reads).toEqual([]);
    book.touched('mill', 7n * 3600n * second + second);
    await book.of(mill, window);
    expect(machine.reads).toEqual([{ from_ns: 7n * 3600n * second, to_ns: window.to_ns }]);
  });

  test('reads a time at once of which every hour will be asked for, and once', async () => {
    const machine = new Machine();
    machine.until = day;
    const book = bookOfMachine(machine);
    const hour = (n: bigint) => ({ from_ns: n * 3600n * second, to_ns: (n + 1n) * 3600n * second });
    const window = { from_ns: 0n, to_ns: 2n * 3600n * second };
    await book.prepare(mill, window);
    for (const one of [hour(0n), hour(1n)])
      expect(await book.of(mill, one)).toEqual(accountOf(machine.facts(), one));
    await book.prepare(mill, window);
    expect(machine.reads).toEqual([window]);
  });

  test('forgets what it read while news came in', async () => {
    const machine = new Machine();
    machine.until = day;
    const read = Promise.withResolvers<void>();
    const book = bookOf(async () => {
      const facts = machine.facts();
      await read.promise;
      return facts;
    });
    const window = { from_ns: 0n, to_ns: 3600n * second };
    const early = book.of(mill, window);
    await Promise.resolve();
    machine.states = [...machine.states, { at_ns: 0n, value: 'waiting' }];
    book.touched('mill', 0n);
    read.resolve();
    await early;
    expect((await book.of(mill, window)).elements.adet).toBe(3600n * second);
  });

  test('keeps a month as one sum of its days, until something new is said of one of them', async () => {
    const kept = new Map<string, bigint>();
    let reads = 0;
    let until = 400n * day;
    // Counts the hours up to an instant; what was said of them may be said anew.
    const bookBeside = () =>
      new PieceBook<bigint>(
        {
          empty: 0n,
          merge: (a, b) => a + b,
          read: async () => {
            reads += 1;
            const hours = (to: bigint) => (to < until ? to : until) / (3600n * second);
            return { of: ({ from_ns, to_ns }) => hours(to_ns) - hours(from_ns), size: 100_000 };
          },
        },
        {
          recall: (_asset, { from_ns, to_ns }) => kept.get(`${from_ns} ${to_ns}`),
          keep(_asset, pieces) {
            for (const { from_ns, to_ns, summary } of pieces) kept.set(`${from_ns} ${to_ns}`, summary);
          },
          touched(_asset, from_ns) {
            for (const key of kept.keys()) if (BigInt(key.split(' ')[1]!) >= from_ns) kept.delete(key);
          },
        },
      );
    // 20 January to 2 April 1970 in Shanghai, with February and March whole.
    const window = { from_ns: 19n * day, to_ns: 91n * day };
    expect(await bookBeside().of(mill, window)).toBe(72n * 24n);
    const [february, march] = [28n, 31n].map((days) =>
      [...kept].filter(([key, hours]) => key.length > 0 && hours === days * 24n).map(([key]) => key),
    );
    expect([february?.length, march?.length]).toEqual([1, 1]);
    // What a month is made of is not needed any more.
    const whole = new Set([...february!, ...march!]);
    const inMonths = (key: string) => {
      const [from, to] = key.split(' ').map(BigInt);
      return from! >= 31n * day && to! <= 89n * day && !whole.has(key);
    };
    for (const key of kept.keys()) if (inMonths(key)) kept.delete(key);
    reads = 0;
    const book = bookBeside();
    expect(await book.of(mill, window)).toBe(72n * 24n);
    expect(reads).toBe(0);
    until = 75n * day;
    book.touched('mill', 75n * day);
    expect(await book.of(mill, window)).toBe(56n * 24n);
    expect([...whole].filter((key) => kept.has(key) && kept.get(key) === 31n * 24n)).toEqual([]);
  });

  test('cuts windows into slots and rests that adjoin', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -3n * day, max: 3n * day }),
        fc.bigInt({ min: 1n, max: 3n * day }),
        fc.constantFrom('UTC', 'Asia/Shanghai', 'America/St_Johns'),
        (from_ns, span, zone) => {
          const pieces = piecesOf({ from_ns, to_ns: from_ns + span }, zone);
          expect(pieces[0]?.from_ns).toBe(from_ns);
          expect(pieces.at(-1)?.to_ns).toBe(from_ns + span);
          for (const [i, piece] of pieces.entries()) {
            expect(piece.from_ns).toBeLessThan(piece.to_ns);
            if (i > 0) expect(piece.from_ns).toBe(pieces[i - 1]?.to_ns);
          }
          // 28 minutes and 190 quarter hours at most lie between an instant and the next day's edge, and three days.
          expect(pieces.length).toBeLessThan(230);
        },
      ),
    );
  });
});

describe('the present', () => {
  const now = 1000n * second;

  test('reaches to the last claim of the sources that are alive', () => {
    const horizon = new Horizon();
    horizon.claimed('mill', 'a', now - 2n * second);
    horizon.claimed('mill', 'b', now - 3n * second);
    horizon.claimed('mill', 'dead', now - 60n * second);
    expect(horizon.of('mill', now)).toBe(now - 3n * second);
  });

  test('is at most five seconds behind: longer silence is unobserved time', () => {
    const horizon = new Horizon();
    horizon.claimed('mill', 'a', now - 60n * second);
    expect(horizon.of('mill', now)).toBe(now - 5n * second);
    expect(horizon.of('other', now)).toBe(now - 5n * second);
  });

  test('never lies ahead of the clock', () => {
    const horizon = new Horizon();
    horizon.claimed('mill', 'a', now + 60n * second);
    expect(horizon.of('mill', now)).toBe(now);
  });
});
