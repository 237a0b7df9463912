import { Energy, indexPlant, parsePlant } from '@benchline/model';
import { describe, expect, test } from 'vitest';
import { type EnergyUseKey, emptyAccount } from '../src/accounts/account.ts';
import { alarmName } from '../src/api/energy-wording.ts';
import { idleInputs, idleShare, stateEnergy } from '../src/energy/by-state.ts';
import { comprehensiveEnergy } from '../src/energy/comprehensive.ts';
import { conversionOn, converted } from '../src/energy/conversion.ts';
import { balanceOf, MeterTree } from '../src/energy/meter-tree.ts';
import { EnergyRules } from '../src/energy/rules.ts';
import { scopesOf } from '../src/figures/scopes.ts';
import { plantYaml } from './kit/plant.ts';

const nano = (units: number) => BigInt(Math.round(units * 1e9));
const use = (units: number) => ({ import: nano(units), export: 0n });

describe('comprehensive energy', () => {
  const units: Record<string, 'm3' | 'kg'> = { 'natural-gas': 'm3', diesel: 'kg', water: 'kg', air: 'm3' };
  const sums = (energy: Record<string, number>, rules: object = {}, self_made: string[] = []) =>
    comprehensiveEnergy([
      {
        energy: new Map(Object.entries(energy).map(([carrier, amount]) => [carrier, use(amount)])),
        conversions: {
          conversion: conversionOn(Energy.parse(rules), '2026-06-01'),
          unitOf: (carrier) => units[carrier] ?? 'kWh',
          self_made: new Set(self_made),
        },
      },
    ]);

  test('of 1000 kWh is 0.1229 tce', () => {
    expect(sums({ electricity: 1000 }).kgce).toBe(nano(122.9));
    expect(sums({ electricity: 1000 }, { factor_set: 'gb-t-2589-2020-equivalent' }).kgce).toBe(nano(404));
  });

  test('of electricity, gas, diesel and water is 22 111.3 kgce', () => {
    const year = { electricity: 100_000, 'natural-gas': 5000, diesel: 2000, water: 1_000_000 };
    const { kgce, parts, co2 } = sums(year);
    expect(parts.map((part) => Number(part.kgce) / 1e9)).toEqual([2914.2, 12_290, 6650, 257.1]);
    expect(kgce).toBe(nano(22_111.3));
    // Nobody gave a factor for the CO₂ of diesel.
    expect(co2).toBeUndefined();
    expect(sums(year, { factor_set: 'gb-t-2589-2008' }).kgce).toBe(nano(21_939.9));
  });

  test('takes heat in MJ and registers in kWh for the same', () => {
    expect(Number(sums({ heat: 1000 / 3.6 }).kgce) / 1e9).toBeCloseTo(34.12, 8);
  });

  test('goes by the own factors while they hold, and says so', () => {
    const own = { carrier: 'electricity', unit: 'MWh', kgce_per_unit: 300, source: 'supplier' };
    const of = (validity: object) =>
      sums({ electricity: 10 }, { factors: [{ ...own, ...validity }] }).parts[0];
    expect(of({})).toMatchObject({ kgce: nano(3), kgce_factor: { source: 'supplier', value: 300 } });
    expect(of({ valid_from: '2026-06-02' })?.kgce).toBe(nano(1.229));
    expect(of({ valid_to: '2026-06-01' })?.kgce).toBe(nano(1.229));
    expect(of({ valid_from: '2026-06-01', valid_to: '2026-06-02' })?.kgce).toBe(nano(3));
  });

  test('does not count what the scope makes itself', () => {
    const own = { factors: [{ carrier: 'air', unit: 'm3', kgce_per_unit: 0.04, source: 'table' }] };
    expect(sums({ electricity: 1000, air: 500 }, own).kgce).toBe(nano(142.9));
    const inside = sums({ electricity: 1000, air: 500 }, own, ['air']);
    expect(inside.kgce).toBe(nano(122.9));
    expect(inside.parts.map(({ carrier, counted }) => [carrier, counted])).toEqual([
      ['air', false],
      ['electricity', true],
    ]);
  });

  test('of a carrier without a factor is unknown, not none', () => {
    expect(sums({ electricity: 1, hydrogen: 1 })).toMatchObject({ kgce: undefined, co2: undefined });
  });

  test('of grid electricity names region and year of its CO₂', () => {
    const east = { grid: { region: 'east', year: 2023 } };
    expect(sums({ electricity: 100 }, east).co2).toBe(nano(55));
    expect(sums({ electricity: 100 }, { grid: { year: 2022 } }).co2).toBe(nano(53.66));
  });

  test('is rounded once, half away from zero', () => {
    const factor = { value: 0.5, unit: 'kWh', source: '' } as const;
    expect([converted(1n, 'kWh', factor), converted(-1n, 'kWh', factor)]).toEqual([1n, -1n]);
    expect(converted(1n, 'm3', factor)).toBeUndefined();
  });
});

