import type { Command } from '../command.ts';
import { linesOf } from '../plant/index-of.ts';
import { loadPlant } from '../plant/load.ts';

export const validate: Command = {
  summary: 'check a plant file and say what to mend',
  usage: 'FILE',
  options: {},
  positionals: ['FILE'],
  async run({ positionals: [file = ''] }) {
    const { plant, digest } = loadPlant(file);
    const lines = [...linesOf(plant)].map(({ line }) => line);
    const counts: [what: string, count: number][] = [
      ['sites', plant.enterprise.sites.length],
      ['lines', lines.length],
      ['machines', lines.flatMap((line) => line.machines).length],
      ['meters', lines.flatMap((line) => line.meters).length],
      ['machine types', plant.machine_types.length],
      ['products', plant.products.length],
      ['processes', plant.processes.length],
      ['of them key', plant.processes.filter((process) => process.key).length],
      ['calendars', plant.calendars.length],
    ];
    const rows = counts.map(([what, count]) => `  ${what.padEnd(14)}${String(count).padStart(5)}`);
    process.stdout.write(`${file} is a valid plant file: '${plant.enterprise.id}'\n`);
    process.stdout.write(`${rows.join('\n')}\n  digest         ${digest}\n`);
    return 0;
  },
};
