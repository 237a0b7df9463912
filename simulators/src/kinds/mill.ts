import { BenchlineError, type CommandInput, exitWithSupervisor, ready } from '@benchline/model';
import { demoMachines, demoPlantFile } from '../demo/machines.ts';
import { MachineTool } from '../opcua/machine-tool.ts';
import { OpcuaOutlet } from '../opcua/outlet.ts';
import { type MillRun, readRuns, shippedMillRuns } from '../recordings/mill-runs.ts';
import { SimClock } from '../time/clock.ts';
import { durationOf, type MillTotals, millTimeline, spansOf } from '../time/mill-timeline.ts';
import { Pump } from '../time/pump.ts';
import { Changes } from '../time/timeline.ts';
import type { TruthLog } from '../time/truth.ts';
import { pastOption, positiveOption, textOption } from './options.ts';
import { assetOf, readPlant } from './plant-file.ts';
import { openServer, openTruth } from './server.ts';

/** `benchline simulate mill`: recorded runs as a real OPC UA server with an OPC 40501-1 machine tool. */
export async function simulateMill({ values, signal }: CommandInput): Promise<number> {
  const leash = exitWithSupervisor(signal);
  const repeat = values['loop'] === true;
  if (repeat && values['once'] === true)
    throw new BenchlineError('usage', '--once and --loop contradict each other', { hint: 'choose one' });
  const asset = assetOf(
    readPlant(textOption(values, 'plant') ?? demoPlantFile),
    textOption(values, 'machine') ?? demoMachines.mill,
  );
  const runs = readRuns(textOption(values, 'data') ?? shippedMillRuns);
  const truth = await openTruth(values);
  if (!repeat) assertUnused(truth);
  const { clock, start_ms } = openClock(values, runs, repeat);

  const server = await openServer(values, 'Recorded CNC mill');
  const outlet = new OpcuaOutlet(server, truth);
  const tool = new MachineTool(server.addressSpace, asset);
  outlet.addMachine(asset, tool.signals);
  outlet.addMirror(tool);
  outlet.restore(truth?.last.values() ?? [], start_ms);
  const pump = new Pump(
    clock,
    millTimeline({
      machine: asset.id,
      runs,
      start_ms,
      repeat,
      totals: totalsOf(truth, asset.id),
      changes: new Changes(truth?.last.values()),
    }),
    outlet,
  );
  await pump.prime();
  await server.start();
  ready({ endpoint: server.endpoint });
  await pump.run(leash);
  if (!leash.aborted) {
    const spans = spansOf(runs, start_ms).map(({ run, from_ms, to_ms }) => ({
      run,
      from_ns: `${from_ms}000000`,
      to_ns: `${to_ms}000000`,
    }));
    process.stdout.write(`${JSON.stringify({ done: true, runs: spans, emitted: outlet.emitted })}\n`);
    await aborted(leash);
  }
  await server.stop();
  await truth?.close();
  return 0;
}

/** Runs once from the past, or over and over from now on. */
function openClock(values: CommandInput['values'], runs: readonly MillRun[], repeat: boolean) {
  const rate = positiveOption(values, 'speed', repeat ? 20 : 1);
  if (repeat) {
    const start_ms = pastOption(values, 'start') ?? Date.now();
    return { start_ms, clock: new SimClock({ start_ms, rate: Math.max(rate, 2) }) };
  }
  const duration_ms = durationOf(runs);
  const start_ms = pastOption(values, 'start') ?? Date.now() - duration_ms;
  return { start_ms, clock: new SimClock({ start_ms, end_ms: start_ms + duration_ms, rate }) };
}

/** A recording that is played once has its own truth log: in another one its runs could not be told apart. */
function assertUnused(truth: TruthLog | undefined): void {
  if (truth === undefined || truth.last.size === 0) return;
  throw new BenchlineError('usage', 'the truth log is not empty', { hint: 'name a new file with --truth' });
}

function totalsOf(truth: TruthLog | undefined, machine: string): MillTotals {
  const last = (signal: string) => Number(truth?.last.get(`${machine}/${signal}`)?.value ?? 0);
  return {
    import_kwh: last('energy-import'),
    export_kwh: last('energy-export'),
    good: last('good-items'),
    scrap: last('scrap-items'),
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
