import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { AccountShelf, Figures, scopesOf } from '@benchline/metrics/figures';
import {
  BenchlineError,
  indexPlant,
  isoFromNs,
  openLog,
  type Plant,
  type PlantIndex,
  parsePlant,
} from '@benchline/model';
import { freePorts } from '@benchline/simulators/box';
import { placementOf } from '@benchline/store';
import { openEmbeddedStore } from '@benchline/store/embedded';
import { openMemoryStore } from '@benchline/store/memory';
import { month, windows } from '../oracle/calendar.ts';
import { monthPlant } from '../oracle/plant.ts';
import type { Setting } from './bench.ts';
import { TalkingProcess } from './process.ts';
import { alone, atMost, median, type Row } from './row.ts';
import { until } from './until.ts';

const { days } = windows;
export const later = month.to_ns + 400n * 86_400_000_000_000n;
const coldStarts = 3;
/** What a process still does when it first answers, such as its first look for the feed, is not the request's. */
const startedAfter_ms = 1000;
const warmRequests = 20;
/** What a person hardly waits for: of a service that has just been started, and of one that was asked before. */
const coldWithin_ms = 100;
const warmWithin_ms = 50;
/** How much more memory the whole month may take than half of it. */
const mostGrowth = 1.25;
/** Where the feed stands: a store and accounts that nothing was taken into would begin anew. */
const position = { next: 1, line: 'a'.repeat(64) };

export type Account = Awaited<ReturnType<Figures['of']>>['account'];

/** The press a hundred times, on ten lines; processes are of the machines that it stands for. */
export function manyPresses(): Plant {
  const plant: Plant = parsePlant(monthPlant, 'plant.yaml');
  const [site] = plant.enterprise.sites;
  const [area] = site!.areas;
  const line = area!.lines.find(({ id }) => id === 'press-shop')!;
  const definition = line.machines[0]!;
  area!.lines = Array.from({ length: 10 }, (_, l) => ({
    ...line,
    id: `line-${l}`,
    meters: [],
    machines: Array.from({ length: 10 }, (__, m) => ({ ...definition, id: `press-${l}-${m}` })),
  }));
  return { ...plant, processes: [], chains: [] };
}

/**
 * The figures of a plant's month as a service answers them over HTTP that has the accounts of its days in its file:
 * when they are asked for the first time ever, as the first request of a new process, and again.
 * @param sqlShare_ms the part of what SQL needs over raw data that a request may take.
 */
export async function monthOverHttp(
  { folder, signal }: Setting,
  account: Account,
  sqlShare_ms: number,
): Promise<Row[]> {
  const files = { plant: join(folder, 'month-plant.yaml'), store: join(folder, 'month.duckdb') };
  const plant = await fill(files, account);
  const [port = 0] = await freePorts(1);
  const config = join(folder, 'month-metrics.yaml');
  // There is no feed: what is asked for has long been taken in.
  const content = { plant: files.plant, feed_url: 'http://127.0.0.1:9', http: { port } };
  writeFileSync(config, JSON.stringify({ ...content, store: { embedded: { file: files.store } } }));
  const url = `http://127.0.0.1:${port}`;
  const first: number[] = [];
  const cold: number[] = [];
  const warm: number[] = [];
  for (let start = 0; start <= coldStarts; start += 1) {
    signal.throwIfAborted();
    const service = new TalkingProcess(program, ['metrics', '--config', config]);
    try {
      await until(signal, 'the metrics service answered', () => answers(url));
      await sleep(startedAfter_ms, undefined, { signal });
      const ask = () => asked(url, plant.plant.enterprise.id);
      (start === 0 ? first : cold).push(await ask());
      for (let n = 0; n < warmRequests; n += 1) warm.push(await ask());
    } finally {
      await service.stop();
    }
  }
  const row = (name: string, times: readonly number[], most_ms: number) =>
    atMost({ name, unit: 'ms' }, median(times), Math.min(most_ms, sqlShare_ms));
  return [
    alone('1/200 of SQL over raw data for 100 machines and a month, extrapolated', 'ms', [sqlShare_ms]),
    alone('KPIs of 100 machines and a month over HTTP, the first time ever, from days', 'ms', first),
    row('KPIs of 100 machines and a month over HTTP, first of a new process', cold, coldWithin_ms),
    row('KPIs of 100 machines and a month over HTTP, asked again', warm, warmWithin_ms),
  ];
}

