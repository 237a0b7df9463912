import { describe, expect, test } from 'vitest';
import { factorSets } from '../../src/energy/factors.ts';
import { gridFactors } from '../../src/energy/grid-co2.ts';
import { BenchlineError } from '../../src/error.ts';
import { parsePlant } from '../../src/plant/load.ts';

const plant = (energy: string, signal = 'register: import') => `
benchline: 1
enterprise:
  id: acme
  name: { en: Acme }
  sites:
    - id: north
      name: { en: North }
      time_zone: Asia/Shanghai
      calendar: always
      areas:
        - id: shop
          name: { en: Shop }
          lines:
            - id: cell
              name: { en: Cell }
              machines: [{ id: mill, name: { en: Mill }, type: mill }]
              meters: [{ id: main, name: { en: Main }, type: mill }]
machine_types:
  - id: mill
    name: { en: Mill }
    signals: { energy: { measurement: energy, ${signal} } }
calendars: [{ id: always, shifts: [{ id: day, name: { en: Day }, start: '00:00', end: '00:00' }] }]
energy:
${energy}
`;

function problems(text: string): string {
  try {
    parsePlant(text, 'plant.yaml');
    return '';
  } catch (error) {
    if (error instanceof BenchlineError) return error.message;
    throw error;
  }
}

describe('conversion factors', () => {
  const of = (set: keyof typeof factorSets, carrier: string) =>
    factorSets[set].factors.find((factor) => factor.carrier === carrier)?.kgce_per_unit;

  test('are the tables of GB/T 2589, both editions side by side', () => {
    expect(of('gb-t-2589-2020', 'electricity')).toBe(0.1229);
    expect(of('gb-t-2589-2020-equivalent', 'electricity')).toBe(0.404);
    expect([of('gb-t-2589-2008', 'water'), of('gb-t-2589-2020', 'water')]).toEqual([0.0857, 0.2571]);
    expect(factorSets['gb-t-2589-2008'].valid_to).toBe(factorSets['gb-t-2589-2020'].valid_from);
  });

  test('are given once for each carrier of a set, region and year', () => {
    for (const { factors } of Object.values(factorSets))
      expect(new Set(factors.map((factor) => factor.carrier)).size).toBe(factors.length);
    expect(new Set(gridFactors.map(({ region, year }) => `${region}/${year}`)).size).toBe(gridFactors.length);
  });
});

describe('the energy part of a plant file', () => {
  test('may be left out or be empty', () => {
    expect(parsePlant(plant('  {}'), 'plant.yaml').energy).toMatchObject({
      factor_set: 'gb-t-2589-2020',
      grid: { region: 'national', year: 2023 },
      feeders: [],
    });
  });

  test('names what is there', () => {
    const found = problems(
      plant(`
  carriers: [{ id: steam, name: { en: Steam }, made_by: [boiler] }]
  feeders: [{ meter: main, feeds: [mil] }]
  virtual_meters: [{ id: mill, name: { en: Mill }, add: [grid] }]
  limits: [{ id: l, name: { en: L }, scope: acme/south, period: day, max: 1 }]
  grid: { region: east, year: 2020 }`),
    );
    expect(found).toContain("there is no line, machine or meter 'boiler'");
    expect(found).toContain("there is no machine, meter or virtual meter 'mil'");
    expect(found).toContain("there is no machine or meter 'grid'");
    expect(found).toContain("the machine, meter or virtual meter 'mill' is there already");
    expect(found).toContain("there is no scope 'acme/south'");
    expect(found).toContain("no factor of 2020 is known for region 'east'");
  });

  test('has meters in a tree', () => {
    const twice = 'feeders: [{ meter: main, feeds: [mill] }, { meter: sum, feeds: [mill, main] }]';
    const sum = 'virtual_meters: [{ id: sum, name: { en: Sum }, add: [main] }]';
    expect(problems(plant(`  ${twice}\n  ${sum}`))).toContain("'mill' is behind 'main' already");
    const loop = 'feeders: [{ meter: main, feeds: [mill] }, { meter: mill, feeds: [main] }]';
    expect(problems(plant(`  ${loop}`))).toContain("'main' is behind itself");
  });

  test('counts each carrier in units of one kind', () => {
    const factor = "factors: [{ carrier: gas, unit: kWh, kgce_per_unit: 1, source: 'x' }]";
    expect(problems(plant(`  ${factor}`, 'register: import, carrier: gas, unit: m3'))).toContain(
      "'gas' is counted in m3 elsewhere, which kWh cannot be added to",
    );
    expect(problems(plant(`  ${factor}`, 'register: import, carrier: gas, unit: GJ'))).toBe('');
  });

  test('prices every band that occurs', () => {
    const found = problems(
      plant(`
  tariffs:
    - id: t
      name: { en: T }
      versions:
        - valid_from: '2026-01-01'
          prices: { valley: 0.3 }
          periods: [{ band: peak, start: '08:00', end: '10:00' }]
        - { valid_from: '2026-01-01', prices: { flat: 0.3 } }`),
    );
    expect(found).toContain("the band 'peak' has no price");
    expect(found).toContain("the band 'flat', which holds otherwise, has no price");
    expect(found).toContain('another version begins on 2026-01-01');
  });

  test('has baselines that can be fitted', () => {
    const base = "id: b, name: { en: B }, scope: acme, from: '2026-02-01', to: '2026-01-01'";
    const found = problems(plant(`  baselines: [{ ${base}, model: ratio, variables: [items, good_items] }]`));
    expect(found).toContain('a ratio takes one variable');
    expect(found).toContain('2026-01-01 is not after 2026-02-01');
  });
});
