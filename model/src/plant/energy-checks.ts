import type { Problem } from '../config/problem.ts';
import { gridFactors } from '../energy/grid-co2.ts';
import { type EnergyUnit, energyUnits, scaleOf } from '../energy/units.ts';
import type { Spot } from './draft.ts';
import { duplicates } from './duplicates.ts';
import { feederProblems } from './feeder-checks.ts';
import { namesIn, unknownNames } from './unknown.ts';
import { sameDateProblems } from './versions.ts';

/** What the energy part of a plant file says that cannot be, beyond its shape. */
export function energyProblems(plant: Spot): Problem[] {
  const energy = plant.get('energy');
  const places = placesOf(plant);
  const [carriers, virtual, tariffs, limits, baselines, outputs] = [
    'carriers',
    'virtual_meters',
    'tariffs',
    'limits',
    'baselines',
    'outputs',
  ].map((key) => energy.items(key)) as [Spot[], Spot[], Spot[], Spot[], Spot[], Spot[]];
  const scopes = [...limits, ...baselines, ...outputs].map((spot) => spot.get('scope'));
  return [
    ...duplicates('carrier', carriers),
    ...duplicates('tariff', tariffs),
    ...duplicates('limit', limits),
    ...duplicates('baseline', baselines),
    ...duplicates('machine, meter or virtual meter', [...places.assets, ...virtual]).filter(
      ({ path }) => path[0] === 'energy',
    ),
    ...unknownNames('line, machine or meter', namesIn(carriers, 'made_by'), [
      ...places.lines,
      ...idsOf(places.assets),
    ]),
    ...unknownNames(
      'machine or meter',
      [...namesIn(virtual, 'add'), ...namesIn(virtual, 'subtract')],
      idsOf(places.assets),
    ),
    ...unknownNames('site', namesIn(tariffs, 'sites'), places.sites),
    ...unknownNames('scope', scopes, places.paths),
    ...feederProblems(energy, [...idsOf(places.assets), ...idsOf(virtual)]),
    ...unknownNames(
      'register of',
      [...limits, ...baselines, ...energy.items('feeders')].map((spot) => spot.get('carrier')),
      carriersCounted(plant),
    ),
    ...factorProblems(energy),
    ...carrierUnitProblems(plant),
    ...gridProblems(energy.get('grid')),
    ...tariffs.flatMap((tariff) => tariff.items('versions')).flatMap(priceProblems),
    ...tariffs.flatMap(sameDateProblems),
    ...baselines.flatMap(variableProblems),
    ...[...baselines, ...outputs].flatMap(spanProblems),
  ];
}

interface Places {
  sites: string[];
  lines: string[];
  assets: Spot[];
  paths: string[];
}

function placesOf(plant: Spot): Places {
  const enterprise = plant.get('enterprise');
  const found: Places = { sites: [], lines: [], assets: [], paths: [enterprise.text('id') ?? ''] };
  for (const site of enterprise.items('sites')) {
    const sitePath = `${found.paths[0]}/${site.text('id')}`;
    found.sites.push(site.text('id') ?? '');
    found.paths.push(sitePath);
    for (const area of site.items('areas')) {
      const areaPath = `${sitePath}/${area.text('id')}`;
      found.paths.push(areaPath);
      for (const line of area.items('lines')) {
        const linePath = `${areaPath}/${line.text('id')}`;
        const assets = [...line.items('machines'), ...line.items('meters')];
        found.lines.push(line.text('id') ?? '');
        found.assets.push(...assets);
        found.paths.push(linePath, ...idsOf(assets).map((id) => `${linePath}/${id}`));
      }
    }
  }
  return found;
}

function registersOf(plant: Spot): Spot[] {
  return plant
    .items('machine_types')
    .flatMap((type) => type.members('signals'))
    .filter((signal) => signal.text('measurement') === 'energy');
}

function carriersCounted(plant: Spot): string[] {
  return [...new Set(registersOf(plant).map((register) => register.text('carrier') ?? 'electricity'))];
}