describe('idle share', () => {
  const energyOf = (uses: Partial<Record<EnergyUseKey, number>>) => {
    const energy_uses = new Map(
      Object.entries(uses).map(([key, units]) => [key as EnergyUseKey, use(units ?? 0)]),
    );
    return stateEnergy({ ...emptyAccount, energy_uses }, 'electricity');
  };
  const share = (uses: Parameters<typeof energyOf>[0]) => idleShare(energyOf(uses));

  test('is the energy neither of production nor of setup, in shifts or not', () => {
    const uses = {
      'electricity/producing/a': 60,
      'electricity/producing/b': 10,
      'electricity/setup/a': 10,
      'electricity/waiting/a': 15,
      'electricity/no_order/': 5,
      'steam/waiting/': 100,
    } as const;
    expect(share(uses)).toEqual({ value: 0.2, status: 'ok' });
  });

  test('leaves out what no state can be charged with, and says how much that matters', () => {
    const found = share({
      'electricity/producing/': 60,
      'electricity/waiting/': 20,
      'electricity/unattributed/': 20,
    });
    expect(found).toEqual({ value: 0.25, status: 'partial', lower: 0.2, upper: 0.4 });
    expect(idleInputs(energyOf({ 'electricity/producing/': 60, 'electricity/waiting/': 20 }))).toEqual({
      idle_kwh: 20,
      powered_kwh: 80,
    });
    expect(share({ 'electricity/unattributed/': 20 })).toEqual({ status: 'not_observed' });
    expect(share({})).toEqual({ status: 'not_observed' });
  });
});

const treeYaml = `${plantYaml}
energy:
  feeders:
    - { meter: meter, feeds: [mill, rest], tolerance: 0.1 }
  virtual_meters:
    - { id: rest, name: { en: Rest }, add: [lathe], subtract: [] }
`;

describe('the tree of meters', () => {
  const plant = indexPlant(parsePlant(treeYaml, 'plant.yaml'));
  const tree = new MeterTree(plant);
  const feeder = tree.feeders[0]!;
  const of = (amounts: Record<string, number>) => (id: string) =>
    amounts[id] === undefined ? undefined : nano(amounts[id]);

  test('shows what a feeder measured beyond what is behind it', () => {
    const balance = balanceOf(tree, feeder, of({ meter: 100, mill: 50, lathe: 41 }));
    expect(balance).toMatchObject({ sum: nano(91), remainder: nano(9), status: 'balanced' });
    expect(balanceOf(tree, feeder, of({ meter: 100, mill: 50, lathe: 39 }))).toMatchObject({
      remainder: nano(11),
      status: 'unbalanced',
    });
    expect(balanceOf(tree, feeder, of({ meter: 100, mill: 70, lathe: 41 }))).toMatchObject({
      remainder: nano(-11),
      status: 'unbalanced',
    });
    expect(balanceOf(tree, feeder, of({ meter: 100, mill: 50 }))).toMatchObject({
      sum: nano(50),
      remainder: undefined,
      status: 'incomplete',
    });
  });

  test('counts nothing twice: the feeder where all behind it lies within the scope, otherwise what is behind', () => {
    const place = (path: string) => {
      const scope = scopesOf(plant.plant).get(path)!;
      const placeOf = new EnergyRules(plant).placesIn(scope);
      return scope.assets.filter((asset) => placeOf(asset).elsewhere.has('electricity')).map(({ id }) => id);
    };
    expect(place('acme')).toEqual(['mill', 'lathe']);
    // The meter stands on the turning line, but measures the milling cell as well.
    expect(place('acme/north/shop/turning')).toEqual(['meter']);
    expect(place('acme/north/shop/turning/meter')).toEqual([]);
  });
});

describe('the name of an alarm', () => {
  test('says that a limit was kept only where all was read', () => {
    const state = 'none';
    expect(alarmName({ state, value: 3 }).en).toBe('Within the limit');
    expect(alarmName({ state, value: 3, partial: true }).zh).toBe('已知部分未超限');
    expect(alarmName({ state, value: undefined }).en).toBe('Cannot be told');
    expect(alarmName({ state: 'ended', value: 9, partial: true }).en).toBe('Was exceeded');
  });
});
