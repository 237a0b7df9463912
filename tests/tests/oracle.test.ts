import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entryNews, Figures, ProductPlans, scopesOf, waterfallOf } from '@benchline/metrics/figures';
import { indexPlant, type KpiId, kpiIds, parsePlant } from '@benchline/model';
import { placementOf, type TelemetryStore } from '@benchline/store';
import { openEmbeddedStore } from '@benchline/store/embedded';
import { openMemoryStore } from '@benchline/store/memory';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lostShift, month, windows } from '../src/oracle/calendar.ts';
import { type Delivery, syntheticMonth } from '../src/oracle/month.ts';
import { withEntries } from '../src/oracle/month-entries.ts';
import { Oracle, type OracleRow } from '../src/oracle/oracle.ts';
import { monthPlant } from '../src/oracle/plant.ts';

type Account = Awaited<ReturnType<Figures['of']>>['account'];
type Figure = Awaited<ReturnType<Figures['of']>>['figures'][KpiId];

const plant = parsePlant(monthPlant, 'plant.yaml');
const index = indexPlant(plant);
const placement = placementOf(index);
const scopes = scopesOf(plant);
const plans = new ProductPlans(index);
/** Months to try; each further seed takes its minute, so the usual run tries one, and the hours of some days. */
const seeds = Array.from({ length: Number(process.env['BENCHLINE_ORACLE_SEEDS'] ?? 1) }, (_, i) => 11 + i);
/** With planned maintenance, and with an hour that the clocks skip. */
const someDays = [11, 28].map((day) => windows.days[day]!);
const hours = windows.hours.filter(
  (hour) =>
    seeds.length > 1 || someDays.some((day) => hour.from_ns >= day.from_ns && hour.from_ns < day.to_ns),
);
const spans = [...windows.months, ...windows.days, ...windows.shifts, ...hours];
const now_ns = month.to_ns + 86_400_000_000_000n;

describe.each(seeds)('a second implementation, in SQL over the raw observations (seed %i)', (seed) => {
  const { inTime, late } = withEntries(syntheticMonth({ seed, span: month, beat_s: 900 }), seed, month);
  let folder: string;
  let oracle: Oracle;
  let early: Answers;
  let whole: Answers;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'benchline-oracle-'));
    oracle = await Oracle.open();
    await oracle.deliver(inTime);
    early = await Answers.of(oracle);
    await oracle.deliver(late);
    whole = await Answers.of(oracle);
  });
  afterAll(() => {
    oracle.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('has a month with everything in it', () => {
    const said = [...whole.sums.keys()].join('\n');
    for (const what of ['element apt', 'element aust', 'element adet', 'element adot', 'element pmt'])
      expect(said).toContain(what);
    for (const what of [
      'order W-1 items',
      'energy_use fault/panel',
      'energy_use unattributed/',
      'energy_order P-7',
    ])
      expect(said).toContain(what);
    for (const what of ['stop_time setup/changeover', 'stop_times waiting/tool', 'attributed rework'])
      expect(said).toContain(what);
    for (const what of ['micro_stop_time waiting/', 'micro_stop_times fault/', 'micro_stop_time short_stop/'])
      expect(said).toContain(what);
    for (const what of ['failures', 'stop_times fault/ALARM 12', 'product_count flange', 'energy export'])
      expect(said).toContain(what);
    expect(whole.sums.get('acme/north/shop/cell/mill 0 calendar ')).toBe(743n * 3_600_000_000_000n);
    for (const what of [
      'product_start_up part',
      'product_named shaft',
      'gas import',
      'bar start_up',
      'bar told',
    ])
      expect(said).toContain(what);
    expect(whole.sums).not.toEqual(early.sums);
  });

  test('compares every figure of the catalogue, known and absent', () => {
    const all = [...whole.scopes].flatMap((scope) => spans.map((_, id) => whole.figuresOf(scope, id)));
    for (const kpi of kpiIds) {
      const values = all.map((figures) => figures[kpi]);
      expect(
        values.some((value) => typeof value === 'number' && value > 0),
        kpi,
      ).toBe(true);
      expect(values, kpi).toContain(null);
      expect(values, kpi).not.toContain(undefined);
    }
  });

  test('has a shift that nobody watched: unknown is neither zero nor a stop', () => {
    const id = spans.findIndex(
      ({ from_ns, to_ns }) => from_ns === lostShift.from_ns && to_ns === lostShift.to_ns,
    );
    const cell = 'acme/north/shop/cell';
    expect(whole.figuresOf(cell, id)).toMatchObject({
      coverage: 0,
      availability: null,
      oee: null,
      mtbf: null,
    });
    const { 'bar unobserved': unobserved, 'element adot ': stopped } = whole.sumsOf(cell, id);
    expect([unobserved, stopped]).toEqual([2n * 27_000n * 10n ** 18n, undefined]);
  });

  const stores: Readonly<Record<string, () => Promise<TelemetryStore>>> = {
    memory: async () => openMemoryStore({ placement }),
    embedded: () =>
      openEmbeddedStore({ file: join(folder, 'month.duckdb'), placement, compact_rows: 20_000 }),
  };
  for (const [name, open] of Object.entries(stores))
    test(`agrees with the accounts to the last digit, before and after late data (${name} store)`, async () => {
      const store = await open();
      // Hours of a database on disk take longer than all the rest: they are compared in memory, and in a longer sweep.
      const most = name === 'memory' || seeds.length > 1 ? spans.length : spans.length - hours.length;
      try {
        const figures = new Figures({ plant: index, store, lateness_ns: 0n });
        await deliver(store, figures, inTime);
        await compare(figures, early, most);
        await deliver(store, figures, late);
        await compare(figures, whole, most);
        await compare(new Figures({ plant: index, store, lateness_ns: 0n }), whole, most);
      } finally {
        await store.close();
      }
    }, 120_000);
});

