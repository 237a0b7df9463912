import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { Catalogue } from '../src/api/catalogue-schema.ts';
import type {
  EnergyAlarms,
  EnergyBaseline,
  EnergyExplanation,
  EnergyForecast,
} from '../src/api/energy-outlook-schemas.ts';
import type {
  EnergyByState,
  EnergyCatalogue,
  EnergyCosts,
  EnergySummary,
  MeterBalance,
} from '../src/api/energy-schemas.ts';
import { openEnergyWorld, unusual } from './kit/energy-world.ts';

const day = (from: string, to: string) => ({ from: `${from}T00:00:00+08:00`, to: `${to}T00:00:00+08:00` });
const wednesday = day('2026-03-11', '2026-03-12');
const press = 'acme/north/shop/cell/press';

describe('energy over stored data', () => {
  let url: string;
  let close: () => Promise<void>;
  const ask = async (path: string, query: Record<string, string>) =>
    await fetch(`${url}/api/v1/energy/${path}?${new URLSearchParams(query)}`);
  const get = async <T extends z.ZodType>(path: string, query: Record<string, string>) => {
    const response = await ask(path, query);
    const body = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${body}`);
    return JSON.parse(body) as z.output<T>;
  };

  beforeAll(async () => {
    ({ url, close } = await openEnergyWorld());
  });
  afterAll(() => close());

  test('names every factor with its source, and words what statuses mean', async () => {
    const catalogue = await get<typeof EnergyCatalogue>('catalogue', {});
    expect(catalogue.in_use).toEqual({ factor_set: 'gb-t-2589-2020', grid: { region: 'east', year: 2023 } });
    expect(catalogue.factor_sets.map(({ id }) => id)).toContain('gb-t-2589-2008-equivalent');
    expect(catalogue.statuses.every(({ name }) => name.zh !== '')).toBe(true);
  });

  test('says of every answer by which formula, how well observed and in which revision it is', async () => {
    const { formulas: known } = (await (await fetch(`${url}/api/v1/catalogue`)).json()) as z.output<
      typeof Catalogue
    >;
    const ids = known.map(({ id, version }) => `${id}@${version}`);
    expect(known.every(({ text }) => text.en !== '' && text.zh !== '')).toBe(true);
    const asked = { scope: 'acme', ...wednesday };
    const fitted = { scope: press, ...wednesday, baseline: 'press' };
    const period = { scope: press, period: 'day', at: wednesday.from };
    for (const [path, query] of [
      ['summary', asked],
      ['by-state', asked],
      ['tariff', asked],
      ['balance', asked],
      ['baseline', fitted],
      ['forecast', { scope: press, period: 'day' }],
      ['explanation', period],
    ] as const) {
      const { evidence, time_zone } = await get<typeof EnergySummary>(path, query);
      expect(Object.keys(evidence.formulas).length, path).toBeGreaterThan(0);
      for (const formula of Object.values(evidence.formulas)) expect(ids, path).toContain(formula);
      expect(evidence.coverage === null || evidence.coverage <= 1, path).toBe(true);
      expect([path, time_zone]).toEqual([path, 'Asia/Shanghai']);
    }
    const { evidence } = await get<typeof EnergySummary>('summary', asked);
    const { formulas, ...rest } = evidence;
    expect(formulas['co2']).toBe('energy_co2@1');
    expect(rest).toEqual({
      declared: ['comprehensive_energy_per_output_value', 'comprehensive_energy_per_value_added'],
      coverage: 1,
      provisional: false,
      revision: 1,
    });
    const { alarms } = await get<typeof EnergyAlarms>('alarms', asked);
    for (const { formula } of alarms) expect(ids).toContain(formula);
  });

  test('sums carriers to standard coal and CO₂, counting the feeder and not what is behind it', async () => {
    const summary = await get<typeof EnergySummary>('summary', { scope: 'acme', ...wednesday });
    // Press 96 kWh, lathe 120 kWh, 2 % more at the feeder; 48 m³ of gas.
    expect(summary.carriers.map(({ carrier, unit, net }) => [carrier, unit, net])).toEqual([
      ['electricity', 'kWh', 220.32],
      ['natural-gas', 'm3', 48],
    ]);
    expect(summary.comprehensive_energy).toEqual({
      value: expect.closeTo(220.32 * 0.1229 + 48 * 1.33, 9),
      status: 'ok',
      unit: 'kgce',
    });
    expect(summary.co2.value).toBeCloseTo(220.32 * 0.55 + 48 * 2.162, 9);
    expect(summary.comprehensive_energy_per_good_item.value).toBeCloseTo((220.32 * 0.1229 + 63.84) / 160, 9);
    expect(summary.comprehensive_energy_per_output_value.value).toBeCloseTo(
      (220.32 * 0.1229 + 63.84) / 1000 / 2,
      9,
    );
    expect(summary.comprehensive_energy_per_value_added.status).toBe('not_declared');
    expect(summary.declared?.sources).toEqual(['finance']);
    // The feeder stands on the grid's line, but measures what lies outside of it.
    const line = { scope: 'acme/north/supply/grid', ...wednesday };
    expect((await get<typeof EnergySummary>('summary', line)).carriers.map(({ carrier }) => carrier)).toEqual(
      ['natural-gas'],
    );
  });

  test('tells energy by state, product and order, with the idle share', async () => {
    const energy = await get<typeof EnergyByState>('by-state', { scope: 'acme', ...wednesday });
    expect(energy.states.map(({ state, amount }) => [state, amount])).toEqual([
      ['producing', 200],
      ['waiting', 16],
    ]);
    expect(energy.idle_share.value).toBeCloseTo(16 / 216, 12);
    expect(energy.products).toContainEqual({ product: 'part', amount: 96, share: 96 / 216, items: 160 });
    expect(energy.orders).toEqual([{ order: 'long-runner', amount: 120 }]);
    expect(energy.machines.map(({ machine, total }) => [machine, total])).toEqual([
      ['press', 96],
      ['lathe', 120],
    ]);
  });

  test('prices energy by band and by version of the tariff', async () => {
    const costs = await get<typeof EnergyCosts>('tariff', { scope: press, ...wednesday });
    const bands = Object.fromEntries(costs.sites[0]!.bands.map((band) => [band.band, band]));
    expect(bands['peak']).toMatchObject({ hours: 3, amount: 30, cost: 30 });
    expect(bands['valley']).toMatchObject({ hours: 8, amount: 8 });
    expect(bands['flat']).toMatchObject({ hours: 13, amount: 58 });
    expect(costs.sites[0]?.cost).toBeCloseTo(30 + 8 * 0.3 + 58 * 0.6, 9);
    const later = await get<typeof EnergyCosts>('tariff', { scope: press, ...day(unusual, '2026-03-13') });
    expect(later.sites[0]).toMatchObject({ amount: 136, cost: 68, currency: 'CNY', tariff: 'tou' });
    const gas = await get<typeof EnergyCosts>('tariff', {
      scope: 'acme',
      carrier: 'natural-gas',
      ...wednesday,
    });
    expect(gas.sites[0]).toMatchObject({ status: 'no_tariff', bands: [] });
    expect((await ask('tariff', { scope: press, ...day('2026-01-05', '2026-03-16') })).status).toBe(400);
  });

  test('checks a feeder against what is behind it', async () => {
    const { feeders } = await get<typeof MeterBalance>('balance', { scope: 'acme', ...wednesday });
    expect(feeders).toMatchObject([{ meter: 'main', amount: 220.32, sum: 216, status: 'balanced' }]);
    expect(feeders[0]?.remainder).toBeCloseTo(4.32, 9);
  });

  test('fits a baseline, and says what was saved against it', async () => {
    const window = { scope: press, ...day('2026-03-09', '2026-03-16') };
    const declared = await get<typeof EnergyBaseline>('baseline', { ...window, baseline: 'press' });
    expect(declared.fitted).toMatchObject({ status: 'ok', n: 55 });
    expect(declared.fitted.intercept).toBeCloseTo(24, 9);
    expect(declared.fitted.slopes?.[0]).toBeCloseTo(72 / 160, 12);
    expect(declared.fitted.r2).toBeCloseTo(1, 12);
    expect(declared.periods).toHaveLength(7);
    expect(declared.saving).toBeCloseTo(-40, 6);
    const few = await get<typeof EnergyBaseline>('baseline', {
      ...window,
      baseline_from: '2026-02-01T00:00:00+08:00',
      baseline_to: '2026-02-05T00:00:00+08:00',
    });
    expect(few).toMatchObject({ fitted: { status: 'too_few_points', n: 4 }, periods: [] });
    const steady = await get<typeof EnergyBaseline>('baseline', {
      scope: press,
      ...wednesday,
      baseline_from: '2026-01-05T00:00:00+08:00',
      baseline_to: '2026-03-01T00:00:00+08:00',
      variable: 'planned_h',
    });
    expect(steady.fitted.status).toBe('no_variation');
    expect((await ask('baseline', { ...window, baseline: 'none' })).status).toBe(404);
  });

  test('forecasts the running day and week', async () => {
    const today = await get<typeof EnergyForecast>('forecast', { scope: press, period: 'day' });
    // By noon eight hours of waiting and four of work are over.
    expect(today).toMatchObject({ status: 'ok', used: 48 });
    expect(today.outlook?.expected).toBeGreaterThan(90);
    expect(today.outlook?.expected).toBeLessThan(104);
    const week = await get<typeof EnergyForecast>('forecast', { scope: press, period: 'week' });
    expect(week.from).toBe('2026-03-15T16:00:00.000Z');
    expect(week.outlook?.expected).toBeGreaterThan(510);
    expect(week.outlook?.expected).toBeLessThan(580);
    const none = await get<typeof EnergyForecast>('forecast', {
      scope: press,
      carrier: 'steam',
      period: 'day',
    });
    expect(none.status).toBe('no_meter');
  });

  test('warns of a limit before it is broken, and says when one was and who saw it', async () => {
    const window = { from: `${unusual}T00:00:00+08:00`, to: '2026-03-16T12:00:00+08:00' };
    const { alarms } = await get<typeof EnergyAlarms>('alarms', { scope: 'acme', ...window });
    const of = (limit: string) => alarms.filter((alarm) => alarm.limit === limit);
    expect(of('press-day').map(({ state, value }) => [state, value])).toEqual([
      ['ended', 136],
      ['none', 96],
      ['none', 24],
      ['none', 24],
      ['none', 48],
    ]);
    expect(of('press-day')[0]).toMatchObject({
      // 88 kWh at 16:00, then 6 kWh an hour: read at 19:00.
      exceeded_at: `${unusual}T11:00:00.000Z`,
      acknowledged: { by: 'chen', reason: 'a valve was stuck' },
    });
    expect(of('press-week').map(({ state, warning }) => [state, warning])).toEqual([
      ['ended', undefined],
      ['warning', 'forecast'],
    ]);
    // 0.6 kWh an item on a usual day; today's 48 kWh for 80 items are near the limit, and may come down yet.
    expect(of('press-item').map(({ state }) => state)).toEqual(['ended', 'none', 'none', 'none', 'warning']);
  });

  test('says which machine, state and product a difference comes from, to the last digit', async () => {
    const told = await get<typeof EnergyExplanation>('explanation', {
      scope: 'acme',
      period: 'day',
      at: `${unusual}T10:00:00+08:00`,
    });
    expect(told.references).toHaveLength(4);
    expect(told.basis).toBe('same_time');
    expect(told.contributions[0]).toMatchObject({
      asset: 'press',
      state: 'waiting',
      product: 'part',
      actual: 56,
      usual: 16,
      difference: 40,
    });
    const nano = (value = 0) => Math.round(value * 1e9);
    const sum = told.contributions.reduce((all, { difference }) => all + nano(difference), 0);
    expect(sum).toBe(nano(told.difference));
    expect(nano(told.actual)).toBe(nano(256 * 1.02));
    const at = (date: string) => ({ scope: press, period: 'day', at: `2026-01-${date}T10:00:00+08:00` });
    const first = await get<typeof EnergyExplanation>('explanation', at('05'));
    expect(first).toMatchObject({ status: 'no_reference', contributions: [] });
    // In its first week a plant has no weeks behind it: Thursday is compared with Monday to Wednesday, all alike.
    const thursday = await get<typeof EnergyExplanation>('explanation', at('08'));
    expect(thursday).toMatchObject({ basis: 'just_before', difference: 0 });
    expect(thursday.references.map(({ from }) => from.slice(0, 10))).toEqual([
      ...['2026-01-06', '2026-01-05', '2026-01-04'],
    ]);
    const later = await ask('explanation', { scope: press, period: 'day', at: '2030-01-01T10:00:00+08:00' });
    expect(later.status).toBe(400);
    expect(await later.json()).toMatchObject({
      detail: 'the day of 2030-01-01T02:00:00.000Z is yet to come',
      hint: 'ask for an instant in a period that has begun',
    });
  });
});
