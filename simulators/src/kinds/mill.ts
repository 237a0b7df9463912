import { BenchlineError, type CommandInput } from '@benchline/model';
import { demoMachines, demoPlantFile } from '../demo/machines.ts';
import { MachineTool, machineToolNodesets } from '../opcua/machine-tool.ts';
import { type MillRun, readRuns, rowMs, shippedMillRuns } from '../recordings/mill-runs.ts';
import { SimClock } from '../time/clock.ts';
import { durationOf, type MillTotals, millTimeline, spansOf } from '../time/mill-timeline.ts';
import { Changes } from '../time/timeline.ts';
import type { TruthLog } from '../time/truth.ts';
import { historyOf, openTruth } from './history.ts';
import { pastOption, positiveOption, textOption } from './options.ts';
import { assetOf, readPlant } from './plant-file.ts';
import { serve } from './server.ts';

/** `benchline simulate mill`: recorded runs as a real OPC UA server with an OPC 40501-1 machine tool. */
export async function simulateMill(input: CommandInput): Promise<number> {
  const { values } = input;
  const repeat = values['loop'] === true;
  if (repeat && values['once'] === true)
    throw new BenchlineError('usage', '--once and --loop contradict each other', { hint: 'choose one' });
  const plant = readPlant(textOption(values, 'plant') ?? demoPlantFile);
  const asset = assetOf(plant, textOption(values, 'machine') ?? demoMachines.mill);
  const runs = readRuns(textOption(values, 'data') ?? shippedMillRuns);
  const truth = await openTruth(values);
  if (!repeat) assertUnused(truth);
  const { start_ms, clock } = repeat ? clockLive(values, truth) : clockOnce(values, runs);
  const totals = totalsOf(truth, asset.id);
  const changes = new Changes(truth.last);
  await serve(input, 'Recorded CNC mill', truth, {
    clock,
    nodesets: machineToolNodesets,
    timeline: millTimeline({ machine: asset.id, runs, start_ms, repeat, totals, changes }),
    furnish(outlet, server) {
      const tool = new MachineTool(server.addressSpace, asset);
      outlet.addMachine(asset, tool.signals);
      outlet.addMirror(tool);
    },
    ended: () => sayDone(runs, start_ms, truth.emitted),
  });
  return 0;
}

/** Plays the runs once; without `--start` so that the last row is now. */
function clockOnce(
  values: CommandInput['values'],
  runs: readonly MillRun[],
): { start_ms: number; clock: SimClock } {
  const duration_ms = durationOf(runs);
  const start_ms = pastOption(values, 'start') ?? Date.now() - duration_ms;
  const rate = positiveOption(values, 'speed', 1);
  return { start_ms, clock: new SimClock({ start_ms, end_ms: start_ms + duration_ms, rate }) };
}

/**
 * Plays the runs over and over, live once the history has been caught up. A run that was cut short by a restart is
 * given up: the first run begins a row after the last one that was said.
 */
function clockLive(values: CommandInput['values'], truth: TruthLog): { start_ms: number; clock: SimClock } {
  const { oldest_ms, rate } = historyOf(values, '0s');
  const last_ms = truth.lastTime_ms;
  const start_ms = Math.max(
    pastOption(values, 'start') ?? oldest_ms,
    last_ms === undefined ? Number.NEGATIVE_INFINITY : last_ms + rowMs,
  );
  return { start_ms, clock: new SimClock({ start_ms, rate }) };
}

/** A recording that is played once has its own truth log: in another one its runs could not be told apart. */
function assertUnused(truth: TruthLog): void {
  if (truth.last.length === 0) return;
  throw new BenchlineError('usage', 'the truth log is not empty', { hint: 'name a new file with --truth' });
}

function totalsOf(truth: TruthLog, machine: string): MillTotals {
  const last = (signal: string) =>
    Number(truth.last.find((point) => point.machine === machine && point.signal === signal)?.value ?? 0);
  return {
    import_kwh: last('energy-import'),
    export_kwh: last('energy-export'),
    good: last('good-items'),
    scrap: last('scrap-items'),
  };
}

function sayDone(runs: readonly MillRun[], start_ms: number, emitted: number): void {
  const spans = spansOf(runs, start_ms).map(({ run, from_ms, to_ms }) => ({
    run,
    from_ns: `${from_ms}000000`,
    to_ns: `${to_ms}000000`,
  }));
  process.stdout.write(`${JSON.stringify({ done: true, runs: spans, emitted })}\n`);
}
