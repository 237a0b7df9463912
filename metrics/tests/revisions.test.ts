import { type Entry, isoFromNs, nsFromIso, type Observation, type Value } from '@benchline/model';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PeriodKey, Revision } from '../src/revisions/book.ts';
import { formulasDigest } from '../src/revisions/compose.ts';
import { BatchMaker, type Said } from './kit/batches.ts';
import { PublishedLedger } from './kit/published-ledger.ts';

const second = 1_000_000_000n;
const minute = 60n * second;
const hour = 60n * minute;
/** Midnight in Shanghai, whose days and shifts begin on the hour in UTC as well. */
const day = nsFromIso('2026-03-02T00:00:00+08:00');
const at = (hours: number, minutes = 0) => day + BigInt(hours) * hour + BigInt(minutes) * minute;
const week = { from_ns: day - 24n * hour, to_ns: day + 48n * hour };

const mill = 'acme/north/shop/cell/mill';
const above = ['acme', 'acme/north', 'acme/north/shop', 'acme/north/shop/cell', mill];

function say(signal: string, source_time_ns: bigint, value: Value): Observation {
  return { signal, source_time_ns, ordinal: 0, value, status: 0 };
}

/** What a mill says of an hour: it works, and stands from the half hour on. */
function hourOf(hours: number): Said {
  return {
    machine: 'mill',
    observations: [
      say('state', at(hours), 'producing'),
      say('good', at(hours), BigInt(hours * 10)),
      say('state', at(hours, 30), 'waiting'),
      say('good', at(hours, 59), BigInt(hours * 10 + 10)),
    ],
    observed: { from_ns: at(hours), until_ns: at(hours + 1) },
  };
}

/** Something that comes when everything else is long published: the mill had a fault for ten minutes. */
const late = (hours: number): Said => ({
  machine: 'mill',
  observations: [say('state', at(hours, 10), 'fault'), say('state', at(hours, 20), 'producing')],
});

let ledger: PublishedLedger;
let maker: BatchMaker;
beforeEach(async () => {
  ledger = new PublishedLedger();
  maker = new BatchMaker();
  await ledger.deliver(...[8, 9, 10, 11].map((hours) => maker.make(hourOf(hours))));
  await ledger.publish();
});
afterEach(() => ledger.book.close());

const all = (scope: string, of = ledger): Revision[] => of.book.history(scope, week, undefined, 1000);
const second_ = (scope: string) => all(scope).filter(({ revision }) => revision > 1);

describe('publication', () => {
  test('records every period that has data once, of every scope above', () => {
    for (const scope of above) {
      const published = all(scope).map(({ grain, from_ns, revision }) => [
        grain,
        isoFromNs(from_ns),
        revision,
      ]);
      expect(published).toContainEqual(['hour', isoFromNs(at(9)), 1]);
      expect(published).toContainEqual(['day', isoFromNs(at(0)), 1]);
      expect(new Set(published.map(String)).size).toBe(published.length);
    }
    expect(all('acme/north/shop/turning')).toEqual([]);
  });

  test('does not happen while data are waited for: a simulated clock counts by itself', async () => {
    const slow = new PublishedLedger();
    const marks = ['simulated_clock' as const];
    await slow.deliver(maker.make({ ...hourOf(8), marks }), maker.make({ ...hourOf(9), marks }));
    await slow.publish();
    expect(all(mill, slow).map(({ from_ns }) => from_ns)).toEqual([at(7), at(8), at(9)]);
    // The day and the shift of the mill are not over by its own clock.
    expect(all(mill, slow).every(({ grain }) => grain === 'hour')).toBe(true);
    slow.book.close();
  });

  test('says what figures are, and that those of other windows are not published', async () => {
    const revision = all(mill).find(({ grain, from_ns }) => grain === 'hour' && from_ns === at(9));
    expect(revision).toMatchObject({ coverage: 1, by: 'metrics', plant: 'a'.repeat(64), why: [] });
    expect(revision?.figures['availability']).toEqual({ value: 0.5, status: 'ok' });
  });
});

