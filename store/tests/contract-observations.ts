import { type MachineObservation, status, storedTime } from '@benchline/model';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { TelemetryStore } from '../src/index.ts';
import { everything, observation, second, signals, t0, written } from './samples.ts';

/** What a store keeps of observations, and how it finds them. */
export function observationContract(storeOf: () => TelemetryStore): void {
  const readAll = (machine = 'mill-1') => storeOf().observations({ machine, ...everything });
  const keep = async (...observations: MachineObservation[]) => {
    const outcome = await storeOf().write(written({ observations }));
    expect(outcome).toEqual({ accepted: observations.length, rejected: [] });
  };

  it('gives back every kind of value exactly, with native value, status and origin', async () => {
    const values = [
      0.1,
      -0,
      5e-324,
      1.7976931348623157e308,
      123456789012345680,
      2n ** 63n - 1n,
      -(2n ** 63n),
    ];
    const texts = [
      '',
      'producing',
      ' a, b = c ',
      '"quoted"',
      'back\\slash\\',
      '\\n',
      'two\nlines\r\n',
      '主轴 🏭',
    ];
    const flags = [true, false, 0n, 9_007_199_254_740_993n, '\t\u0000\u0001\u007f', '#', 'true', '1i', '<&>'];
    const observations = [...values, ...texts, ...flags].map((value, second_) =>
      observation({ source_time_ns: t0 + BigInt(second_) * second, value, native: value }),
    );
    await keep(...observations);
    expect(await readAll()).toEqual(observations);
  });

  it('keeps a bad status without inventing a value', async () => {
    const bad = observation({ status: status.badNotConnected });
    const uncertain = observation({
      source_time_ns: t0 + 1n,
      value: 4.5,
      native: '4,5',
      status: status.uncertainLastUsableValue,
    });
    await keep(bad, uncertain);
    expect(await readAll()).toEqual([bad, uncertain]);
    expect((await readAll())[0]).not.toHaveProperty('value');
  });

  it('lets the last delivery of an identity hold, whole, even where the kind of value changed', async () => {
    await keep(observation({ value: 7n, native: '7' }));
    const remapped = observation({ value: 0.7, mapping: 'b'.repeat(64), gateway_time_ns: t0 + second });
    await keep(remapped);
    expect(await readAll()).toEqual([remapped]);
    const gone = observation({ status: status.bad, gateway_time_ns: t0 + 2n * second });
    await keep(gone);
    expect(await readAll()).toEqual([gone]);
  });

  it('lets nothing of an earlier delivery shine through, neither status nor stated time', async () => {
    const first = observation({
      value: 1,
      native: 'one',
      status: status.uncertain,
      stated_time_ns: -second,
    });
    await keep(first);
    expect(await readAll()).toEqual([first]);
    const plain = observation({ value: 1, gateway_time_ns: t0 + second });
    await keep(plain);
    expect(await readAll()).toEqual([plain]);
  });

  it('keeps changes within one instant, one microsecond and one millisecond apart', async () => {
    const observations = [
      observation({ value: 'a', signal: 'note' }),
      observation({ value: 'b', signal: 'note', ordinal: 1 }),
      observation({ value: 'c', signal: 'note', ordinal: 2 }),
      observation({ value: 'd', signal: 'note', source_time_ns: t0 + 100n }),
      observation({ value: 'e', signal: 'note', source_time_ns: t0 + 999_900n }),
    ];
    await keep(...observations.toReversed());
    expect(await readAll()).toEqual(observations);
    const [newest] = await storeOf().latest({ machine: 'mill-1', signals: ['note'], at_ns: t0 + 1n });
    expect(newest?.value).toBe('b');
  });

  it('holds apart machines and signals, and orders an instant by signal', async () => {
    const observations = signals.toSorted().map((signal) => observation({ signal, value: 1n }));
    await keep(...observations.toReversed(), observation({ machine: 'mill-2', value: 2n }));
    expect(await readAll()).toEqual(observations);
    const named = await storeOf().observations({
      machine: 'mill-1',
      signals: ['state', 'parts'],
      ...everything,
    });
    expect(named.map(({ signal }) => signal)).toEqual(['parts', 'state']);
    expect(await storeOf().observations({ machine: 'mill-1', signals: [], ...everything })).toEqual([]);
    expect(await readAll("mill-1' OR 'a'='a")).toEqual([]);
  });

  it('takes a window as after its start, up to and with its end', async () => {
    const at = [0n, 1n, 2n, 3n].map((ns) => observation({ source_time_ns: t0 + ns, value: Number(ns) }));
    await keep(...at);
    const window = { machine: 'mill-1', from_ns: t0, to_ns: t0 + 2n };
    expect((await storeOf().observations(window)).map(({ value }) => value)).toEqual([1, 2]);
    expect(await storeOf().observations({ ...window, to_ns: t0 })).toEqual([]);
    const all = { machine: 'mill-1', from_ns: -(2n ** 63n), to_ns: 2n ** 63n - 1n };
    expect(await storeOf().observations(all)).toEqual(at);
  });

  it('finds the newest at or before an instant, of each signal that has one', async () => {
    await keep(
      observation({ signal: 'torque', value: 1 }),
      observation({ signal: 'torque', value: 2, source_time_ns: t0 + 10n }),
      observation({ signal: 'state', value: 'setup', source_time_ns: t0 + 5n }),
    );
    const latest = async (at_ns: bigint) =>
      (await storeOf().latest({ machine: 'mill-1', signals: ['torque', 'state', 'note'], at_ns })).map(
        ({ value }) => value,
      );
    expect(await latest(t0 - 1n)).toEqual([]);
    expect(await latest(t0)).toEqual([1]);
    expect(await latest(t0 + 9n)).toEqual([1, 'setup']);
    expect(await latest(t0 + 1000n * second)).toEqual(['setup', 2]);
    expect(await storeOf().latest({ machine: 'mill-1', signals: [], at_ns: t0 })).toEqual([]);
  });

  it('says by value what it does not take, and takes the rest', async () => {
    const good = observation({ value: 1 });
    const outcome = await storeOf().write(
      written({
        observations: [
          observation({ signal: 'unheard-of', value: 1 }),
          good,
          observation({ value: Number.NaN, source_time_ns: t0 + 1n }),
          observation({ value: 2n ** 63n, source_time_ns: t0 + 2n }),
          observation({ value: 'half \ud83c', source_time_ns: t0 + 3n }),
          observation({ machine: 'nobody', value: 1 }),
          observation({ value: 1, source_time_ns: 2n ** 63n - 1n, ordinal: 1 }),
          observation({ value: 1, source_time_ns: t0 + 4n, stated_time_ns: -(2n ** 64n) }),
        ],
      }),
    );
    expect(outcome.accepted).toBe(1);
    expect(outcome.rejected.map(({ kind, index, code }) => [kind, index, code])).toEqual([
      ['observation', 0, 'unknown_signal'],
      ['observation', 2, 'unrepresentable'],
      ['observation', 3, 'unrepresentable'],
      ['observation', 4, 'unrepresentable'],
      ['observation', 5, 'unknown_signal'],
      ['observation', 6, 'unrepresentable'],
      ['observation', 7, 'unrepresentable'],
    ]);
    expect(await readAll()).toEqual([good]);
  });

  it('behaves as a map from identity to the last delivery, in any order of writes', async () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.string({ unit: 'binary' }),
      fc.boolean(),
    );
    const any = fc.record({
      signal: fc.constantFrom('torque', 'state'),
      tick: fc.integer({ min: 0, max: 12 }),
      ordinal: fc.integer({ min: 0, max: 1 }),
      value: fc.option(value, { nil: undefined }),
      native: fc.option(value, { nil: undefined }),
    });
    let era = 0n;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(any, { maxLength: 12 }), { maxLength: 4 }), async (batches) => {
        // Each run has a day of its own, which is cheaper than a store of its own.
        const start = t0 + ++era * 86_400n * second;
        const model = new Map<string, MachineObservation>();
        for (const [count, batch] of batches.entries()) {
          const observations = batch.map(({ signal, tick, ordinal, value: given, native }) =>
            observation({
              signal,
              ordinal,
              source_time_ns: start + BigInt(tick) * 100n,
              gateway_time_ns: start + BigInt(count) * second,
              status: given === undefined ? status.bad : status.good,
              ...(given === undefined ? {} : { value: given }),
              ...(native === undefined ? {} : { native }),
            }),
          );
          for (const o of observations) model.set(`${o.signal} ${storedTime(o)}`, o);
          await storeOf().write(written({ observations }));
        }
        const window = { from_ns: start + 200n, to_ns: start + 900n };
        const expected = [...model.values()]
          .filter((o) => storedTime(o) > window.from_ns && storedTime(o) <= window.to_ns)
          .sort((a, b) => Number(storedTime(a) - storedTime(b)) || (a.signal < b.signal ? -1 : 1));
        expect(await storeOf().observations({ machine: 'mill-1', ...window })).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });
}
