import { indexPlant, type MachineObservation, nsFromIso, parsePlant } from '@benchline/model';
import { placementOf } from '@benchline/store';
import { openMemoryStore } from '@benchline/store/memory';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Figures } from '../src/figures/figures.ts';
import { plantYaml } from './kit/plant.ts';

const text = plantYaml.replace(
  'energy-import: { measurement: energy, register: import }',
  'energy-import: { measurement: energy, register: import, apportion_within_s: 60 }',
);
const index = indexPlant(parsePlant(text, 'plant.yaml'));
const mill = index.assets.get('mill')!;
const start = nsFromIso('2026-03-02T00:00:00Z');
const minutes = 10;
const at = (second: number) => start + BigInt(second) * 1_000_000_000n;
const now = at(86_400);

const second = fc.integer({ min: 0, max: minutes * 60 });
const history = fc.record({
  states: fc.uniqueArray(
    fc.tuple(second, fc.constantFrom<string | undefined>('producing', 'setup', 'waiting', undefined)),
    { maxLength: 25, selector: ([s]) => s },
  ),
  readings: fc.uniqueArray(second, { minLength: 1, maxLength: 40 }),
  cuts: fc.array(second, { maxLength: 5 }),
});

/** What the store holds, told anew by a service that has just been started. */
async function usesOver(
  said: readonly MachineObservation[],
  window: { from_ns: bigint; to_ns: bigint },
): Promise<Map<string, bigint>> {
  const store = openMemoryStore({ placement: placementOf(index) });
  const observed = [{ machine: 'mill', source: 'cnc', from_ns: start - 1n, until_ns: at(minutes * 60) }];
  await store.write({ observations: said, observed, gaps: [] });
  const figures = new Figures({ plant: index, store, lateness_ns: 0n });
  const [mine] = await figures.assetAccounts([mill], window, now);
  return new Map([...mine!.account.energy_uses].map(([key, use]) => [key, use.import]));
}

test('energy by state is the same however the window was cut and read', async () => {
  await fc.assert(
    fc.asyncProperty(history, async ({ states, readings, cuts }) => {
      const say = (signal: string, s: number, value: string | number | undefined) => ({
        machine: 'mill',
        signal,
        source: 'cnc',
        source_time_ns: at(s),
        ordinal: 0,
        gateway: 'edge',
        gateway_time_ns: at(s),
        mapping: 'm',
        status: value === undefined ? 0x8000_0000 : 0,
        ...(value !== undefined && { value }),
      });
      const said = [
        ...states.map(([s, state]) => say('state', s, state)),
        ...readings.map((s) => say('energy-import', s, s * 0.001)),
      ];
      const ends = [...new Set([0, ...cuts, minutes * 60])].toSorted((a, b) => a - b);
      const sum = new Map<string, bigint>();
      for (const [i, to] of ends.slice(1).entries())
        for (const [key, amount] of await usesOver(said, { from_ns: at(ends[i]!), to_ns: at(to) }))
          sum.set(key, (sum.get(key) ?? 0n) + amount);
      const whole = await usesOver(said, { from_ns: at(0), to_ns: at(minutes * 60) });
      expect(Object.fromEntries(sum)).toEqual(Object.fromEntries(whole));
    }),
    { numRuns: 60 },
  );
});