describe('late data', () => {
  test('make another revision of exactly the periods whose figures they change', async () => {
    await ledger.deliver(maker.make(late(9)));
    const offset = ledger.records.length - 1;
    await ledger.publish();
    for (const scope of above) {
      const revised = second_(scope);
      expect(revised.every(({ revision }) => revision === 2)).toBe(true);
      expect(new Set(revised.map(({ grain, from_ns }) => `${grain} ${isoFromNs(from_ns)}`))).toEqual(
        new Set([
          `hour ${isoFromNs(at(9))}`,
          `day ${isoFromNs(at(0))}`,
          // Scopes whose sites share the calendar have shifts.
          ...(revised.some(({ grain }) => grain === 'shift') ? [`shift ${isoFromNs(at(0))}`] : []),
        ]),
      );
    }
    const [first] = second_(mill);
    expect(first?.why).toEqual([
      {
        ...{ kind: 'late_data', machine: 'mill', source: 'controller', gateway: 'edge' },
        ...{ from_offset: offset, to_offset: offset },
      },
    ]);
    const revised = second_(mill).find(({ grain }) => grain === 'hour');
    expect(revised?.changes?.['availability']).toEqual({
      old: { value: 0.5, status: 'ok' },
      new: { value: 20 / 60, status: 'ok' },
    });
    expect(revised?.changes).not.toHaveProperty('items');
  });

  test('reach as far as what they say holds, however long that is', async () => {
    const long = new PublishedLedger();
    // It waits from half past eight on, watched all the time, and says nothing more until hour 44.
    const watched = { from_ns: at(9), until_ns: at(46) };
    const later = { machine: 'mill', observations: [say('state', at(44), 'producing')], observed: watched };
    await long.deliver(maker.make(hourOf(8)), maker.make(later));
    await long.publish();
    await long.deliver(maker.make({ machine: 'mill', observations: [say('state', at(9, 30), 'producing')] }));
    await long.publish();
    const hours = all(mill, long).filter(({ grain, revision }) => grain === 'hour' && revision > 1);
    expect(hours.map(({ from_ns }) => Number((from_ns - day) / hour))).toEqual(
      Array.from({ length: 44 - 9 }, (_, i) => 9 + i),
    );
    expect(hours.at(-1)?.figures['availability']?.value).toBe(1);
    expect(hours.at(-1)?.why).toMatchObject([{ kind: 'late_data', source: 'controller' }]);
    expect(long.revisions.touched()).toEqual([]);
    long.book.close();
  });

  test('that say nothing new make none', async () => {
    const before = ledger.records.length;
    await ledger.deliver(...[8, 9, 10, 11].map((hours) => maker.make(hourOf(hours))));
    await ledger.publish();
    expect(ledger.records.length).toBe(before + 4);
    expect(ledger.revisions.touched()).toEqual([]);
  });

  test('that come while a publication is on its way are not missed', async () => {
    const other = new PublishedLedger();
    await other.deliver(maker.make(hourOf(8)), maker.make(hourOf(9)));
    const basis = other.records.length;
    await other.deliver(maker.make(late(8)));
    // What was computed before the late batch came is recorded behind it.
    const stale = all(mill).find(({ grain, from_ns }) => grain === 'hour' && from_ns === at(8));
    const { plant, formulas, scope, grain, from_ns, to_ns, revision, coverage, accounts, figures } = stale!;
    const periods = [{ scope, grain, from_ns, to_ns, revision, coverage, accounts, figures }];
    const publication = { by: 'metrics', basis, plant, formulas, periods };
    await other.take({ received_ns: 1n, line: '', publication });
    await other.publish();
    const hours = all(mill, other).filter((r) => r.grain === 'hour' && r.from_ns === at(8));
    expect(hours.map((r) => [r.revision, r.why?.map(({ kind }) => kind)])).toEqual([
      [1, []],
      [2, ['late_data']],
    ]);
    other.book.close();
  });
});

describe('entries', () => {
  test('make another revision with their author, and withdrawing them one more', async () => {
    const id = '0d0e3f5c-6a0b-4c1e-9d57-3f2b1a7c8e90';
    const entry = { id, author: 'anna', entered_ns: at(30), reason: 'not counted', subject: 'mill' };
    const statement = { kind: 'count_correction', good: 5 } as const;
    await ledger.enter({ ...entry, from_ns: at(9, 15), statement });
    await ledger.publish();
    const revised = second_(mill).filter(({ grain }) => grain === 'hour');
    expect(revised.map(({ from_ns, revision, why }) => [from_ns, revision, why])).toEqual([
      [at(9), 2, [{ kind: 'entry', id, author: 'anna', offset: expect.any(Number) }]],
    ]);
    const withdrawal = { kind: 'withdrawal' } as const;
    const other = '1d0e3f5c-6a0b-4c1e-9d57-3f2b1a7c8e91';
    const by = { ...entry, id: other, author: 'bert', supersedes: id };
    await ledger.enter({ ...by, from_ns: at(20), statement: withdrawal });
    await ledger.publish();
    const [, , third] = all(mill).filter(({ grain, from_ns }) => grain === 'hour' && from_ns === at(9));
    expect([third?.revision, third?.why]).toEqual([
      3,
      [{ kind: 'entry', id: other, author: 'bert', offset: expect.any(Number) }],
    ]);
    expect(third?.figures).toEqual(all(mill).find((r) => r.grain === 'hour' && r.from_ns === at(9))?.figures);
  });

  test('publish nothing of periods that they only adjoin', async () => {
    const id = '0d0e3f5c-6a0b-4c1e-9d57-3f2b1a7c8e90';
    const stated = { id, author: 'anna', entered_ns: at(30), reason: 'time sheets', subject: 'acme/north' };
    const statement = { kind: 'declared_input', input: 'actual_personnel_work_time', value: 6, unit: 'h' };
    await ledger.enter({ ...stated, from_ns: at(0), to_ns: at(24), statement } as Entry);
    await ledger.publish();
    const days = all('acme/north').filter(({ grain }) => grain === 'day');
    expect(days.map(({ from_ns }) => from_ns)).toEqual([at(0)]);
  });
});

