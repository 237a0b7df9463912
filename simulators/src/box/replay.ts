import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchlineError, type Command, indexPlant, isoFromNs, scopeOf } from '@benchline/model';
import { type Box, type StoreChoice, startBox } from './box.ts';
import type { Announcement } from './child.ts';
import { type KpiResult, MetricsApi } from './metrics-api.ts';
import { boxPlant } from './report.ts';
import { addsUp, settle } from './settle.ts';
import { parseStore, storeOptions } from './store-option.ts';

const recordedMill = 'mill-1';
const patienceMs = 10_000;

interface RunWindow {
  run: number;
  from_ns: string;
  to_ns: string;
}

/** `benchline replay`: recorded machine runs through OPC UA, MQTT, ledger and store, and the figures that come out. */
export const replay: Command = {
  summary: 'send recorded machine runs through the whole chain and report',
  usage: '--data DIR --report FILE [--speed 20] [--store embedded|influx]',
  options: {
    data: { type: 'string', value: 'DIR', help: 'folder with runs.csv and experiment_NN.csv' },
    report: { type: 'string', value: 'FILE', help: 'where to write the figures as JSON' },
    speed: { type: 'string', default: '20', value: 'N', help: 'times faster than recorded' },
    ...storeOptions,
    work: {
      type: 'string',
      value: 'DIR',
      help: 'keep the working folder here instead of deleting a temporary one',
    },
  },
  async run({ values, signal }) {
    const options = parseOptions(values);
    const folder = options.work ?? mkdtempSync(join(tmpdir(), 'benchline-replay-'));
    try {
      await replayInto(folder, options, signal);
    } catch (error) {
      process.stderr.write(`What it kept, logs included, is in ${folder}\n`);
      throw error;
    }
    if (options.work === undefined) rmSync(folder, { recursive: true, force: true });
    return 0;
  },
};

async function replayInto(folder: string, options: ReplayOptions, signal: AbortSignal): Promise<void> {
  const { data, report, speed, store } = options;
  const box = await startBox({
    folder,
    port: 0,
    store,
    simulators: [
      { name: 'mill', speaks: 'opcua', args: ['mill', '--data', data, '--speed', String(speed), '--once'] },
    ],
    say: (text) => process.stderr.write(`${text}\n`),
    signal,
  });
  try {
    const done = await finished(box, signal);
    const account = await settle(box);
    if (!addsUp(account))
      throw new BenchlineError('store_unavailable', `not everything arrived: ${JSON.stringify(account)}`, {
        hint: 'look at the logs of the services',
      });
    const figures = await collect(box, done);
    writeFileSync(report, `${JSON.stringify(figures, null, 2)}\n`);
    process.stdout.write(
      `${done.length} runs, ${account.stored} observations stored as emitted. Report: ${report}\n`,
    );
  } finally {
    await box.stop();
  }
}

/** Waits until the mill says that its last run is over. */
async function finished(box: Box, signal: AbortSignal): Promise<RunWindow[]> {
  const mill = box.supervisor.child('mill');
  return await new Promise((resolve, reject) => {
    const stopped = () => reject(new BenchlineError('usage', 'stopped before the last run was over'));
    if (signal.aborted) stopped();
    signal.addEventListener('abort', stopped, { once: true });
    const look = (announcement: Announcement) => {
      if (announcement['done'] === true) resolve(announcement['runs'] as RunWindow[]);
    };
    mill.announcements.forEach(look);
    mill.on('announcement', look);
  });
}

async function collect(box: Box, runs: readonly RunWindow[]) {
  const first = runs[0];
  const last = runs.at(-1);
  if (!first || !last) throw new BenchlineError('bad_request', 'the recording has no runs');
  const api = new MetricsApi(box.url);
  const scope = millScope(box);
  const figures = async (from_ns: string, to_ns: string) => await observedFigures(api, scope, from_ns, to_ns);
  const lines = [];
  for (const { run, from_ns, to_ns } of runs) lines.push({ run, ...sums(await figures(from_ns, to_ns)) });
  const whole = await figures(first.from_ns, last.to_ns);
  const ratio = (id: string) => whole.figures[id]?.value ?? null;
  return {
    runs: lines,
    total: {
      ...sums(whole),
      defect_ratio: ratio('defect_ratio'),
      energy_kwh_per_good_item: ratio('energy_kwh_per_good_item'),
      oee: ratio('oee'),
      coverage: whole.coverage,
    },
  };
}

/** Figures of a window once all of it is observed: the last claim of the source arrives a moment after its data. */
async function observedFigures(
  api: MetricsApi,
  scope: string,
  from_ns: string,
  to_ns: string,
): Promise<KpiResult> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const result = await api.kpis(scope, isoFromNs(BigInt(from_ns)), isoFromNs(BigInt(to_ns)));
    if (result.coverage === 1 || Date.now() > deadline) return result;
    await sleep(200);
  }
}

function millScope(box: Box): string {
  const mill = indexPlant(boxPlant(box)).assets.get(recordedMill);
  if (!mill) throw new BenchlineError('not_found', `the plant has no machine '${recordedMill}'`);
  return scopeOf(mill);
}

function sums(result: KpiResult) {
  const { elements, counts, energy } = result;
  return {
    duration_s: elements['planned_s'],
    apt_s: elements['apt_s'],
    aust_s: elements['aust_s'],
    adet_s: elements['adet_s'],
    items: counts.items,
    good_items: counts.good_items,
    energy_kwh: energy.import_kwh === null ? null : energy.import_kwh - (energy.export_kwh ?? 0),
  };
}

interface ReplayOptions {
  data: string;
  report: string;
  speed: number;
  store: StoreChoice;
  work: string | undefined;
}

function parseOptions(values: Readonly<Record<string, unknown>>): ReplayOptions {
  const text = (name: string) => (typeof values[name] === 'string' ? values[name] : undefined);
  const data = text('data');
  const report = text('report');
  if (data === undefined || report === undefined)
    throw new BenchlineError('usage', '--data and --report are needed', {
      hint: 'benchline replay --data DIR --report out.json',
    });
  const speed = Number(text('speed') ?? '20');
  if (!(speed > 0)) throw new BenchlineError('usage', `--speed ${text('speed')} is not a positive number`);
  return {
    data,
    report,
    speed,
    store: parseStore(text),
    work: text('work'),
  };
}
