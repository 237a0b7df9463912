import { type Problem, suggestion } from '../config/problem.ts';
import { calendarProblems } from './calendar-checks.ts';
import { chainProblems } from './chain-checks.ts';
import { Spot } from './draft.ts';
import { duplicates } from './duplicates.ts';
import { energyProblems } from './energy-checks.ts';
import { assetValueProblems } from './means.ts';
import { dateOrderProblems, stayProblems } from './stays.ts';
import { typeProblems } from './type-checks.ts';
import { unknownNames } from './unknown.ts';
import { sameDateProblems } from './versions.ts';

/** What a plant file says that cannot be: names of things that are not there, things named twice. */
export function referenceProblems(data: unknown): Problem[] {
  const parts = partsOf(new Spot(data));
  const { plant, sites, lines, machines, meters, types, calendars, products, processes, chains } = parts;
  return [
    ...repeatedNames(parts),
    ...unknownReferences(parts),
    ...stayProblems(sites),
    ...products.flatMap(sameDateProblems),
    ...chains.flatMap(chainProblems),
    ...[...processes, ...chains].flatMap(dateOrderProblems),
    ...assetValueProblems(machines),
    ...processes.flatMap((process) => stationProblems(process, lines)),
    ...meterProblems(meters, types),
    ...types.flatMap(typeProblems),
    ...calendars.flatMap(calendarProblems),
    ...energyProblems(plant),
  ];
}

type Parts = ReturnType<typeof partsOf>;

function partsOf(plant: Spot) {
  const sites = plant.get('enterprise').items('sites');
  const lines = sites.flatMap((site) => site.items('areas')).flatMap((area) => area.items('lines'));
  return {
    plant,
    sites,
    lines,
    machines: lines.flatMap((line) => line.items('machines')),
    meters: lines.flatMap((line) => line.items('meters')),
    types: plant.items('machine_types'),
    calendars: plant.items('calendars'),
    products: plant.items('products'),
    processes: plant.items('processes'),
    chains: plant.items('chains'),
  };
}

function repeatedNames(parts: Parts): Problem[] {
  return [
    ...duplicates('site', parts.sites),
    ...parts.sites.flatMap((site) => duplicates('area', site.items('areas'))),
    ...duplicates('line', parts.lines),
    ...duplicates('machine or meter', [...parts.machines, ...parts.meters]),
    ...duplicates('machine type', parts.types),
    ...duplicates('product', parts.products),
    ...duplicates('process', parts.processes),
    ...duplicates('chain', parts.chains),
    ...duplicates('calendar', parts.calendars),
    ...duplicates('stop reason', parts.plant.items('stop_reasons')),
    ...duplicates('scrap cause', parts.plant.items('scrap_causes')),
  ];
}

function unknownReferences({ sites, lines, machines, meters, ...parts }: Parts): Problem[] {
  const { types, calendars, products, processes, chains } = parts;
  const placed = [...sites, ...lines, ...machines, ...machines.flatMap((machine) => machine.items('moved'))];
  return [
    ...unknown(
      'machine type',
      [...machines, ...meters].map((spot) => spot.get('type')),
      types,
    ),
    ...unknown(
      'product',
      machines.map((machine) => machine.get('product')),
      products,
    ),
    ...unknown(
      'calendar',
      placed.map((spot) => spot.get('calendar')),
      calendars,
    ),
    ...unknown(
      'line',
      processes.map((process) => process.get('line')),
      lines,
    ),
    ...unknown(
      'process',
      chains.flatMap((chain) => chain.items('processes')),
      processes,
    ),
  ];
}

function unknown(kind: string, references: readonly Spot[], definitions: readonly Spot[]): Problem[] {
  return unknownNames(kind, references, idsOf(definitions));
}

function stationProblems(process: Spot, lines: readonly Spot[]): Problem[] {
  const machines = lines.flatMap((line) => line.items('machines'));
  const meters = idsOf(lines.flatMap((line) => line.items('meters')));
  const line = process.text('line');
  const seen = new Set<string>();
  return process.items('machines').flatMap((station) => {
    const id = station.text();
    if (id === undefined) return [];
    if (seen.has(id)) return [problem(station, `'${id}' is listed twice`, 'list each station once')];
    seen.add(id);
    const home = lines.find((candidate) => idsOf(candidate.items('machines')).includes(id))?.text('id');
    if (home === undefined && meters.includes(id))
      return [problem(station, `'${id}' is a meter`, 'list the machines that carry out the process')];
    if (home === undefined)
      return [
        problem(
          station,
          `there is no machine '${id}'`,
          suggestion(id, idsOf(machines), 'define it on its line'),
        ),
      ];
    if (line === undefined || home === line || !idsOf(lines).includes(line)) return [];
    return [
      problem(
        station,
        `'${id}' stands on line '${home}', not on '${line}'`,
        `set line: ${home}, or split the process`,
      ),
    ];
  });
}

function meterProblems(meters: readonly Spot[], types: readonly Spot[]): Problem[] {
  return meters.flatMap((meter) => {
    const type = types.find((candidate) => candidate.text('id') === meter.text('type'));
    if (!type || type.members('signals').some((signal) => signal.text('measurement') === 'energy')) return [];
    return [
      problem(
        meter.get('type'),
        `the type '${type.text('id')}' has no energy signal`,
        'name a type that has one, or add an energy signal to it',
      ),
    ];
  });
}

function problem(spot: Spot, what: string, todo: string): Problem {
  return { path: spot.path, at: 'value', what, todo };
}

function idsOf(spots: readonly Spot[]): string[] {
  return spots.flatMap((spot) => spot.text('id') ?? []);
}
