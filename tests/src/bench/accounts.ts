import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { AccountShelf, Figures, newsOf, recordFromLine, scopesOf, writeOf } from '@benchline/metrics/figures';
import {
  type Batch,
  batchDigest,
  indexPlant,
  type Observation,
  openLog,
  type Plant,
  type PlantIndex,
  parsePlant,
  signedBatchToJson,
} from '@benchline/model';
import { placementOf } from '@benchline/store';
import { openEmbeddedStore } from '@benchline/store/embedded';
import { openMemoryStore } from '@benchline/store/memory';
import { month, windows } from '../oracle/calendar.ts';
import { type Delivery, syntheticMonth } from '../oracle/month.ts';
import { Oracle } from '../oracle/oracle.ts';
import { monthPlant } from '../oracle/plant.ts';
import type { Bench, Setting } from './bench.ts';
import { perCpuSecond, timed } from './measure.ts';
import { alone, atLeast, atMost, type Row } from './row.ts';

const machines = 100;
const days = windows.days;
const turns = 5;
/** How many times faster a request is than the same question in SQL over raw data. */
const timesFaster = 200;
const reaccounted = 1_000_000;
/** 10 000 a second with a tenth of a core. */
const streamedAtLeast = 100_000;
const batchSize = 100;
const sqlDays = 4;
/** Rows in one write of the embedded store. */
const rowsPerWrite = 5000;

const press = 'acme/north/shop/press-shop/press';
const day = windows.days[3]!;
const later = month.to_ns + 400n * 86_400_000_000_000n;

type Account = Awaited<ReturnType<Figures['of']>>['account'];

/** A month of a hundred machines from kept accounts, beside SQL over raw data; and a machine's day from raw data. */
export const accounts: Bench = {
  summary: 'a month of 100 machines from kept accounts, and accounts of a machine and day from raw data',
  async run(setting: Setting) {
    const plant = indexPlant(parsePlant(monthPlant, 'plant.yaml'));
    const beat_s = setting.quick ? 10 : 1;
    const { inTime, late } = syntheticMonth({ seed: 5, span: day, beat_s, machines: ['press'] });
    const raw = { observations: [...inTime.observations, ...late.observations], observed: inTime.observed };
    const again = await reaccount(setting, plant, raw);
    // What it would be with an observation each second, as of the machines of the month.
    const sql_ms = (await sqlPerDay(beat_s)) * beat_s * machines * days.length;
    const many = manyPresses();
    return [
      again.row,
      await streamed(setting, many),
      ...(await plantMonth(setting, many, again.account, sql_ms / timesFaster)),
    ];
  },
};

/** Accounts of a machine's day out of the embedded store, nothing being kept of it. */
async function reaccount(
  { folder, signal }: Setting,
  plant: PlantIndex,
  raw: Delivery,
): Promise<{ row: Row; account: Account }> {
  const store = await openEmbeddedStore({ file: join(folder, 'raw.duckdb'), placement: placementOf(plant) });
  try {
    const { observations, observed } = raw;
    const rows = Math.max(observations.length, observed.length);
    for (let at = 0; at < rows; at += rowsPerWrite)
      await store.write({
        observations: observations.slice(at, at + rowsPerWrite),
        observed: observed.slice(at, at + rowsPerWrite),
        gaps: [],
      });
    await store.compact();
    const scope = scopesOf(plant.plant).get(press)!;
    let account: Account | undefined;
    const yields: number[] = [];
    for (let turn = 0; turn <= turns; turn += 1) {
      signal.throwIfAborted();
      const figures = new Figures({ plant, store, lateness_ns: 0n });
      const took = await timed(observations.length, async () => {
        ({ account } = await figures.of(scope, day, later));
      });
      if (turn > 0) yields.push(perCpuSecond(took));
    }
    const best = Math.max(...yields);
    const name = { name: 'accounts of a machine and day from raw data', unit: 'obs/CPU-s' };
    return { row: atLeast(name, best, reaccounted), account: account! };
  } finally {
    await store.close();
  }
}

/**
 * Records of the feed on their way into the store: read, written, and what they touch let go of, as the follower of
 * the feed does. Ten machines say a hundred things each in a batch, one write for all of them.
 */
async function streamed({ folder, quick, signal }: Setting, plant: PlantIndex): Promise<Row> {
  const store = await openEmbeddedStore({
    file: join(folder, 'stream.duckdb'),
    placement: placementOf(plant),
  });
  try {
    const figures = new Figures({ plant, store, lateness_ns: 0n });
    const lines = recordedLines([...plant.assets.keys()].slice(0, 10), quick ? 20 : 100);
    signal.throwIfAborted();
    const take = async (writes: string[][]) => {
      for (const some of writes) {
        const records = some.map(recordFromLine);
        await store.write(writeOf(records));
        for (const { batch } of records) {
          const news = batch && newsOf(batch);
          if (news) figures.touched(news);
        }
      }
    };
    await take(lines.slice(0, lines.length / 4));
    const rest = lines.slice(lines.length / 4);
    const took = await timed(rest.flat().length * batchSize, () => take(rest));
    const name = { name: 'feed records into the store, with what they touch', unit: 'obs/CPU-s' };
    return atLeast(name, perCpuSecond(took), streamedAtLeast);
  } finally {
    await store.close();
  }
}

