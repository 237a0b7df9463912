import { join } from 'node:path';
import { Figures, newsOf, RecentReads, recordFromLine, scopesOf, writeOf } from '@benchline/metrics/figures';
import {
  type Batch,
  batchDigest,
  indexPlant,
  type Observation,
  type PlantIndex,
  parsePlant,
  signedBatchToJson,
} from '@benchline/model';
import { placementOf } from '@benchline/store';
import { type EmbeddedStore, openEmbeddedStore } from '@benchline/store/embedded';
import { windows } from '../oracle/calendar.ts';
import { syntheticMonth } from '../oracle/month.ts';
import { Oracle } from '../oracle/oracle.ts';
import { monthPlant } from '../oracle/plant.ts';
import type { Bench, Setting } from './bench.ts';
import { perCpuSecond, timed } from './measure.ts';
import { type Account, later, manyPresses, memoryOfMonths, monthOverHttp } from './plant-month.ts';
import { alone, atLeast, type Row } from './row.ts';

const machines = 100;
/** Node goes on compiling for the first ten: a service that accounts a plant's month anew has long done with that. */
const turns = 15;
/** How many times faster a request is than the same question in SQL over raw data. */
const timesFaster = 200;
const reaccounted = 1_000_000;
/** 10 000 a second with a tenth of a core. */
const streamedAtLeast = 100_000;
const batchSize = 100;
const writesPerSecond = 2;
/** Until the minute in which the first question came is over: of what came before that the store was asked. */
const warmingWrites = 28;
/** One in so many things that a machine says is its state. */
const statesEvery = 20;
/** Machines of which a board shows the figures. */
const askedMachines = 25;
const second = 1_000_000_000n;
const sqlDays = 4;
/** Rows in one write of the embedded store. */
const rowsPerWrite = 5000;

const press = 'acme/north/shop/press-shop/press';
const day = windows.days[3]!;

/** A month of a hundred machines from kept accounts, beside SQL over raw data; and a machine's day from raw data. */
export const accounts: Bench = {
  summary: 'a month of 100 machines from kept accounts, and accounts of a machine and day from raw data',
  async run(setting: Setting) {
    const plant = indexPlant(parsePlant(monthPlant, 'plant.yaml'));
    const beat_s = setting.quick ? 10 : 1;
    const again = await reaccount(setting, plant, beat_s);
    // What it would be with an observation each second, as of the machines of the month.
    const sql_ms = (await sqlPerDay(beat_s)) * beat_s * machines * windows.days.length;
    const many = indexPlant(manyPresses());
    return [
      ...again.rows,
      ...(await streamed(setting, many)),
      ...(await monthOverHttp(setting, again.account, sql_ms / timesFaster)),
      ...(await memoryOfMonths(many, again.account)),
    ];
  },
};

/** Accounts of a machine's day out of the embedded store, nothing being kept of it. */
async function reaccount(
  { folder, signal }: Setting,
  plant: PlantIndex,
  beat_s: number,
): Promise<{ rows: Row[]; account: Account }> {
  const store = await openEmbeddedStore({ file: join(folder, 'raw.duckdb'), placement: placementOf(plant) });
  try {
    const observations = await fill(store, beat_s);
    const scope = scopesOf(plant.plant).get(press)!;
    let account: Account | undefined;
    const yieldOf = async (reads: typeof store) => {
      const yields: number[] = [];
      for (let turn = 0; turn <= turns; turn += 1) {
        signal.throwIfAborted();
        const figures = new Figures({ plant, store: reads, lateness_ns: 0n });
        const took = await timed(observations, async () => {
          ({ account } = await figures.of(scope, day, later));
        });
        if (turn > 0) yields.push(perCpuSecond(took));
      }
      return Math.max(...yields);
    };
    const name = "a machine's day of raw data to its account";
    const whole = await yieldOf(store);
    const remembered = await yieldOf(rememberedReads(store));
    return {
      rows: [
        atLeast({ name: `${name}, read from the store`, unit: 'obs/CPU-s' }, whole, reaccounted),
        atLeast({ name: `${name}, columns in memory`, unit: 'obs/CPU-s' }, remembered, reaccounted),
      ],
      account: account!,
    };
  } finally {
    await store.close();
  }
}

/** Stores a machine's day; says how many observations it has. Who accounts them has not got them in memory. */
async function fill(store: EmbeddedStore, beat_s: number): Promise<number> {
  const { inTime, late } = syntheticMonth({ seed: 5, span: day, beat_s, machines: ['press'] });
  const observations = [...inTime.observations, ...late.observations];
  const { observed } = inTime;
  const rows = Math.max(observations.length, observed.length);
  for (let at = 0; at < rows; at += rowsPerWrite)
    await store.write({
      observations: observations.slice(at, at + rowsPerWrite),
      observed: observed.slice(at, at + rowsPerWrite),
      gaps: [],
    });
  await store.compact();
  return observations.length;
}

