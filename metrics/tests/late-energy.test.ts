import { isoFromNs, nsFromIso, type Observation, type Value } from '@benchline/model';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Revision } from '../src/revisions/book.ts';
import { BatchMaker, type Said } from './kit/batches.ts';
import { plantYaml } from './kit/plant.ts';
import { PublishedLedger } from './kit/published-ledger.ts';

const mill = 'acme/north/shop/cell/mill';
const day = nsFromIso('2026-03-02T00:00:00+08:00');
const week = { from_ns: day - 86_400_000_000_000n, to_ns: day + 2n * 86_400_000_000_000n };
const at = (hours: number, minutes = 0, seconds = 0) =>
  day + BigInt((hours * 60 + minutes) * 60 + seconds) * 1_000_000_000n;
const yaml = plantYaml.replace(
  'energy-import: { measurement: energy, register: import }',
  'energy-import: { measurement: energy, register: import, apportion_within_s: 60 }',
);

function say(signal: string, source_time_ns: bigint, value: Value): Observation {
  return { signal, source_time_ns, ordinal: 0, value, status: 0 };
}

/** A mill that waits until ten o'clock and works from then on; its register is read at odd times. */
const hours: Said[] = [8, 9, 10, 11].map((hour) => ({
  machine: 'mill',
  observations: [
    ...(hour === 8
      ? [say('state', at(8), 'waiting'), say('energy-import', at(8), 100), say('energy-export', at(8), 0)]
      : []),
    ...(hour === 9 ? [say('energy-import', at(9, 59, 40), 110)] : []),
    ...(hour === 10 ? [say('state', at(10), 'producing'), say('energy-import', at(10, 0, 20), 111)] : []),
    ...(hour === 11 ? [say('energy-import', at(11, 30), 120)] : []),
  ],
  observed: { from_ns: at(hour), until_ns: at(hour + 1) },
}));
const reading = (at_ns: bigint, value: number): Said => ({
  machine: 'mill',
  observations: [say('energy-import', at_ns, value)],
});

let ledger: PublishedLedger;
const maker = new BatchMaker();
beforeEach(async () => {
  ledger = new PublishedLedger({ yaml });
  await ledger.deliver(...hours.map((said) => maker.make(said)));
  await ledger.publish();
});
afterEach(() => ledger.book.close());

const all = (): Revision[] => ledger.book.history(mill, week, undefined, 1000);
const second = () => all().filter(({ revision }) => revision === 2);
const hoursOf = (revisions: Revision[]) =>
  revisions.flatMap(({ grain, from_ns }) => (grain === 'hour' ? [isoFromNs(from_ns)] : []));
const energyIn = (revision: Revision | undefined) => revision?.changes?.['energy_kwh'];

describe('a register that is read late', () => {
  test('between two hours moves energy from one to the other, and touches no third', async () => {
    // 111 − 110 kWh were read in the hour from ten o'clock; now 0.9 of them belong to the hour before.
    await ledger.deliver(maker.make(reading(at(9, 59, 50), 110.9)));
    await ledger.publish();
    expect(hoursOf(second())).toEqual([isoFromNs(at(9)), isoFromNs(at(10))]);
    const [nine, ten] = [at(9), at(10)].map((from_ns) =>
      second().find((r) => r.grain === 'hour' && r.from_ns === from_ns),
    );
    expect(energyIn(nine)).toEqual({ old: { value: 10, status: 'ok' }, new: { value: 10.9, status: 'ok' } });
    expect(energyIn(ten)).toEqual({
      old: { value: 1, status: 'ok' },
      new: { value: expect.closeTo(0.1, 9), status: 'ok' },
    });
    const whole = second().find(({ grain }) => grain === 'day');
    expect(energyIn(whole)).toBeUndefined();
    // Of 20 kWh the 10 before were used waiting, and half of the one over ten o'clock; of what was read late 0.9,
    // and a third of the other 0.1.
    const share = (waiting: number) => expect.closeTo(waiting / 20, 9);
    expect(whole?.changes?.['idle_energy_share']).toMatchObject({
      old: { value: share(10.5) },
      new: { value: share(10.9 + 0.1 / 3) },
    });
  });

  test('within an hour makes another revision of nothing', async () => {
    const before = all().length;
    await ledger.deliver(maker.make(reading(at(9, 30), 104)));
    await ledger.publish();
    expect(all()).toHaveLength(before);
  });

  test('that was read before as well makes another revision of nothing', async () => {
    const before = all().length;
    await ledger.deliver(maker.make(reading(at(10, 0, 20), 111)));
    await ledger.publish();
    expect(all()).toHaveLength(before);
  });
});
