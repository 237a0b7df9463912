import { readFileSync } from 'node:fs';
import { demoPlantFile } from '@benchline/simulators';
import { parse, stringify } from 'yaml';

/** Machines of the world's plant, by the simulator that plays them. */
export const machinesOf = {
  line: ['press-1', 'lathe-1', 'lathe-2', 'robot-1', 'bench-1'],
  mill: ['mill-1'],
  plc: ['packer-1'],
  meter: ['steel-meter'],
} as const;

/** Many times faster than the demonstration, so that something is counted every second. */
const hurry = 20;

/**
 * The demonstration plant working around the clock on short items, as YAML: whatever the hour, all time is planned
 * and every machine counts. `time_zone`: another than the demonstration's.
 */
export function busyPlant(time_zone?: string): string {
  const plant = parse(readFileSync(demoPlantFile, 'utf8')) as PlantText;
  for (const site of plant.enterprise.sites) {
    site.calendar = roundTheClock;
    if (time_zone !== undefined) site.time_zone = time_zone;
    for (const area of site.areas) for (const line of area.lines) line.calendar = roundTheClock;
  }
  for (const product of plant.products) product.planned_run_time_per_item_s /= hurry;
  return stringify(plant);
}

const roundTheClock = 'around-the-clock';

/** As much of a plant file as is changed. */
interface PlantText {
  enterprise: {
    sites: { calendar: string; time_zone: string; areas: { lines: { calendar: string }[] }[] }[];
  };
  products: { planned_run_time_per_item_s: number }[];
}