/** Writes in pieces, and says what each one touched, as the follower of the feed does. */
async function deliver(store: TelemetryStore, figures: Figures, delivery: Delivery): Promise<void> {
  const size = 4000;
  const { observations, observed, entries = [] } = delivery;
  for (let at = 0; at < Math.max(observations.length, observed.length); at += size) {
    const some = { observations: observations.slice(at, at + size), observed: observed.slice(at, at + size) };
    const { rejected } = await store.write({ ...some, gaps: [] });
    expect(rejected).toEqual([]);
    const news = [
      ...some.observations.map(({ machine, source, source_time_ns: at_ns }) => ({
        ...{ machine, source },
        ...{ from_ns: at_ns, to_ns: at_ns },
      })),
      ...some.observed.map(({ until_ns, ...claim }) => ({ ...claim, to_ns: until_ns })),
    ];
    for (const told of Map.groupBy(news, ({ machine, source }) => `${machine} ${source}`).values())
      figures.touched({
        ...told[0]!,
        from_ns: told.map((t) => t.from_ns).reduce((a, b) => (a < b ? a : b)),
        to_ns: told.map((t) => t.to_ns).reduce((a, b) => (a > b ? a : b)),
      });
  }
  await store.write({ observations: [], observed: [], gaps: [], entries });
  for (const news of await entryNews(entries, index, store)) figures.entered(news);
  for (const { subject } of entries) if (scopes.has(subject)) figures.stated(subject);
}

/** @param most compares so many of the windows. */
async function compare(figures: Figures, answers: Answers, most: number): Promise<void> {
  for (const [path, scope] of scopes) {
    if (!answers.scopes.has(path)) continue;
    for (const [id, window] of spans.slice(0, most).entries()) {
      const said = await figures.of(scope, window, now_ns);
      expect(sumsOf(said.account), `${path} ${id}`).toEqual(answers.sumsOf(path, id));
      const differing = Object.entries(answers.figuresOf(path, id)).filter(
        ([kpi, value]) => !agree(saidOf(said.figures, kpi), value),
      );
      expect(differing, `${path} ${id}`).toEqual([]);
    }
  }
}

/** A figure, or one of its bounds. */
function saidOf(figures: Record<string, Figure>, name: string): number | undefined {
  const [, id = name, bound] = /^(.*)_(lower|upper)$/.exec(name) ?? [];
  return figures[id]?.[bound === undefined ? 'value' : (bound as 'lower' | 'upper')];
}

/** Thirteen digits: more than any screen or file shows, and fewer than the order of additions changes. */
function agree(ours: number | undefined, theirs: number | null): boolean {
  if (ours === undefined || theirs === null) return ours === undefined && theirs === null;
  return Math.abs(ours - theirs) <= 1e-13 * Math.abs(theirs) + 1e-15;
}

/** What the oracle says of every scope and window. */
class Answers {
  readonly scopes = new Set<string>();
  readonly sums = new Map<string, bigint>();
  readonly #sums = new Map<string, Record<string, bigint>>();
  readonly #figures = new Map<string, Record<string, number | null>>();