/** Of two factors that hold on one day nobody could say which was meant. */
function factorProblems(energy: Spot): Problem[] {
  const factors = energy.items('factors');
  const stated = (factor: Spot) =>
    ['kgce_per_unit', 'co2_kg_per_unit'].filter((key) => factor.get(key).value !== undefined);
  return factors.flatMap((factor, at): Problem[] => {
    const [from = '', to] = [factor.text('valid_from'), factor.text('valid_to')];
    if (to !== undefined && to <= from)
      return [problem(factor.get('valid_to'), `${to} is not after ${from}`, 'let it end after it begins')];
    if (stated(factor).length === 0)
      return [problem(factor, 'states no factor', 'add kgce_per_unit, co2_kg_per_unit, or both')];
    const other = factors
      .slice(0, at)
      .find(
        (earlier) =>
          earlier.text('carrier') === factor.text('carrier') &&
          stated(earlier).some((key) => stated(factor).includes(key)) &&
          (to === undefined || (earlier.text('valid_from') ?? '') < to) &&
          from < (earlier.text('valid_to') ?? '9999-12-31'),
      );
    if (!other) return [];
    const what = `another factor of '${factor.text('carrier')}' holds in the same time`;
    return [problem(factor, what, 'end the one with valid_to on the day on which the other begins')];
  });
}

/** Amounts of one carrier add up only if all of them are of energy, of volume, or of mass. */
function carrierUnitProblems(plant: Spot): Problem[] {
  const first = new Map<string, EnergyUnit>();
  return [...registersOf(plant), ...plant.get('energy').items('factors')].flatMap((spot): Problem[] => {
    const unit = energyUnits.find((u) => u === (spot.text('unit') ?? 'kWh'));
    const carrier = spot.text('carrier') ?? 'electricity';
    if (unit === undefined) return [];
    const earlier = first.get(carrier);
    first.set(carrier, earlier ?? unit);
    if (earlier === undefined || scaleOf(earlier).canonical === scaleOf(unit).canonical) return [];
    const what = `'${carrier}' is counted in ${earlier} elsewhere, which ${unit} cannot be added to`;
    return [problem(spot.get('unit'), what, 'use units of one kind for a carrier, or name another carrier')];
  });
}

function gridProblems(grid: Spot): Problem[] {
  const region = grid.text('region') ?? 'national';
  const { value: year = 2023 } = grid.get('year');
  const known = gridFactors.filter((factor) => factor.region === region);
  if (known.length === 0 || known.some((factor) => factor.year === year)) return [];
  const years = known.map((factor) => factor.year).join(', ');
  const todo = `set year to one of ${years}, or give the factor of electricity under energy.factors`;
  return [problem(grid.get('year'), `no factor of ${String(year)} is known for region '${region}'`, todo)];
}

function priceProblems(version: Spot): Problem[] {
  const priced = new Set(version.members('prices').map(({ path }) => path.at(-1)));
  const bands = version.items('periods').map((period) => period.get('band'));
  const otherwise = version.text('otherwise') ?? 'flat';
  const missing = bands.filter((band) => band.text() !== undefined && !priced.has(band.text()));
  return [
    ...missing.map((band) =>
      problem(band, `the band '${band.text()}' has no price`, `add prices: { ${band.text()}: … }`),
    ),
    ...(priced.has(otherwise)
      ? []
      : [
          problem(
            version.get('prices'),
            `the band '${otherwise}', which holds otherwise, has no price`,
            `add ${otherwise}: …`,
          ),
        ]),
  ];
}

function variableProblems(baseline: Spot): Problem[] {
  const variables = baseline.items('variables');
  const repeated = variables.length === 2 && variables[0]?.text() === variables[1]?.text();
  if (repeated) return [problem(baseline.get('variables'), 'names one variable twice', 'name each once')];
  if (baseline.text('model') !== 'ratio' || variables.length < 2) return [];
  return [
    problem(baseline.get('variables'), 'a ratio takes one variable', 'keep one, or set model: regression'),
  ];
}

function spanProblems(spot: Spot): Problem[] {
  const [from, to] = [spot.text('from'), spot.text('to')];
  if (from === undefined || to === undefined || from < to) return [];
  return [problem(spot.get('to'), `${to} is not after ${from}`, 'let it end after it begins')];
}

function problem(spot: Spot, what: string, todo: string): Problem {
  return { path: spot.path, at: 'value', what, todo };
}

function idsOf(spots: readonly Spot[]): string[] {
  return spots.flatMap((spot) => spot.text('id') ?? []);
}
