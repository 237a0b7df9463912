import { readdirSync, readFileSync } from 'node:fs';
import { type KpiId, kpiCatalogue, kpiIds, nsFromMs } from '@benchline/model';
import { describe, expect, test } from 'vitest';
import { accountOf } from '../src/accounts/account-of.ts';
import type { CountRole, Facts } from '../src/accounts/facts.ts';
import { nanoAmountOf, nanoItemsOf } from '../src/accounts/registers.ts';
import { tallyRule } from '../src/accounts/tally.ts';
import { declaredFigures } from '../src/kpis/declared-figures.ts';
import { figuresOf } from '../src/kpis/figures.ts';
import { type Declared, planFigures } from '../src/kpis/plan-figures.ts';
import { quantitiesOf } from '../src/kpis/quantities.ts';
import { type AssetAccount, type Reports, scopeAccount } from '../src/kpis/scope-account.ts';
import { type Case, shift } from './kit/cases.ts';

type Expected = number | string | { value: number; status?: string; lower?: number; upper?: number };

const folder = new URL('./cases/', import.meta.url);
const read = (name: string, file: string) =>
  JSON.parse(readFileSync(new URL(`${name}/${file}`, folder), 'utf8'));

describe('worked examples', () => {
  for (const name of readdirSync(folder)) {
    const given: Case = read(name, 'case.json');
    const expected: { figures: Record<string, Expected>; not?: Record<string, number> } = read(
      name,
      'expected.json',
    );
    test(`${name}: ${given.about}`, () => {
      const figures = figuresOf(scopeAccount([{ machines: [machine(given)], meters: [] }]), runTime(given));
      for (const [id, figure] of Object.entries(expected.figures)) {
        const actual = figures[id as keyof typeof figures];
        if (typeof figure === 'string') expect([id, actual]).toEqual([id, { status: figure }]);
        else matches(id, actual, typeof figure === 'number' ? { value: figure } : figure);
      }
      for (const [id, wrong] of Object.entries(expected.not ?? {}))
        expect(figures[id as keyof typeof figures].value).not.toBeCloseTo(wrong, 3);
    });
  }
});

test('the catalogue: each example is the figure of its shift', () => {
  const account = machine(shift);
  const worker = { ...account, reports: { ...account.reports, capacity_items_per_h: 100 } };
  const second = {
    ...shift,
    counters: {
      good: shift.counters!.good!,
      scrap: [
        [0, 0],
        [27_000, 11],
      ] as [number, number][],
    },
  };
  const scope = scopeAccount([{ machines: [worker], meters: [] }]);
  const people = { actual_personnel_work_time: 7.5, actual_personnel_attendance_time: 8 };
  const stock = { throughput: 627, average_inventory: 104.5, consumed_material: 700 };
  const goods = { finished_goods: 627, integrated_goods: 638 };
  const losses = { production_loss: 40, storage_transport_loss: 14, other_loss: 7 };
  const declared = new Map(Object.entries({ ...people, ...stock, ...goods, ...losses })) as Declared;
  const figures = {
    ...figuresOf(scope, runTime(shift)),
    ...planFigures({
      scope,
      q: quantitiesOf(scope.account, runTime(shift)),
      plannedScrap: () => 0.04,
      declared,
      chains: [
        {
          first: [worker],
          inspections: [],
          steps: [worker, machine(second)].map((station, i) => ({
            process: process(`op-${i}`),
            stations: [station],
          })),
        },
      ],
      chain_stations: [worker, machine(second)],
    }),
    ...declaredFigures(declared),
  };
  for (const [id, figure] of Object.entries(figures))
    expect([id, figure.value]).toEqual([id, expect.closeTo(kpiCatalogue[id as KpiId].example.value, 6)]);
});

test('OEE of one product is the product of its factors wherever all of them exist', () => {
  for (const name of readdirSync(folder)) {
    const given: Case = read(name, 'case.json');
    if (given.products) continue;
    const { oee, availability, effectiveness, quality_ratio } = figuresOf(
      scopeAccount([{ machines: [machine(given)], meters: [] }]),
      runTime(given),
    );
    const factors = [availability.value, effectiveness.value, quality_ratio.value];
    if (factors.every((f) => f !== undefined))
      expect(oee.value).toBeCloseTo(
        factors.reduce((a, b) => a * b, 1),
        12,
      );
  }
});

test('every figure of the catalogue is a CNC ratio, or computed from accounts or from what is declared', () => {
  const scope = scopeAccount([]);
  const context = {
    scope,
    q: quantitiesOf(scope.account, () => 1),
    plannedScrap: () => 0,
    declared: new Map(),
    chains: [],
    chain_stations: [],
  };
  const computed = [figuresOf(scope, () => 1), planFigures(context), declaredFigures(new Map())].flatMap(
    Object.keys,
  );
  expect([...computed, 'cnc_ratio_declared', 'cnc_ratio_connected', 'cnc_ratio_active'].sort()).toEqual(
    [...kpiIds].sort(),
  );
});

