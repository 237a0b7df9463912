import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BenchlineError, isoFromNs, loadPlant } from '@benchline/model';
import { demoPlantFile, shippedMillRuns } from '@benchline/simulators';
import { addsUp, type Box, MetricsApi, settle, startBox } from '@benchline/simulators/box';
import type { Bench, Setting } from './bench.ts';
import { cpuOf, inTurns, memoryOf, otherProcessesHidden, perCpuSecond, perSecond } from './measure.ts';
import { TalkingProcess } from './process.ts';
import { absent, alone, compared } from './row.ts';
import { until } from './until.ts';

const machine = 'mill-1';
/** So fast that the simulator emits as much as it can and those who listen can take. */
const speed = '1000';
const quickRuns = 2;
const services = ['gateway', 'broker', 'ingest', 'metrics'] as const;

const program = fileURLToPath(new URL('../../../model/bin/benchline.ts', import.meta.url));
const bareClient = fileURLToPath(new URL('./bare-client.ts', import.meta.url));

/** The recorded mill, read by node-opcua alone and by the whole box. */
export const opcua: Bench = {
  summary: 'the recorded mill through the whole box, beside a bare node-opcua client',
  async run(setting: Setting) {
    if (otherProcessesHidden) return [absent('end to end', 'values/s', otherProcessesHidden)];
    const data = setting.quick ? firstRuns(join(setting.folder, 'data'), quickRuns) : shippedMillRuns;
    const folder = (name: string, turn: number) => join(setting.folder, `${name}-${turn}`);
    const { things, limits } = await inTurns({
      turns: setting.quick ? 1 : 3,
      most_s: 50,
      signal: setting.signal,
      thing: (turn) => throughBox(folder('box', turn), data, setting.signal),
      limit: (turn) => throughBareClient(folder('bare', turn), data),
    });
    return [
      compared({ name: 'end to end', unit: 'values/s' }, things.map(perSecond), limits.map(perSecond)),
      ...services.map((service) =>
        compared(
          { name: `end to end, CPU of ${service}`, unit: 'values/CPU-s' },
          things.map((turn) => perCpuSecond({ values: turn.values, cpu_s: turn.cpu_s[service] })),
          limits.map(perCpuSecond),
        ),
      ),
      alone(
        'last emitted until queryable',
        's',
        things.map((turn) => turn.lag_s),
      ),
      alone(
        'memory of gateway',
        'MB',
        things.map((turn) => turn.gateway_mb),
      ),
    ];
  },
};

/** A folder with the first few of the shipped runs. */
function firstRuns(folder: string, count: number): string {
  mkdirSync(folder, { recursive: true });
  const list = readFileSync(join(shippedMillRuns, 'runs.csv'), 'utf8').split('\n');
  writeFileSync(join(folder, 'runs.csv'), `${list.slice(0, count + 1).join('\n')}\n`);
  for (const file of readdirSync(shippedMillRuns)
    .filter((name) => name.startsWith('experiment'))
    .sort()
    .slice(0, count))
    copyFileSync(join(shippedMillRuns, file), join(folder, file));
  return folder;
}

/** What the mill says when it has played everything. */
interface Done {
  emitted: number;
  runs: { to_ns: string }[];
}

async function throughBareClient(folder: string, data: string) {
  mkdirSync(folder, { recursive: true });
  const truth = join(folder, 'truth.ndjson');
  const mill = ['mill', '--once', '--data', data, '--speed', speed, '--port', '0', '--truth', truth];
  const server = new TalkingProcess(program, ['simulate', ...mill]);
  let client: TalkingProcess | undefined;
  try {
    const { endpoint } = (await server.next()) as { endpoint: string };
    const signals = Object.keys(loadPlant(demoPlantFile).index.assets.get(machine)?.type.signals ?? {});
    client = new TalkingProcess(bareClient, [endpoint, machine, ...signals]);
    await client.next();
    const { emitted } = (await server.next()) as unknown as Done;
    // The last values are on their way within a publishing interval.
    await sleep(500);
    client.finish();
    const seen = (await client.next()) as { values: number; cpu_s: number; wall_s: number };
    if (seen.values < emitted)
      throw new BenchlineError(
        'source_unavailable',
        `node-opcua alone saw ${seen.values} of ${emitted} values`,
      );
    return seen;
  } finally {
    await client?.stop();
    await server.stop();
  }
}

async function throughBox(folder: string, data: string, signal: AbortSignal) {
  mkdirSync(folder, { recursive: true });
  const box = await startBox({
    folder,
    port: 0,
    store: { kind: 'embedded' },
    simulators: [
      { name: 'mill', speaks: 'opcua', args: ['mill', '--once', '--data', data, '--speed', speed] },
    ],
  });
  try {
    // The mill holds still until the gateway has subscribed: what is used from here on is used for its values.
    const before = cpuOfServices(box);
    const started = await firstEmission(box, signal);
    const { emitted, runs, at } = await finished(box, signal);
    await queryable(box, BigInt(runs.at(-1)?.to_ns ?? 0), signal);
    const now = performance.now();
    const after = cpuOfServices(box);
    const gateway_mb = memoryOf(box.supervisor.child('gateway').pid ?? 0);
    const account = await settle(box);
    if (!addsUp(account) || account.stored < emitted)
      throw new BenchlineError('store_unavailable', `not everything arrived: ${JSON.stringify(account)}`);
    const cpu_s = Object.fromEntries(
      services.map((service) => [service, after[service] - before[service]]),
    ) as Cpu;
    return { values: emitted, wall_s: (now - started) / 1000, lag_s: (now - at) / 1000, gateway_mb, cpu_s };
  } finally {
    await box.stop();
  }
}

type Cpu = Record<(typeof services)[number], number>;

function cpuOfServices(box: Box): Cpu {
  return Object.fromEntries(
    services.map((service) => [service, cpuOf(box.supervisor.child(service).pid ?? 0)]),
  ) as Cpu;
}

/** When the mill puts more on record than what its signals were to begin with. */
async function firstEmission(box: Box, signal: AbortSignal): Promise<number> {
  const size = () => statSync(box.home.truth('mill')).size;
  const primed = size();
  await until(signal, 'the gateway subscribed to the mill', () => size() > primed);
  return performance.now();
}

async function finished(box: Box, signal: AbortSignal): Promise<Done & { at: number }> {
  const mill = box.supervisor.child('mill');
  const done = () => mill.announcements.find((announcement) => announcement['done'] === true);
  await until(signal, 'the mill was done', () => done() !== undefined);
  return { ...(done() as unknown as Done), at: performance.now() };
}

/** Waits until the API gives what was emitted last: the gateway's batches come in order. */
async function queryable(box: Box, last_ns: bigint, signal: AbortSignal): Promise<void> {
  const api = new MetricsApi(box.url);
  await until(signal, 'the last value was queryable', async () => {
    for await (const _ of api.observations(machine, isoFromNs(last_ns - 1n), isoFromNs(last_ns))) return true;
    return false;
  });
}
