import { join } from 'node:path';
import { Figures, newsOf, recordFromLine, scopesOf, writeOf } from '@benchline/metrics/figures';
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
import { type Delivery, syntheticMonth } from '../oracle/month.ts';
import { Oracle } from '../oracle/oracle.ts';
import { monthPlant } from '../oracle/plant.ts';
import type { Bench, Setting } from './bench.ts';
import { perCpuSecond, timed } from './measure.ts';
import { type Account, later, manyPresses, memoryOfMonths, monthOverHttp } from './plant-month.ts';
import { atLeast, type Row } from './row.ts';

const machines = 100;
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

/** A month of a hundred machines from kept accounts, beside SQL over raw data; and a machine's day from raw data. */
export const accounts: Bench = {
  summary: 'a month of 100 machines from kept accounts, and accounts of a machine and day from raw data',
  async run(setting: Setting) {
    const plant = indexPlant(parsePlant(monthPlant, 'plant.yaml'));
    const beat_s = setting.quick ? 10 : 1;
    const { inTime, late } = syntheticMonth({ seed: 5, span: day, beat_s, machines: ['press'] });
    const raw = { ...inTime, observations: [...inTime.observations, ...late.observations] };
    const again = await reaccount(setting, plant, raw);
    // What it would be with an observation each second, as of the machines of the month.
    const sql_ms = (await sqlPerDay(beat_s)) * beat_s * machines * windows.days.length;
    const many = indexPlant(manyPresses());
    return [
      ...again.rows,
      await streamed(setting, many),
      ...(await monthOverHttp(setting, again.account, sql_ms / timesFaster)),
      ...(await memoryOfMonths(many, again.account)),
    ];
  },
};

/** Accounts of a machine's day out of the embedded store, nothing being kept of it. */
async function reaccount(
  { folder, signal }: Setting,
  plant: PlantIndex,
  raw: Delivery,
): Promise<{ rows: Row[]; account: Account }> {
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
    const yieldOf = async (reads: typeof store) => {
      const yields: number[] = [];
      for (let turn = 0; turn <= turns; turn += 1) {
        signal.throwIfAborted();
        const figures = new Figures({ plant, store: reads, lateness_ns: 0n });
        const took = await timed(observations.length, async () => {
          ({ account } = await figures.of(scope, day, later));
        });
        if (turn > 0) yields.push(perCpuSecond(took));
      }
      return Math.max(...yields);
    };
    const name = "a machine's day of raw data to its account";
    const whole = await yieldOf(store);
    const alone = await yieldOf(rememberedReads(store));
    return {
      rows: [
        atLeast({ name: `${name}, read from the store`, unit: 'obs/CPU-s' }, whole, reaccounted),
        atLeast({ name: `${name}, columns in memory`, unit: 'obs/CPU-s' }, alone, reaccounted),
      ],
      account: account!,
    };
  } finally {
    await store.close();
  }
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
 * the feed does at 10 000 observations a second: four writes a second, of 25 batches with a hundred things each.
 */
async function streamed({ folder, quick, signal }: Setting, plant: PlantIndex): Promise<Row> {
  const store = await openEmbeddedStore({
    file: join(folder, 'stream.duckdb'),
    placement: placementOf(plant),
  });
  try {
    const figures = new Figures({ plant, store, lateness_ns: 0n });
    const lines = recordedLines([...plant.assets.keys()].slice(0, 25), quick ? 12 : 60);
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
    const name = {
      name: 'feed at 10 000/s into the embedded store, with what it touches',
      unit: 'obs/CPU-s',
    };
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
