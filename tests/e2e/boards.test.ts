import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Box, type KpiResult, MetricsApi } from '@benchline/simulators/box';
import { describe, expect, it, type TestContext } from 'vitest';
import { askInflux, expandQuery, type Row } from './grafana.ts';
import { findProgram, testBox } from './kit.ts';

interface Board {
  panels: {
    type: string;
    title: string;
    targets: { query: string }[];
    transformations?: { options: Filter }[];
  }[];
  templating: { list: { name: string; type: string; query: string }[] };
}
interface Filter {
  filters: { fieldName: string; config: { id: string; options: { value: string } } }[];
}

const languages = ['en', 'zh'] as const;
const scopes = ['demo', 'demo/ningbo/assembly/bracket-line', 'demo/ningbo/assembly/bracket-line/lathe-1'];
const periods = ['hour', 'shift', 'day'] as const;

function readBoard(language: string): Board {
  const file = new URL(`../../dashboards/generated/plant-overview.${language}.json`, import.meta.url);
  return JSON.parse(readFileSync(fileURLToPath(file), 'utf8')) as Board;
}

/** A box on a real InfluxDB whose machines have stopped and whose figures no longer move. */
async function settledBox(skip: TestContext['skip']): Promise<Box> {
  if (!findProgram('influxd')) return skip('influxd is not installed: apt-get install influxdb');
  const box = await testBox({ store: { kind: 'influx' } });
  await sleep(15_000);
  await box.stopSimulators();
  // The writer of the kpi measurement follows what was touched within seconds.
  await sleep(10_000);
  return box;
}

describe('the plant overview in Grafana', () => {
  it('asks InfluxDB for what the API answers, panel by panel', async ({ skip }) => {
    const box = await settledBox(skip);
    const influx = box.influxUrl ?? '';
    const to = Date.now();
    const window = { from: to - 24 * 3_600_000, to };
    const machines = (await askInflux(influx, 'SHOW TAG VALUES FROM "state" WITH KEY = "machine"')).map(
      ({ value }) => String(value),
    );
    expect(machines).toContain('lathe-1');
    let compared = 0;
    for (const language of languages)
      for (const scope of scopes)
        for (const period of periods) {
          const results = await resultsOf(box, scope, period, window);
          for (const panel of readBoard(language).panels) {
            const answers = [];
            for (const { query } of panel.targets)
              answers.push(
                await askInflux(influx, expandQuery(query, { scope, period, machine: machines }, window)),
              );
            compared += compare(panel, answers, results);
          }
        }
    expect(compared).toBeGreaterThan(500);
  });

  it('offers scopes and machines that are there', async ({ skip }) => {
    const box = await settledBox(skip);
    for (const { name, type, query } of readBoard('en').templating.list) {
      if (type !== 'query') continue;
      const values = (await askInflux(box.influxUrl ?? '', query)).map(({ value }) => value);
      expect(values, name).toContain(name === 'scope' ? 'demo' : 'mill-1');
    }
  });
});

async function resultsOf(box: Box, scope: string, grain: string, window: { from: number; to: number }) {
  const [from, to] = [new Date(window.from), new Date(window.to)].map((at) => at.toISOString()) as [
    string,
    string,
  ];
  const list = await new MetricsApi(box.url).series(scope, grain, from, to);
  return new Map(list.map((result) => [Date.parse(result.from), result]));
}

/** Compares what a panel would draw with the API; returns how many figures were compared. */
function compare(panel: Board['panels'][number], answers: Row[][], results: Map<number, KpiResult>): number {
  if (panel.type === 'stat') return compareNewest(panel, answers[0] ?? [], results);
  if (panel.type === 'timeseries') return answers.reduce((sum, rows) => sum + compareTrend(rows, results), 0);
  if (panel.type === 'state-timeline') {
    const states = new Set(answers.flat().map(({ text }) => text));
    expect(states).toContain('producing');
    return 1;
  }
  return 0;
}

function compareNewest(panel: Board['panels'][number], rows: Row[], results: Map<number, KpiResult>): number {
  const [row] = rows;
  if (!row) return 0;
  const [filter] = panel.transformations?.[0]?.options.filters ?? [];
  const status = filter?.fieldName ?? '';
  const kpi = status.replace(/_status$/, '');
  const kept = new RegExp(filter?.config.options.value ?? '').test(String(row[status]));
  const expected = results.get(Number(row['time']))?.figures[kpi];
  expect(expected, `${panel.title} at ${String(row['time'])}`).toBeDefined();
  if (kept) expect(row[kpi]).toBeCloseTo(expected?.value ?? Number.NaN, 9);
  else expect(expected?.value).toBeUndefined();
  return 1;
}

function compareTrend(rows: Row[], results: Map<number, KpiResult>): number {
  for (const row of rows) {
    const kpi = Object.keys(row).find((key) => key !== 'time') ?? '';
    expect(row[kpi]).toBeCloseTo(results.get(Number(row['time']))?.figures[kpi]?.value ?? Number.NaN, 9);
  }
  return rows.length;
}
