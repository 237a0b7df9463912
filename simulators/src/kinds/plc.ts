import type { CommandInput } from '@benchline/model';
import { demoMachines, demoPlantFile } from '../demo/machines.ts';
import { lineTimeline, scanned } from '../line/timeline.ts';
import { simulateDevice } from './device.ts';
import { textOption } from './options.ts';
import { assetOf, readPlant } from './plant-file.ts';

/** The PLC looks at its machine once a second and says what has changed. */
const scanMs = 1000;

/** `benchline simulate plc`: a synthetic machine behind a PLC that publishes JSON over MQTT. */
export async function simulatePlc(input: CommandInput): Promise<number> {
  const plant = readPlant(textOption(input.values, 'plant') ?? demoPlantFile);
  const asset = assetOf(plant, textOption(input.values, 'machine') ?? demoMachines.plc);
  const seed = textOption(input.values, 'seed') ?? '1';
  return await simulateDevice(input, asset, scanMs, (from_ms, last) =>
    scanned(lineTimeline({ seed, plant, machines: [asset], from_ms, last }), scanMs),
  );
}
