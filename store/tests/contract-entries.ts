import { type Entry, holdingEntries } from '@benchline/model';
import { expect, it } from 'vitest';
import type { TelemetryStore } from '../src/index.ts';
import { everything, second, t0, written } from './samples.ts';

let entered = 0n;

/** An entry of its own about `mill-1` from the tenth to the twentieth second. */
function entry(part: Partial<Entry> = {}): Entry {
  entered += 1n;
  return {
    id: `00000000-0000-4000-8000-${entered.toString().padStart(12, '0')}`,
    author: 'shift-leader-1',
    entered_ns: t0 + 3600n * second + entered,
    reason: 'tool broke',
    subject: 'mill-1',
    from_ns: t0 + 10n * second,
    to_ns: t0 + 20n * second,
    statement: { kind: 'stop_reason', reason_code: 'tool-breakage' },
    ...part,
  };
}

/** What a store keeps of what people entered. */
export function entryContract(storeOf: () => TelemetryStore): void {
  it('gives back entries whole, once, whatever they state', async () => {
    const { to_ns: _, ...instant } = entry();
    const entries: Entry[] = [
      entry({ reason: ' "quoted" \\ 换刀\nnext line 🏭', via: 'metrics' }),
      { ...instant, statement: { kind: 'order', order: 'MO 7/2, "b"', product: 'shaft', quantity: 100 } },
      entry({ statement: { kind: 'count_correction', good: -2, scrap: 2, cause: 'surface' } }),
      entry({ statement: { kind: 'measurement', characteristic: 'diameter', values: [0.1, -1e-9, 25] } }),
      entry({
        subject: 'demo/ningbo',
        statement: { kind: 'declared_input', input: 'output_value', value: 0.1, unit: 'CNY' },
      }),
    ];
    expect(await storeOf().write(written({ entries }))).toEqual({ accepted: 5, rejected: [] });
    await storeOf().write(written({ entries: entries.toReversed() }));
    const found = await storeOf().entries(everything);
    expect(found).toHaveLength(5);
    expect(found).toEqual(expect.arrayContaining(entries));
    expect(await storeOf().entries({ subjects: ['demo/ningbo'], ...everything })).toEqual([entries[4]]);
    expect(await storeOf().entries({ subjects: [], ...everything })).toEqual([]);
    expect(await storeOf().entries({ subjects: ["mill-1' OR 'a'='a"], ...everything })).toEqual([]);
  });

  it('finds entries that a window touches, in order, superseded ones too', async () => {
    const at = (s: number) => t0 + BigInt(s) * second;
    const { to_ns: _, ...start } = entry({ from_ns: at(30) });
    const order: Entry = { ...start, statement: { kind: 'order', order: '7', product: 'shaft' } };
    const stop = entry();
    const better = entry({ supersedes: stop.id, from_ns: at(12) });
    const elsewhere = entry({ subject: 'mill-2' });
    await storeOf().write(written({ entries: [order, better, elsewhere, stop] }));
    const found = (from: number, to: number) =>
      storeOf().entries({ subjects: ['mill-1'], from_ns: at(from), to_ns: at(to) });
    expect(await found(0, 100)).toEqual([stop, better, order]);
    expect(await found(20, 29)).toEqual([stop, better]);
    expect(await found(21, 30)).toEqual([order]);
    expect(await found(31, 40)).toEqual([]);
    expect(
      await storeOf().entries({ subjects: ['mill-1', 'mill-2'], from_ns: at(0), to_ns: at(10) }),
    ).toEqual([stop, elsewhere]);
    expect(holdingEntries(await found(0, 100))).toEqual([better, order]);
  });
}
