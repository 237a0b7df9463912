import type { CommandInput } from '@benchline/model';
import { demoMachines, demoPlantFile } from '../demo/machines.ts';
import { instantOf } from '../line/local-day.ts';
import { intervalMs, readMeter, shippedMeterReadings } from '../recordings/meter-readings.ts';
import { meterTimeline } from '../time/meter-timeline.ts';
import { Changes } from '../time/timeline.ts';
import { simulateDevice } from './device.ts';
import { textOption } from './options.ts';
import { assetOf, readPlant } from './plant-file.ts';

/** `benchline simulate meter`: the steel plant's recorded energy as a register that is read every 15 minutes. */
export async function simulateMeter(input: CommandInput): Promise<number> {
  const asset = assetOf(
    readPlant(textOption(input.values, 'plant') ?? demoPlantFile),
    textOption(input.values, 'machine') ?? demoMachines.meter,
  );
  const recording = readMeter(shippedMeterReadings);
  const start = new Date(recording.local_start_ms).toISOString().slice(0, 10);
  return await simulateDevice(input, asset, intervalMs, (from_ms, last) =>
    meterTimeline({
      machine: asset.id,
      intervals_ckwh: recording.intervals_ckwh,
      epoch_ms: instantOf(asset.time_zone, start, 0),
      from_ms,
      changes: new Changes(last),
    }),
  );
}
