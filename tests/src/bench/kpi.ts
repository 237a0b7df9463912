import { setTimeout as sleep } from 'node:timers/promises';
import { BenchlineError } from '@benchline/model';
import {
  addsUp,
  type Box,
  boxPlant,
  MetricsApi,
  type SimulatorSpec,
  settle,
  startBox,
} from '@benchline/simulators/box';
import type { Bench, Setting } from './bench.ts';
import { absent, alone } from './row.ts';

const day_ms = 24 * 3_600_000;
const warmRequests = 20;
const coldStarts = 3;
const patience_ms = 90_000;

const history = ['--history', '24h', '--catch-up', '10s'] as const;
const simulators: readonly SimulatorSpec[] = [
  { name: 'line', speaks: 'opcua', args: ['line', '--seed', '7', ...history] },
  { name: 'plc', speaks: 'mqtt', args: ['plc', '--seed', '7', ...history] },
  { name: 'meter', speaks: 'mqtt', args: ['meter', ...history] },
];

/** A day's figures of the whole demonstration plant from the API, right after a start and when asked again. */
export const kpi: Bench = {
  summary: "a day's figures of the demonstration plant from the API",
  async run(setting: Setting) {
    const [cold, warm] = ["a day's KPIs, first request after a start", "a day's KPIs, asked again"];
    if (setting.quick)
      return [cold, warm].map((name) => absent(name, 'ms', 'a day has to be simulated: not with --quick'));
    const box = await startBox({ folder: setting.folder, port: 0, store: { kind: 'embedded' }, simulators });
    try {
      await wholeDay(box, setting.signal);
      const times = await ask(box);
      return [alone(cold, 'ms', times.cold), alone(warm, 'ms', times.warm)];
    } finally {
      await box.stop();
    }
  },
};

/** Waits until simulated time has come up to now and everything emitted is stored. */
async function wholeDay(box: Box, signal: AbortSignal): Promise<void> {
  const api = new MetricsApi(box.url);
  const deadline = Date.now() + patience_ms;
  while (!(await hasRecent(api))) {
    signal.throwIfAborted();
    if (Date.now() > deadline)
      throw new BenchlineError('source_unavailable', `no day was simulated within ${patience_ms / 1000} s`);
    await sleep(250);
  }
  await box.stopSimulators();
  const account = await settle(box);
  if (!addsUp(account))
    throw new BenchlineError('store_unavailable', `not everything arrived: ${JSON.stringify(account)}`);
}

async function hasRecent(api: MetricsApi): Promise<boolean> {
  const now = Date.now();
  const window = [new Date(now - 60_000).toISOString(), new Date(now).toISOString()] as const;
  for await (const _ of api.observations('press-1', ...window)) return true;
  return false;
}

async function ask(box: Box): Promise<{ cold: number[]; warm: number[] }> {
  const times: { cold: number[]; warm: number[] } = { cold: [], warm: [] };
  const scope = boxPlant(box).enterprise.id;
  const to = Date.now();
  const request = async () => {
    const start = performance.now();
    await new MetricsApi(box.url).kpis(
      scope,
      new Date(to - day_ms).toISOString(),
      new Date(to).toISOString(),
    );
    return performance.now() - start;
  };
  const metrics = box.supervisor.child('metrics');
  for (let start = 0; start < coldStarts; start += 1) {
    const again = metrics.started();
    metrics.kill('SIGTERM');
    await again;
    times.cold.push(await request());
    for (let n = 0; n < warmRequests; n += 1) times.warm.push(await request());
  }
  return times;
}