  static async of(oracle: Oracle): Promise<Answers> {
    await oracle.compute(spans);
    const answers = new Answers();
    for (const row of [...(await oracle.rows('sums')), ...(await oracle.rows('bars'))])
      if (!['count', 'attributed', 'product_count'].includes(String(row['what'])))
        answers.#add(row, `${String(row['what'])} ${String(row['key'])}`, row['amount']);
    for (const { scope, id, an_order, ...done } of await oracle.rows('orders'))
      for (const [what, amount] of Object.entries(done))
        answers.#add({ scope, id } as OracleRow, `order ${String(an_order)} ${what}`, amount);
    for (const { scope, id, what, product, ...tally } of await oracle.rows('tallies'))
      for (const [role, amount] of Object.entries(tally))
        if (what !== 'product_count' || role !== 'rework')
          answers.#add({ scope, id } as OracleRow, `${String(what)} ${String(product)}${role}`, amount);
    for (const table of ['figures', 'context_figures'] as const)
      for (const { scope, id, ...values } of await oracle.rows(table)) {
        const place = `${String(scope)} ${String(id)}`;
        const figures = Object.entries(values).map(([kpi, v]) => [kpi, typeof v === 'number' ? v : null]);
        answers.#figures.set(place, { ...answers.#figures.get(place), ...Object.fromEntries(figures) });
      }
    return answers;
  }

  sumsOf(scope: string, window: number): Record<string, bigint> {
    return this.#sums.get(`${scope} ${window}`) ?? {};
  }

  figuresOf(scope: string, window: number): Record<string, number | null> {
    return this.#figures.get(`${scope} ${window}`) ?? {};
  }

  #add({ scope, id }: OracleRow, key: string, amount: unknown): void {
    if (typeof amount !== 'bigint' || amount === 0n) return;
    this.scopes.add(String(scope));
    const place = `${String(scope)} ${String(id)}`;
    const known = this.#sums.get(place) ?? {};
    known[key] = amount;
    this.#sums.set(place, known);
    this.sums.set(`${place} ${key}`, amount);
  }
}

/** An account in the words of the oracle; what is 0 is left out. */
function sumsOf(account: Account): Record<string, bigint> {
  const { elements, stops, micro_stops, products, counts, attributed, energy, orders } = account;
  const { calendar, losses, fully_productive, start_up } = waterfallOf(account, plans.runTimeNs, true);
  const use = energy.get('electricity');
  const all: [string, bigint][] = [
    ['calendar ', account.calendar_ns],
    ['planned ', account.planned_ns],
    ['failures ', account.failures],
    ...Object.entries(elements).map(([element, ns]): [string, bigint] => [`element ${element}`, ns]),
    ...[...stops].flatMap(([key, { time_ns, times }]): [string, bigint][] => [
      [`stop_time ${key}`, time_ns],
      [`stop_times ${key}`, times],
    ]),
    ...[...micro_stops].flatMap(([key, { time_ns, times }]): [string, bigint][] => [
      [`micro_stop_time ${key}`, time_ns],
      [`micro_stop_times ${key}`, times],
    ]),
    ...Object.entries({ calendar, ...losses, fully_productive }).map(([bar, time]): [string, bigint] => [
      `bar ${bar}`,
      time,
    ]),
    ['bar told', { not_told: 0n, partly: 1n, told: 2n }[start_up]],
    ...[...products].flatMap(([product, { pbt_ns, apt_ns, ...made }]): [string, bigint][] => [
      [`product_pbt ${product}`, pbt_ns],
      [`product_apt ${product}`, apt_ns],
      ...(['items', 'good', 'judged', 'scrap'] as const).map((role): [string, bigint] => [
        `product_count ${product}${role}`,
        made[role],
      ]),
      [`product_named ${product}`, made.named],
      [`product_start_up ${product}`, made.start_up],
    ]),
    ...[...orders].flatMap(([order, done]): [string, bigint][] => [
      [`order ${order} first`, done.first_ns],
      [`order ${order} last`, done.last_ns],
      [`order ${order} busy`, done.busy_ns],
      [`order ${order} apt`, done.apt_ns],
      [`order ${order} items`, done.items],
    ]),
    ...useOf('energy_use', account.energy_uses),
    ...useOf('energy_order', account.energy_orders),
    ...Object.entries(counts ?? {}).map(([role, amount]): [string, bigint] => [`count ${role}`, amount]),
    ...Object.entries(attributed).map(([role, amount]): [string, bigint] => [`attributed ${role}`, amount]),
    ['energy import', use?.import ?? 0n],
    ['energy export', use?.export ?? 0n],
    ['gas import', energy.get('natural-gas')?.import ?? 0n],
  ];
  return Object.fromEntries(all.filter(([, amount]) => amount !== 0n));
}

function useOf(what: string, uses: Account['energy_uses'] | Account['energy_orders']): [string, bigint][] {
  const electric = [...uses].filter(([key]) => key.startsWith('electricity/'));
  return electric.flatMap(([key, use]): [string, bigint][] => {
    const name = key.slice(key.indexOf('/') + 1);
    return [
      [`${what} ${name} import`, use.import],
      [`${what} ${name} export`, use.export],
    ];
  });
}