const program = fileURLToPath(new URL('../../../model/bin/benchline.ts', import.meta.url));

/** A plant of a hundred machines, a store that has been written to, and the accounts of a month of days beside it. */
async function fill(files: { plant: string; store: string }, account: Account): Promise<PlantIndex> {
  const text = JSON.stringify(manyPresses());
  writeFileSync(files.plant, text);
  const plant = indexPlant(parsePlant(text, files.plant));
  const store = await openEmbeddedStore({ file: files.store, placement: placementOf(plant) });
  const cursor = { cursor: position.next, cursor_line: position.line };
  const [machine = ''] = plant.assets.keys();
  const observed = [{ machine, source: 'controller', from_ns: month.from_ns, until_ns: month.to_ns }];
  await store.write({ observations: [], observed, gaps: [] }, cursor);
  await store.close();
  const shelf = AccountShelf.open({ file: `${files.store}.accounts`, plant, log: openLog('bench') });
  for (const asset of plant.assets.keys())
    shelf.keep(
      asset,
      days.map((span) => ({ ...span, summary: account })),
    );
  shelf.remember(position);
  shelf.close();
  return plant;
}

async function answers(url: string): Promise<boolean> {
  return await fetch(`${url}/healthz`).then(
    () => true,
    () => false,
  );
}

/** How long the answer took, ms. @throws BenchlineError `store_unavailable` when it is none, or says nothing. */
async function asked(url: string, scope: string): Promise<number> {
  const query = new URLSearchParams({ scope, from: isoFromNs(month.from_ns), to: isoFromNs(month.to_ns) });
  const start = performance.now();
  const response = await fetch(`${url}/api/v1/kpis?${query.toString()}`);
  const text = await response.text();
  const took = performance.now() - start;
  const { figures } = JSON.parse(text) as { figures?: Record<string, { value?: number }> };
  if (response.ok && Object.values(figures ?? {}).some(({ value = 0 }) => value > 0)) return took;
  throw new BenchlineError('store_unavailable', `no figures of the month, but ${response.status}: ${text}`);
}

/** What stays in memory when all quarter hours of a hundred machines were asked for: of half the month and of all. */
export async function memoryOfMonths(plant: PlantIndex, account: Account): Promise<Row[]> {
  const half = await memoryOfQuarters(plant, account, days.length >> 1);
  const whole = await memoryOfQuarters(plant, account, days.length);
  return [
    alone('memory of accounts, 100 machines and a month in quarter hours', 'MB', [whole]),
    atMost(
      { name: 'the same, as a multiple of what half the month takes', unit: '×' },
      whole / half,
      mostGrowth,
    ),
  ];
}

/** Heap that is kept when every quarter hour of some days has been asked for, MB; most of them are let go again. */
async function memoryOfQuarters(plant: PlantIndex, account: Account, count: number): Promise<number> {
  const store = openMemoryStore({ placement: placementOf(plant) });
  const shelf = { recall: () => structuredClone(account), keep: () => undefined, touched: () => undefined };
  const figures = new Figures({ plant, store, lateness_ns: 0n, shelf });
  const scope = scopesOf(plant.plant).get(plant.plant.enterprise.id)!;
  const before = heapAfterCollection();
  const quarter = 900_000_000_000n;
  // Two windows a day that are no days, so that each is made of its quarter hours.
  for (const { from_ns, to_ns } of days.slice(0, count)) {
    await figures.of(scope, { from_ns: from_ns + quarter, to_ns: to_ns - 48n * quarter }, later);
    await figures.of(scope, { from_ns: to_ns - 48n * quarter, to_ns: to_ns - quarter }, later);
  }
  const kept = (heapAfterCollection() - before) / 1e6;
  // Kept until here.
  return figures.computed > 0 ? kept : Number.NaN;
}

function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