/** A store that reads nothing twice. */
function rememberedReads<S extends EmbeddedStore>(store: S): S {
  const known = new Map<string, unknown>();
  const once =
    <Q, A>(name: string, read: (query: Q) => A) =>
    (query: Q): A => {
      const key = `${name} ${JSON.stringify(query, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v))}`;
      if (!known.has(key)) known.set(key, read(query));
      return known.get(key) as A;
    };
  return {
    ...store,
    said: once('said', store.said!.bind(store)),
    latest: once('latest', store.latest.bind(store)),
    observed: once('observed', store.observed.bind(store)),
    observations: once('observations', store.observations.bind(store)),
    entries: once('entries', store.entries.bind(store)),
  };
}

/**
 * Records of the feed on their way into the store: read, written, and what they touch let go of, as the follower of
 * the feed does at 10 000 observations a second: two writes a second, of 50 batches with a hundred things each, so
 * that each of a hundred machines is heard of once a second. Every two seconds, as boards ask, the figures of the
 * open hour of 25 machines.
 */
async function streamed({ folder, quick, signal }: Setting, plant: PlantIndex): Promise<Row[]> {
  const store = await openEmbeddedStore({
    file: join(folder, 'stream.duckdb'),
    placement: placementOf(plant),
  });
  try {
    const recent = new RecentReads(store, plant);
    const figures = new Figures({ plant, store: recent, lateness_ns: 0n });
    const lines = recordedLines([...plant.assets.keys()], warmingWrites + (quick ? 20 : 120));
    const scopes = [...scopesOf(plant.plant).values()].filter(({ level }) => level === 'asset');
    const hour = { from_ns: day.from_ns, to_ns: day.from_ns + 3600n * second };
    signal.throwIfAborted();
    const take = async (some: readonly string[], now_ns: bigint) => {
      const records = some.map(recordFromLine);
      await store.write(writeOf(records));
      for (const { batch } of records) {
        if (!batch) continue;
        recent.heard(batch.content);
        const news = newsOf(batch);
        if (news) figures.touched(news);
      }
      if (now_ns % (2n * second) !== 0n) return;
      for (const scope of scopes.slice(0, askedMachines)) await figures.of(scope, hour, now_ns);
    };
    const takeFrom = async (first: number, end: number) => {
      for (let write = first; write < end; write += 1) await take(lines[write]!, endOf(write));
    };
    await takeFrom(0, warmingWrites);
    const counted = lines.slice(warmingWrites).flat();
    const took = await timed(counted.length * batchSize, () => takeFrom(warmingWrites, lines.length));
    const parsed = await timed(counted.length * batchSize, () => {
      for (const line of counted) JSON.parse(line);
    });
    const unit = 'obs/CPU-s';
    const name = "feed at 10 000/s into the embedded store, with 25 machines' open hour every 2 s";
    return [
      atLeast({ name, unit }, perCpuSecond(took), streamedAtLeast),
      alone("the same lines through JSON.parse alone, by which computers' paces compare", unit, [
        perCpuSecond(parsed),
      ]),
    ];
  } finally {
    await store.close();
  }
}

/** Up to when a write brings what was said. */
const endOf = (write: number) =>
  day.from_ns + 50n * second + (BigInt(write + 1) * second) / BigInt(writesPerSecond);

function recordedLines(assets: readonly string[], writes: number): string[][] {
  const perWrite = assets.length / writesPerSecond;
  return Array.from({ length: writes }, (_, write) => {
    const first = (write % writesPerSecond) * perWrite;
    return assets
      .slice(first, first + perWrite)
      .map((machine, i) => lineOf(machine, write * perWrite + i, endOf(write)));
  });
}

/** What a machine says in a second: a hundred things, its state, its meter and its counter, in turns. */
function lineOf(machine: string, seq: number, until_ns: bigint): string {
  const from_ns = until_ns - second;
  const observations = Array.from({ length: batchSize }, (_, n): Observation => {
    const at = {
      source_time_ns: from_ns + (BigInt(n + 1) * second) / BigInt(batchSize),
      ordinal: 0,
      status: 0,
    };
    if (n % statesEvery === 0) return { signal: 'state', ...at, value: 'producing', native: 'RUN' };
    if (n % 2 === 0) return { signal: 'energy', ...at, value: seq / 100 + n / 10_000 };
    return { signal: 'total', ...at, value: BigInt(seq + n) };
  });
  const content: Batch = {
    ...{ v: 1, gateway: 'edge', epoch: '0123456789ab-01234567', seq, prev: '' },
    ...{ gateway_time_ns: until_ns, machine, source: 'controller', mapping: 'a'.repeat(64) },
    ...{ marks: [], gaps: [], observations, observed: { from_ns, until_ns } },
  };
  const signed = { content, digest: batchDigest(content), key_id: '0123456789abcdef' };
  const batch = signedBatchToJson({ ...signed, signature: 'A'.repeat(86) + '==' });
  return JSON.stringify({ offset: seq, received_ns: String(until_ns), kind: 'batch', batch });
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
