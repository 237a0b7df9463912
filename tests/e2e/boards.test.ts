import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Box, type KpiResult, MetricsApi } from '@benchline/simulators/box';
import { describe, expect, it, type TestContext } from 'vitest';
import { askInflux, expandQuery, type Row } from './grafana.ts';
import { findProgram, testBox } from './kit.ts';

interface Board {
  panels: {
    type: string;
    title: string;
    fieldConfig: { defaults: { unit?: string } };
    /** None of what only says something. */
    targets?: { query: string }[];
    transformations?: { options: Filter }[];
  }[];
  templating: { list: { name: string; type: string; query: string }[] };
}
interface Filter {
  filters: { fieldName: string; config: { id: string; options: { value: string } } }[];
}

const views = [
  'demo',
  'demo/ningbo/assembly/bracket-line',
  'demo/ningbo/assembly/bracket-line/lathe-1',
].flatMap((scope) => ['hour', 'shift', 'day'].map((period) => ({ scope, period })));

const boardNames = ['plant-overview', 'energy'];

function readBoard(name: string, language: string): Board {
  const file = new URL(`../../dashboards/generated/${name}.${language}.json`, import.meta.url);
  return JSON.parse(readFileSync(fileURLToPath(file), 'utf8')) as Board;
}

const englishBoards = boardNames.map((name) => readBoard(name, 'en'));

/** A box on a real InfluxDB whose machines have stopped. */
async function stoppedBox(skip: TestContext['skip']): Promise<Box> {
  if (!findProgram('influxd')) return skip('influxd is not installed: apt-get install influxdb');
  const box = await testBox({ store: { kind: 'influx' } });
  // The hour that the machines have behind them lies in the store, and they work on live, be it their shift or not.
  const observed = async () => {
    const [from = '', to = ''] = [50, 0].map((ago) => new Date(Date.now() - ago * 60_000).toISOString());
    const api = new MetricsApi(box.url);
    const results = await Promise.all(
      ['press-1', 'packer-1'].map((machine) => api.states(machine, from, to)),
    );
    return Math.min(...results.map(observedShare));
  };
  await expect.poll(observed, { timeout: 120_000, interval: 500 }).toBeGreaterThan(0.99);
  await box.stopSimulators();
  return box;
}

function observedShare({ states }: Awaited<ReturnType<MetricsApi['states']>>): number {
  const lengths = states.map(({ state, from, to }) => ({ state, ms: Date.parse(to) - Date.parse(from) }));
  const sum = (list: typeof lengths) => list.reduce((all, { ms }) => all + ms, 0);
  return sum(lengths.filter(({ state }) => state !== 'unobserved')) / sum(lengths);
}

describe('the boards in Grafana', () => {
  it('asks InfluxDB for what the API answers, panel by panel, and offers scopes and machines that are there', async ({
    skip,
  }) => {
    const box = await stoppedBox(skip);
    const machines = await valuesOf(box, 'SHOW TAG VALUES FROM "state" WITH KEY = "machine"');
    let compared: Comparison[] = [];
    const compareAll = async () => {
      const found: Comparison[] = [];
      for (const view of views) found.push(...(await compareView(box, view, machines)));
      compared = found;
      return found;
    };
    // The writer of the kpi measurement follows what was touched within seconds.
    await expect
      .poll(async () => (await compareAll()).filter(differs), { timeout: 150_000, interval: 2000 })
      .toEqual([]);
    for (const { name, type, query } of englishBoards.flatMap(({ templating }) => templating.list))
      if (type === 'query')
        expect(await valuesOf(box, query), name).toContain(name === 'scope' ? 'demo' : 'mill-1');
    expect(compared.filter(({ api }) => api !== undefined).length).toBeGreaterThan(100);
    expect(
      compared.filter(({ what, api }) => what.includes('energy_kwh at') && api !== undefined),
    ).not.toEqual([]);
    expect(await powerBeyond(box, ['press-1', 'robot-1'])).toEqual([]);
  });

  it('writes units behind values that Grafana has no unit for, in the language of the board', () => {
    const unitOf = (language: string) =>
      readBoard('plant-overview', language).panels.find(({ targets = [] }) =>
        targets.some(({ query }) => query.startsWith('SELECT "energy_kwh_per_good_item"')),
      )?.fieldConfig.defaults.unit;
    expect(['en', 'zh'].map(unitOf)).toEqual(['suffix: kWh/item', 'suffix: kWh/件']);
  });

  it('asks the same in both languages', () => {
    const queries = (name: string, language: string) =>
      readBoard(name, language).panels.map(({ targets = [] }) => targets.map(({ query }) => query));
    for (const name of boardNames) expect(queries(name, 'zh')).toEqual(queries(name, 'en'));
  });
});

async function valuesOf(box: Box, query: string): Promise<string[]> {
  return (await askInflux(box.influxUrl ?? '', query)).map(({ value }) => String(value));
}

