import type { Observation, Signal, Value } from '@benchline/model';
import { Ordinals } from '@benchline/model/mapping';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeStream } from './support/streams.ts';

const reading = (time: bigint, native: number) => ({
  signal: 'power',
  source_time_ns: time,
  native,
  status: 0,
});
const power: Signal = { measurement: 'signal', type: 'number', unit: 'kW' };

describe('ordinals', () => {
  test('several values of one instant are told apart; the same again is a repeat', () => {
    const ordinals = new Ordinals();
    const place = (time: bigint, value: number) =>
      ordinals.place({ signal: 'x', source_time_ns: time, value, ordinal: 0, status: 0 })?.ordinal;
    expect([place(1n, 7), place(1n, 8), place(1n, 8), place(1n, 7), place(2n, 7), place(2n, 7)]).toEqual([
      0,
      1,
      undefined,
      2,
      0,
      undefined,
    ]);
  });

  test('a late value is passed on, and a read-all that was overtaken repeats nothing', () => {
    const ordinals = new Ordinals();
    const place = (time: bigint, value: number) =>
      ordinals.place({ signal: 'x', source_time_ns: time, value, ordinal: 0, status: 0 })?.ordinal;
    expect([place(5n, 2), place(3n, 1), place(5n, 2), place(3n, 1)]).toEqual([0, 0, undefined, undefined]);
  });

  test('after a restart the last committed value is not given out a second time', () => {
    const last: Observation = { signal: 'x', source_time_ns: 9n, ordinal: 3, value: 5n, status: 0 };
    const ordinals = new Ordinals(new Map([['x', last]]));
    expect(
      ordinals.place({ signal: 'x', source_time_ns: 9n, ordinal: 0, value: 5n, status: 0 }),
    ).toBeUndefined();
    expect(
      ordinals.place({ signal: 'x', source_time_ns: 9n, ordinal: 0, value: 6n, status: 0 })?.ordinal,
    ).toBe(4);
  });

  test('are those of a list of the newest instants, whatever comes in whatever order', () => {
    const value = fc.constantFrom<Value | undefined>(1, 2, -0, 0, 5n, 'RUN', true, undefined);
    const step = fc.record({ signal: fc.constantFrom('x', 'y'), time: fc.bigInt(0n, 9n), value });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const ordinals = new Ordinals();
        const lists = new Map<string, { time: bigint; ordinal: number; value: Value | undefined }[]>();
        for (const { signal, time, value: v } of steps) {
          const list = lists.get(signal) ?? [];
          const known = list.find((i) => i.time === time);
          const expected =
            known === undefined ? 0 : Object.is(known.value, v) ? undefined : known.ordinal + 1;
          if (known && expected !== undefined) Object.assign(known, { ordinal: expected, value: v });
          if (!known) list.push({ time, ordinal: 0, value: v });
          lists.set(signal, list.toSorted((a, b) => Number(a.time - b.time)).slice(-4));
          const status = v === undefined ? 0x8000_0000 : 0;
          const observation = { signal, source_time_ns: time, ordinal: 0, status };
          const placed = ordinals.place(v === undefined ? observation : { ...observation, value: v });
          expect(placed?.ordinal).toBe(expected);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('identities are unique as long as time does not go back', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(2))), (steps) => {
        const ordinals = new Ordinals();
        const seen = new Set<string>();
        let time = 0n;
        for (const [step, value] of steps) {
          time += BigInt(step);
          const placed = ordinals.place({ signal: 'x', source_time_ns: time, value, ordinal: 0, status: 0 });
          if (!placed) continue;
          const identity = `${placed.source_time_ns}#${placed.ordinal}`;
          expect(seen.has(identity)).toBe(false);
          seen.add(identity);
        }
      }),
    );
  });
});

describe('claims', () => {
  test('the first one begins where watching began; each next where the last ended', () => {
    const { stream, drain } = makeStream({ power });
    stream.take(reading(5n, 1));
    stream.observed(10n);
    expect(drain()).toMatchObject([{ observations: [{ source_time_ns: 5n }], gaps: [] }]);
    stream.observed(20n);
    stream.observed(15n);
    stream.observed(30n);
    expect(drain()).toMatchObject([{ observed: { from_ns: 10n, until_ns: 30n } }]);
  });

  test('a gap breaks the chain: it is never claimed, and what follows it is', () => {
    const { stream, drain } = makeStream({ power });
    stream.observed(10n);
    stream.observed(20n);
    stream.interrupted('source_disconnected', 50n);
    stream.observed(60n);
    expect(drain()).toMatchObject([
      {
        observed: { from_ns: 10n, until_ns: 20n },
        gaps: [{ from_ns: 20n, to_ns: 50n, reason: 'source_disconnected' }],
      },
      { observed: { from_ns: 50n, until_ns: 60n }, gaps: [] },
    ]);
  });

  test('claims and gaps tile the time from the first claim to the last, whatever happens', () => {
    const step = fc.tuple(fc.constantFrom('claim', 'gap', 'drain'), fc.bigInt(-5n, 20n));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { stream, drain } = makeStream({ power });
        let time = 100n;
        stream.observed(time);
        const pieces: [bigint, bigint][] = [];
        const collect = () => {
          for (const draft of drain()) {
            for (const gap of draft.gaps) pieces.push([gap.from_ns, gap.to_ns]);
            if (draft.observed) pieces.push([draft.observed.from_ns, draft.observed.until_ns]);
          }
        };
        for (const [what, delta] of steps) {
          time += delta;
          if (what === 'claim') stream.observed(time);
          else if (what === 'gap') stream.interrupted('source_stalled', time);
          else collect();
        }
        collect();
        let at = 100n;
        for (const [from, to] of pieces.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
          expect(from).toBe(at);
          expect(to).toBeGreaterThan(from);
          at = to;
        }
        expect(stream.until_ns).toBe(at);
      }),
    );
  });
});