describe('a roll-up', () => {
  const first: Case = read('vorne-shift', 'case.json');
  const second: Case = read('vorne-second', 'case.json');

  test('sums numerators and denominators instead of averaging', () => {
    const line = scopeAccount([{ machines: [machine(first), machine(second)], meters: [] }]);
    const { oee, availability, quality_ratio } = figuresOf(line, () => 1);
    expect(availability.value).toBeCloseTo((373 + 405) / (420 + 435), 9);
    expect(quality_ratio.value).toBeCloseTo((18_848 + 675) / (19_271 + 700), 9);
    expect(oee.value).toBeCloseTo((18_848 + 675) / ((420 + 435) * 60), 9);
  });

  test('leaves out the time of a machine of which nobody knows what it made', () => {
    const silent: Case = read('counters-silent', 'case.json');
    const line = scopeAccount([{ machines: [machine(first), machine(silent)], meters: [] }]);
    const { oee, availability } = figuresOf(line, () => 1);
    expect(oee).toMatchObject({ value: expect.closeTo(18_848 / (420 * 60), 9), status: 'partial' });
    expect(availability.value).toBeCloseTo((373 + 60) / (420 + 60), 9);
  });

  test("takes a line's energy from its meters and does not add the machines' registers to it", () => {
    const metered = {
      ...first,
      registers: {
        import: [
          [0, 0],
          [100, 5],
        ] as [number, number][],
      },
    };
    const meter = asMeter(
      machine({
        ...metered,
        registers: {
          import: [
            [0, 0],
            [100, 8],
          ],
        },
      }),
    );
    const bare = { machines: [machine(metered)], meters: [] };
    const energy = (...lines: Parameters<typeof scopeAccount>[0]) =>
      figuresOf(scopeAccount(lines), () => 1).energy_kwh;
    expect(energy(bare)).toEqual({ value: 5, status: 'ok' });
    expect(energy({ ...bare, meters: [meter] })).toEqual({ value: 8, status: 'ok' });
    expect(energy(bare, { machines: [], meters: [meter] })).toEqual({ value: 13, status: 'ok' });
  });

  test('takes what was given back off before it makes a double of it', () => {
    const registers: Case['registers'] = {
      import: [
        [0, 0],
        [100, 640.45],
      ],
      export: [
        [0, 0],
        [100, 157.175],
      ],
    };
    const both = { machines: [machine({ ...first, registers })], meters: [] };
    // 640.45 - 157.175 in doubles is 483.27500000000003.
    expect(figuresOf(scopeAccount([both]), () => 1).energy_kwh.value).toBe(483.275);
  });

  test('says that a sum is partial when one of its parts is unknown', () => {
    const silent = { ...second, counters: { good: [], scrap: [] }, observed_s: [] };
    const { items, coverage } = figuresOf(
      scopeAccount([{ machines: [machine(first), machine(silent)], meters: [] }]),
      () => 1,
    );
    expect(items).toEqual({ value: 19_271, status: 'partial' });
    expect(coverage.value).toBeCloseTo(420 / 855, 9);
  });
});

const process = (id: string) => ({
  ...{ id, name: { en: id }, key: false, line: 'line', machines: [id] },
  rule: 'all' as const,
});

function matches(id: string, actual: object, figure: { value: number; [key: string]: unknown }): void {
  for (const [key, value] of Object.entries(figure)) {
    const got = (actual as Record<string, unknown>)[key];
    if (typeof value === 'number') expect(got, `${id}.${key}`).toBeCloseTo(value, 6);
    else expect(got, `${id}.${key}`).toBe(value);
  }
}

const s = (seconds: number) => nsFromMs(seconds * 1000);
const spans = (list: [number, number][]) => list.map(([a, b]) => ({ from_ns: s(a), to_ns: s(b) }));

function runTime(given: Case): (product: string) => number {
  return (product) => given.products?.[product] ?? given.planned_run_time_per_item_s ?? Number.NaN;
}

function machine(given: Case): AssetAccount {
  const observed = spans(given.observed_s ?? [[0, given.to_s]]);
  const roles = Object.keys(given.counters ?? {}) as CountRole[];
  const facts: Facts = {
    planned: spans(given.planned_s),
    states: given.states.map(([at, value]) => ({ at_ns: s(at), value })),
    reports_states: true,
    reasons: [],
    states_observed: observed,
    micro_stop_ns: s(300),
    orders: (given.order ?? []).map(([at, open]) => ({ at_ns: s(at), value: open ? 'order' : undefined })),
    products: (given.product ?? [[0, 'only']]).map(([at, value]) => ({ at_ns: s(at), value })),
    counters: roles.map((role) => ({
      role,
      readings: given.counters![role]!.map(([at, v]) => ({ at_ns: s(at), value: nanoItemsOf(v, 1)! })),
      observed,
    })),
    registers: (['import', 'export'] as const).flatMap((direction) => {
      const readings = given.registers?.[direction]?.map(([at, v]) => ({
        at_ns: s(at),
        value: nanoAmountOf(v, 'kWh')!,
      }));
      const rule =
        given.rollover_at === undefined ? {} : { rollover_at: nanoAmountOf(given.rollover_at, 'kWh')! };
      return readings ? [{ carrier: 'electricity', direction, readings, observed, ...rule }] : [];
    }),
    seen: observed,
  };
  const { items, good, judged, rework } = tallyRule(roles);
  const reports: Reports = {
    states: true,
    items,
    good,
    judged,
    rework,
    carriers: new Set(given.registers ? ['electricity'] : []),
  };
  return { account: accountOf(facts, { from_ns: 0n, to_ns: s(given.to_s) }), reports };
}

function asMeter({ account, reports }: AssetAccount): AssetAccount {
  const none = { states: false, items: false, good: false, judged: false, rework: false };
  const { counts: _, ...energy } = account;
  return { account: { ...energy, planned_ns: 0n }, reports: { ...reports, ...none } };
}
