import type { Language, PlantView } from './types.ts';

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

export function machineOf(plant: PlantView, id: string): MachineView | undefined {
  return linesOf(plant)
    .flatMap(({ machines }) => machines)
    .find((machine) => machine.id === id);
}

/** Every scope that figures can be asked for, from the enterprise down to its machines. */
export function scopesOf({
  enterprise,
}: PlantView): { scope: string; name: LineView['name']; depth: number }[] {
  const at = (depth: number) => (one: Pick<LineView, 'scope' | 'name'>) => ({ ...one, depth });
  return [
    at(0)(enterprise),
    ...enterprise.sites.flatMap((site) => [
      at(1)(site),
      ...site.areas.flatMap((area) => [
        at(2)(area),
        ...area.lines.flatMap((line) => [at(3)(line), ...line.machines.map(at(4))]),
      ]),
    ]),
  ];
}

/** The scopes of a plant as a list to choose from, each indented by its depth. */
export function scopeOptions(plant: PlantView, language: Language): [scope: string, text: string][] {
  return scopesOf(plant).map(({ scope, name, depth }) => [
    scope,
    `${'\u2003'.repeat(depth)}${name[language]}`,
  ]);
}

/** Names of sites, machines, meters and products by id. */
export function namesOf({ enterprise, products }: PlantView, language: Language): Map<string, string> {
  const { sites } = enterprise;
  const lines = sites.flatMap((site) => site.areas).flatMap((area) => area.lines);
  const named = [...sites, ...lines.flatMap(({ machines, meters }) => [...machines, ...meters]), ...products];
  return new Map(named.map(({ id, name }) => [id, name[language]]));
}

/** The names along the path of a scope, the enterprise left out unless it is all there is. */
export function pathName(plant: PlantView, path: string, language: Language): string {
  const known = scopesOf(plant).filter(({ scope }) => path === scope || path.startsWith(`${scope}/`));
  const shown = known.length > 1 ? known.slice(1) : known;
  return shown.map(({ name }) => name[language]).join(' › ') || path;
}

export function timeZoneOf(plant: PlantView): string {
  return plant.enterprise.sites[0]?.time_zone ?? 'UTC';
}
