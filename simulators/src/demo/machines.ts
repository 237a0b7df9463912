import { fileURLToPath } from 'node:url';

/** The plant file of the demonstration. */
export const demoPlantFile = fileURLToPath(new URL('../../demo/plant.yaml', import.meta.url));

/** Machines and meters of the demonstration plant that the simulators play when no others are named. */
export const demoMachines = {
  mill: 'mill-1',
  line: ['press-1', 'lathe-1', 'lathe-2', 'robot-1', 'bench-1', 'bracket-feeder'],
  plc: 'packer-1',
  meter: 'steel-meter',
} as const;

/** Topic on which a simulated device publishes unless another one is chosen. */
export function defaultTopic(machine: string): string {
  return `machines/${machine}`;
}