describe('a rebuild', () => {
  test('from the ledger alone finds the same revisions, and publishes nothing', async () => {
    await ledger.deliver(maker.make(late(9)));
    await ledger.publish();
    const again = new PublishedLedger();
    for (const record of ledger.records) await again.read(record);
    await again.publish();
    expect(again.records.length).toBe(ledger.records.length);
    for (const scope of above) expect(all(scope, again)).toEqual(all(scope));
    expect(again.publisher.differing).toBe(0);
    again.book.close();
  });

  test('looks the latest periods through first, and each once', () => {
    const keys: PeriodKey[] = [];
    for (let next = ledger.book.keysAfter(undefined, 1)[0]; next; next = ledger.book.keysAfter(next, 1)[0])
      keys.push(next);
    const names = keys.map(({ scope, grain, from_ns }) => `${scope} ${grain} ${from_ns}`);
    const published = above.flatMap((scope) =>
      all(scope, ledger).map(({ grain, from_ns }) => `${scope} ${grain} ${from_ns}`),
    );
    expect(names.toSorted()).toEqual([...new Set(published)].toSorted());
    const ends = keys.map(({ to_ns }) => to_ns);
    expect(ends).toEqual(ends.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0)));
  });

  test('by other rules is another revision that says so', async () => {
    // Sums that are worked out in another way are other rules, be the formulas over them as they were.
    expect(formulasDigest(2)).not.toBe(formulasDigest(1));
    const rules = { plant: 'c'.repeat(64), formulas: 'b'.repeat(64) };
    const again = new PublishedLedger({ rules });
    // The plant is the same but by name, so only what is missing makes figures differ.
    for (const [offset, record] of ledger.records.entries())
      await again.read(offset === 1 ? { offset, received_ns: record.received_ns, line: '' } : record);
    await again.publish();
    const revised = all(mill, again).find(({ revision }) => revision === 2);
    expect(revised?.why).toEqual([{ kind: 'plant_version', was: 'a'.repeat(64), is: 'c'.repeat(64) }]);
    again.book.close();
  });

  test('that comes to other figures without a reason raises an alarm, and no revision', async () => {
    const again = new PublishedLedger();
    for (const [offset, record] of ledger.records.entries())
      await again.read(offset === 1 ? { offset, received_ns: record.received_ns, line: '' } : record);
    await again.publish();
    expect(again.publisher.differing).toBeGreaterThan(0);
    expect(all(mill, again).every(({ revision }) => revision === 1)).toBe(true);
    again.book.close();
  });
});

test('whatever the order in which data come, and whenever they are published, the latest figures are the same', async () => {
  const batches = [hourOf(8), hourOf(9), hourOf(10), late(8), late(10)].map((said) => maker.make(said));
  const whole = new PublishedLedger();
  await whole.deliver(...batches);
  await whole.publish();
  const latest = (of: PublishedLedger) =>
    all(mill, of)
      .filter((r, i, list) => list[i + 1]?.revision !== r.revision + 1)
      .map(({ grain, from_ns, figures, accounts }) => ({ grain, from_ns, figures, accounts }));
  const known = new Map(latest(whole).map((r) => [`${r.grain} ${r.from_ns}`, r]));
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(batches, { minLength: batches.length }),
      fc.array(fc.boolean(), { minLength: batches.length, maxLength: batches.length }),
      async (order, pauses) => {
        const other = new PublishedLedger();
        for (const [i, batch] of order.entries()) {
          await other.deliver(batch);
          if (pauses[i]) await other.publish();
        }
        await other.publish();
        // Late data may open periods that have no data of their own.
        for (const each of latest(other)) {
          const same = known.get(`${each.grain} ${each.from_ns}`);
          if (same) expect(each).toEqual(same);
        }
        expect(latest(other).length).toBeGreaterThanOrEqual(known.size);
        other.book.close();
      },
    ),
    { numRuns: 8 },
  );
  whole.book.close();
}, 60_000);
