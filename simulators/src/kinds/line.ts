import type { CommandInput } from '@benchline/model';
import { demoMachines, demoPlantFile } from '../demo/machines.ts';
import { lineTimeline } from '../line/timeline.ts';
import { historyClock, openTruth } from './history.ts';
import { textOption } from './options.ts';
import { assetOf, readPlant } from './plant-file.ts';
import { serve } from './server.ts';

/** `benchline simulate line`: synthetic machines behind one OPC UA server, a day of theirs in a minute, then live. */
export async function simulateLine(input: CommandInput): Promise<number> {
  const { values } = input;
  const plant = readPlant(textOption(values, 'plant') ?? demoPlantFile);
  const names = textOption(values, 'machines')?.split(',') ?? demoMachines.line;
  const machines = names.map((name) => assetOf(plant, name.trim()));
  const seed = textOption(values, 'seed') ?? '1';
  const truth = await openTruth(values);
  const { from_ms, clock } = historyClock(values, truth);
  await serve(input, 'Synthetic line', truth, {
    clock,
    timeline: lineTimeline({ seed, plant, machines, from_ms, last: truth.last }),
    furnish(outlet) {
      for (const machine of machines) outlet.addMachine(machine);
    },
  });
  return 0;
}