function recordedLines(assets: readonly string[], writes: number): string[][] {
  return Array.from({ length: writes }, (_, write) =>
    assets.map((machine, i) => {
      const start = day.from_ns + BigInt(write) * 10_000_000_000n;
      const observations = Array.from({ length: batchSize }, (__, n): Observation => {
        const source_time_ns = start + BigInt(n) * 100_000_000n;
        return { signal: 'energy', source_time_ns, ordinal: 0, value: write + n / 100, status: 0 };
      });
      const content: Batch = {
        ...{
          v: 1,
          gateway: 'edge',
          epoch: '0123456789ab-01234567',
          seq: write * assets.length + i,
          prev: '',
        },
        ...{
          gateway_time_ns: start,
          machine,
          source: 'controller',
          mapping: 'a'.repeat(64),
          marks: [],
          gaps: [],
        },
        observations,
        observed: { from_ns: start, until_ns: start + 10_000_000_000n },
      };
      const batch = signedBatchToJson({
        ...{
          content,
          digest: batchDigest(content),
          key_id: '0123456789abcdef',
          signature: 'A'.repeat(86) + '==',
        },
      });
      return JSON.stringify({ offset: content.seq, received_ns: String(start), kind: 'batch', batch });
    }),
  );
}

/** How long SQL takes for one more day of a machine, ms: what a longer month costs, without what any question costs. */
async function sqlPerDay(beat_s: number): Promise<number> {
  const [short, long] = [await sqlOver(1, beat_s), await sqlOver(sqlDays, beat_s)];
  return (long - short) / (sqlDays - 1);
}

async function sqlOver(count: number, beat_s: number): Promise<number> {
  const span = { from_ns: day.from_ns, to_ns: day.from_ns + BigInt(count) * (day.to_ns - day.from_ns) };
  const oracle = await Oracle.open();
  try {
    await oracle.deliver(syntheticMonth({ seed: 5, span, beat_s, machines: ['press'] }).inTime);
    const times: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const start = performance.now();
      await oracle.compute([span]);
      times.push(performance.now() - start);
    }
    return Math.min(...times);
  } finally {
    oracle.close();
  }
}

/** The figures of a plant's month right after a start, and when asked again; and what a year of them keeps in memory. */
async function plantMonth(
  { folder, signal }: Setting,
  plant: PlantIndex,
  account: Account,
  limit_ms: number,
): Promise<Row[]> {
  const store = openMemoryStore({ placement: placementOf(plant) });
  const scope = scopesOf(plant.plant).get(plant.plant.enterprise.id)!;
  const options = { file: join(folder, 'month.accounts'), plant, log: openLog('bench') };
  const filled = AccountShelf.open(options);
  for (const asset of plant.assets.keys())
    filled.keep(
      asset,
      days.map((span) => ({ ...span, summary: account })),
    );
  filled.close();
  const [cold, warm]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < turns; turn += 1) {
    signal.throwIfAborted();
    const start = performance.now();
    const shelf = AccountShelf.open(options);
    const figures = new Figures({ plant, store, lateness_ns: 0n, shelf });
    await figures.of(scope, month, later);
    cold.push(performance.now() - start);
    const again = performance.now();
    await figures.of(scope, month, later);
    warm.push(performance.now() - again);
    shelf.close();
  }
  const row = (name: string, times: readonly number[]) =>
    atMost({ name, unit: 'ms' }, Math.min(...times), limit_ms);
  return [
    row('KPIs of 100 machines and a month, first request after a start', cold),
    row('KPIs of 100 machines and a month, asked again', warm),
    alone('memory of accounts, 100 machines and a month in quarter hours', 'MB', [
      await memoryOfQuarters(plant, account),
    ]),
  ];
}

/** Heap that is kept when every quarter hour of a month has been asked for, MB; most of them are let go again. */
async function memoryOfQuarters(plant: PlantIndex, account: Account): Promise<number> {
  const store = openMemoryStore({ placement: placementOf(plant) });
  const shelf = { recall: () => structuredClone(account), keep: () => undefined, touched: () => undefined };
  const figures = new Figures({ plant, store, lateness_ns: 0n, shelf });
  const scope = scopesOf(plant.plant).get(plant.plant.enterprise.id)!;
  const before = heapAfterCollection();
  const quarter = 900_000_000_000n;
  // Two windows a day that are no days, so that each is made of its quarter hours.
  for (const { from_ns, to_ns } of days) {
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

/** The press a hundred times, on ten lines. */
function manyPresses(): PlantIndex {
  const plant: Plant = parsePlant(monthPlant, 'plant.yaml');
  const [site] = plant.enterprise.sites;
  const [area] = site!.areas;
  const line = area!.lines.find(({ id }) => id === 'press-shop')!;
  const definition = line.machines[0]!;
  area!.lines = Array.from({ length: 10 }, (_, l) => ({
    ...line,
    id: `line-${l}`,
    meters: [],
    machines: Array.from({ length: machines / 10 }, (__, m) => ({ ...definition, id: `press-${l}-${m}` })),
  }));
  return indexPlant(plant);
}
