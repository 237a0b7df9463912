import { setTimeout as sleep } from 'node:timers/promises';
import { findInfluxd } from '@benchline/store/influxd';
import type { Bench, Setting } from './bench.ts';
import { LatencyProbe, percentile } from './latency.ts';
import { LoadWorld, loadMachines, loadSignals, loadTags, type Stage, stages } from './load-world.ts';
import { memoryOf, otherProcessesHidden } from './measure.ts';
import { absent, alone, atLeast, atMost, type Row } from './row.ts';
import { until } from './until.ts';

const goalRate = 20_000;
const goalLatency_s = 1;
const goalMemory_mb = 200;
const goalDrain = 10;
/** The pace beside which an outage is made up for: every tag changes every two seconds. */
const drainRate = loadTags / 2;
/** What came up meanwhile has to take longer to make up for than the gateway needs to notice that ingest is back. */
const outage_s = 45;
const rateStep = 5000;
const highestRate = 80_000;
/** One signal of each machine, spread over all signals and so over the time in which each changes once. */
const watched = loadMachines.map((machine, i) => ({
  machine,
  signal: loadSignals[(i * 73) % loadSignals.length] ?? '',
}));

/** Ten thousand tags at a given pace, from OPC UA servers to InfluxDB, everything on this computer. */
export const load: Bench = {
  summary: `${loadTags} tags of OPC UA servers to InfluxDB at a given pace, with all services on this computer`,
  async run(setting: Setting) {
    const missing = findInfluxd()
      ? otherProcessesHidden
      : 'influxd is not installed: apt-get install influxdb';
    if (missing) return [absent('sustained', 'values/s', missing)];
    const world = await LoadWorld.open(setting.folder, setting.signal);
    try {
      const run = { world, ...setting };
      return [...(await sustained(run)), await highest(run), ...(await drain(run)), await rebuild(run)];
    } finally {
      await world.stop();
    }
  },
};

interface Run extends Setting {
  world: LoadWorld;
}

/**
 * The goal's pace for a while: first which stage uses how much CPU, then, while somebody looks whether the values are
 * there, how long they took.
 */
async function sustained({ world, quick, signal }: Run): Promise<Row[]> {
  await world.setRate(goalRate);
  await sleep(quick ? 3000 : 8000, undefined, { signal });
  const cpu = world.cpu();
  const start = performance.now();
  const before = await world.setRate(goalRate);
  await sleep(quick ? 4000 : 10_000, undefined, { signal });
  const used = subtract(world.cpu(), cpu);
  const costed = (await world.setRate(goalRate)) - before;
  const latencies = await latenciesDuring(world, async () => {
    await sleep(quick ? 4000 : 15_000, undefined, { signal });
  });
  const made = (await world.setRate(goalRate)) - before;
  const wall_s = (performance.now() - start) / 1000;
  const memory = memoryOf(world.pid('gateway'));
  const total = stages.reduce((sum, stage) => sum + used[stage], 0);
  return [
    atLeast({ name: 'sustained, OPC UA to InfluxDB', unit: 'values/s' }, made / wall_s, 0.98 * goalRate),
    alone('sustained, from source time until queryable, p50', 's', [percentile(latencies, 0.5)]),
    atMost(
      { name: 'sustained, from source time until queryable, p99', unit: 's' },
      percentile(latencies, 0.99),
      goalLatency_s,
    ),
    atMost({ name: `memory of gateway, ${loadTags} tags`, unit: 'MB' }, memory, goalMemory_mb),
    alone('memory of ingest', 'MB', [memoryOf(world.pid('ingest'))]),
    alone('CPU of everything', 's per million values', [(total / costed) * 1e6]),
    ...stages.map((stage) => share(stage, used[stage], total, costed)),
  ];
}

/** From source time until queryable, s, of what came while `work` went on. */
async function latenciesDuring(world: LoadWorld, work: () => Promise<void>): Promise<number[]> {
  const probe = new LatencyProbe(world.influx, 'benchline', watched);
  probe.start();
  try {
    await work();
  } finally {
    await probe.stop();
  }
  return probe.take();
}

/** A stage's CPU beside that of all of them. */
function share(stage: Stage, used_s: number, total_s: number, values: number): Row {
  const perMillion = 1e6 / values;
  return {
    ...alone(`CPU of ${stage}`, 's per million values', [used_s * perMillion]),
    limit: total_s * perMillion,
    ratio: used_s / total_s,
  };
}

/** The pace rises until values come ever later. */
async function highest(run: Run): Promise<Row> {
  const { world, quick, signal } = run;
  const step_ms = quick ? 2000 : 3500;
  let reached = 0;
  for (let rate = goalRate; rate <= highestRate; rate += rateStep) {
    await world.setRate(rate);
    await sleep(step_ms, undefined, { signal });
    const before = await world.setRate(rate);
    const start = performance.now();
    const latencies = await latenciesDuring(world, async () => {
      await sleep(step_ms, undefined, { signal });
    });
    const made = ((await world.setRate(rate)) - before) / ((performance.now() - start) / 1000);
    // The servers share the computer, too: what they did not make was not carried.
    if (made < 0.95 * rate || !(percentile(latencies, 0.5) <= goalLatency_s)) break;
    reached = rate;
  }
  await recover(run);
  return atLeast(
    { name: 'highest pace before values come later and later', unit: 'values/s' },
    reached,
    goalRate,
  );
}

/**
 * Ingest is away for a while: how fast is what the gateway kept made up for, beside what goes on coming? From when
 * ingest is ready: the gateway has still to notice.
 */
async function drain({ world, quick, signal }: Run): Promise<Row[]> {
  const away_s = quick ? outage_s / 3 : outage_s;
  await world.setRate(drainRate);
  await sleep(2000, undefined, { signal });
  await world.stopIngest();
  const before = await world.setRate(drainRate);
  await sleep(away_s * 1000, undefined, { signal });
  const starting = performance.now();
  await world.startIngest();
  const start = performance.now();
  let taken = 0;
  await until(signal, 'the outage was made up for', async () => {
    await sleep(80, undefined, { signal });
    const { observations, behind } = await world.progress();
    const made = (await world.setRate(drainRate)) - before;
    taken = observations;
    // What was made in the last half second, and a batch of each machine, is on its way in any case.
    return made - observations < drainRate / 2 && behind <= loadMachines.length;
  });
  const wall_s = (performance.now() - start) / 1000;
  return [
    atLeast(
      {
        name: `drain of ${away_s} s of outage beside ${drainRate} values/s, into InfluxDB`,
        unit: 'values/s',
      },
      taken / wall_s,
      goalDrain * drainRate,
    ),
    alone('drain, until ingest was ready before that', 's', [(start - starting) / 1000]),
  ];
}

/** The database is lost: how fast is it written anew from the ledger? */
async function rebuild(run: Run): Promise<Row> {
  await recover(run);
  return atLeast(
    { name: 'rebuild of a lost InfluxDB from the ledger', unit: 'values/s' },
    await run.world.rebuild(),
    goalDrain * drainRate,
  );
}

/** Lets what has piled up go through. */
async function recover({ world, signal }: Run): Promise<void> {
  await world.setRate(0);
  await world.quiet(signal);
}

function subtract(after: Record<Stage, number>, before: Record<Stage, number>): Record<Stage, number> {
  return Object.fromEntries(stages.map((stage) => [stage, after[stage] - before[stage]])) as Record<
    Stage,
    number
  >;
}
