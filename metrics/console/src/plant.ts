import type { PlantView } from './types.ts';

export type MachineView =
  PlantView['enterprise']['sites'][number]['areas'][number]['lines'][number]['machines'][number];

export interface LineView {
  scope: string;
  name: { en: string; zh: string };
  machines: MachineView[];
}

/** The lines of a plant that have machines, in the order of the plant file. */
export function linesOf(plant: PlantView): LineView[] {
  return plant.enterprise.sites
    .flatMap((site) => site.areas)
    .flatMap((area) => area.lines)
    .filter((line) => line.machines.length > 0);
}

export function timeZoneOf(plant: PlantView): string {
  return plant.enterprise.sites[0]?.time_zone ?? 'UTC';
}