interface Comparison {
  what: string;
  /** What the panel shows; undefined for a dash or no point. */
  panel: number | undefined;
  api: number | undefined;
  /** How far both may be apart, as a share of the value. */
  slack: number;
}

function differs({ panel, api, slack }: Comparison): boolean {
  if (panel === undefined || api === undefined) return panel !== api;
  return Math.abs(panel - api) > slack * Math.max(1, Math.abs(api));
}

/** What time that nobody observes changes in a period that is open; its point is written every 10 s. */
const changing = new Set(['coverage', 'teep']);

function slackOf(kpi: string, { from = '', to = '' }: { from?: string; to?: string } = {}): number {
  const now = Date.now();
  return changing.has(kpi) && Date.parse(to) > now ? 20_000 / (now - Date.parse(from)) : 1e-9;
}

async function compareView(
  box: Box,
  view: { scope: string; period: string },
  machine: string[],
): Promise<Comparison[]> {
  const to = Date.now();
  const window = { from: to - 24 * 3_600_000, to };
  const results = await resultsOf(box, view.scope, view.period, window);
  // A panel may show shifts whatever period is chosen.
  const shifts = view.period === 'shift' ? results : await resultsOf(box, view.scope, 'shift', window);
  const comparisons: Comparison[] = [];
  for (const panel of englishBoards.flatMap(({ panels }) => panels))
    for (const { query } of panel.targets ?? []) {
      if (query === powerQuery()) continue;
      const rows = await askInflux(box.influxUrl ?? '', expandQuery(query, { ...view, machine }, window));
      comparisons.push(
        ...compareRows(panel, rows, query.includes(`'shift'`) ? shifts : results).map((one) => ({
          ...one,
          what: `${view.scope} ${view.period} ${one.what}`,
        })),
      );
    }
  return comparisons;
}

function powerQuery(): string {
  const queries = englishBoards.flatMap(({ panels }) => panels.flatMap(({ targets = [] }) => targets));
  return queries.find(({ query }) => query.includes(`'power'`))?.query ?? '';
}

/** What the panel of power shows of machines and the API does not tell, and the other way round. */
async function powerBeyond(box: Box, machine: string[]): Promise<string[]> {
  const window = { from: Date.now() - 24 * 3_600_000, to: Date.now() };
  const shown = await askInflux(box.influxUrl ?? '', expandQuery(powerQuery(), { machine }, window));
  const drawn = new Set(shown.map((row) => `${row['machine']} ${row['time']} ${row['number']}`));
  const said = new Set<string>();
  const [from = '', to = ''] = [window.from, window.to].map((at) => new Date(at).toISOString());
  for (const id of machine)
    for await (const o of new MetricsApi(box.url).observations(id, from, to))
      if (o.signal === 'power') said.add(`${id} ${o.source_time_ns / 1_000_000n} ${String(o.value)}`);
  expect(drawn.size).toBeGreaterThan(machine.length);
  return [...drawn.symmetricDifference(said)];
}

async function resultsOf(box: Box, scope: string, grain: string, window: { from: number; to: number }) {
  const [from = '', to = ''] = [window.from, window.to].map((at) => new Date(at).toISOString());
  const list = await new MetricsApi(box.url).series(scope, grain, from, to);
  return new Map(list.map((result) => [Date.parse(result.from), result]));
}

/** What a panel would draw from rows, beside what the API says of the same periods. */
function compareRows(
  panel: Board['panels'][number],
  rows: Row[],
  results: Map<number, KpiResult>,
): Comparison[] {
  if (panel.type === 'stat') return rows.map((row) => compareNewest(panel, row, results));
  if (panel.type === 'timeseries') return rows.map((row) => compareTrend(row, results));
  if (panel.type === 'state-timeline') {
    const states = new Set(rows.map(({ text }) => text));
    return [{ what: panel.title, panel: states.has('producing') ? 1 : 0, api: 1, slack: 0 }];
  }
  return [];
}

/** A stat keeps the newest row only if its status passes the panel's own filter. */
function compareNewest(
  panel: Board['panels'][number],
  row: Row,
  results: Map<number, KpiResult>,
): Comparison {
  const [filter] = panel.transformations?.[0]?.options.filters ?? [];
  const status = filter?.fieldName ?? '';
  const kpi = status.replace(/_status$/, '');
  const kept = new RegExp(filter?.config.options.value ?? '').test(String(row[status]));
  const result = results.get(Number(row['time']));
  return {
    what: `${kpi} at ${String(row['time'])}`,
    panel: kept ? Number(row[kpi]) : undefined,
    api: result?.figures[kpi]?.value,
    slack: slackOf(kpi, result),
  };
}

function compareTrend(row: Row, results: Map<number, KpiResult>): Comparison {
  const kpi = Object.keys(row).find((key) => key !== 'time') ?? '';
  const result = results.get(Number(row['time']));
  const api = result?.figures[kpi]?.value;
  return {
    what: `${kpi} at ${String(row['time'])}`,
    panel: Number(row[kpi]),
    api,
    slack: slackOf(kpi, result),
  };
}
