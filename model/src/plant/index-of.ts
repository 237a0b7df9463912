import type { Calendar } from './calendar.ts';
import type { Machine, MachineType, Meter, Plant, Product, Signal } from './schema.ts';

/** Where an asset (a machine or a meter) stands in the ISA-95 hierarchy, by ids. */
export interface Location {
  enterprise: string;
  site: string;
  area: string;
  line: string;
}

export interface Asset {
  id: string;
  kind: 'machine' | 'meter';
  definition: Machine | Meter;
  type: MachineType;
  location: Location;
  calendar: Calendar;
  time_zone: string;
  product: Product | undefined;
}

/** The scope path of an asset: `enterprise/site/area/line/asset` by ids. */
export function scopeOf(asset: Asset): string {
  const { enterprise, site, area, line } = asset.location;
  return [enterprise, site, area, line, asset.id].join('/');
}

/** A plant looked up by id. Built once from a validated plant; every lookup of an unknown id is undefined. */
export interface PlantIndex {
  plant: Plant;
  assets: ReadonlyMap<string, Asset>;
  products: ReadonlyMap<string, Product>;
  machineTypes: ReadonlyMap<string, MachineType>;
}

/** Assumes a plant whose references have been checked (`parsePlant` does). */
export function indexPlant(plant: Plant): PlantIndex {
  const machineTypes = new Map(plant.machine_types.map((t) => [t.id, t]));
  const products = new Map(plant.products.map((p) => [p.id, p]));
  const calendars = new Map(plant.calendars.map((c) => [c.id, c]));
  const assets = new Map<string, Asset>();
  for (const { site, area, line } of linesOf(plant)) {
    const add = (kind: Asset['kind'], definition: Machine | Meter) => {
      const machine = kind === 'machine' ? (definition as Machine) : undefined;
      const type = machineTypes.get(definition.type);
      const calendar = calendars.get(machine?.calendar ?? line.calendar ?? site.calendar);
      if (!type || !calendar) return;
      assets.set(definition.id, {
        id: definition.id,
        kind,
        definition,
        type,
        location: { enterprise: plant.enterprise.id, site: site.id, area: area.id, line: line.id },
        calendar,
        time_zone: site.time_zone,
        product: machine?.product === undefined ? undefined : products.get(machine.product),
      });
    };
    for (const machine of line.machines) add('machine', machine);
    for (const meter of line.meters) add('meter', meter);
  }
  return { plant, assets, products, machineTypes };
}

type Site = Plant['enterprise']['sites'][number];
type Area = Site['areas'][number];
type Line = Area['lines'][number];

export function* linesOf(plant: Plant): Generator<{ site: Site; area: Area; line: Line }> {
  for (const site of plant.enterprise.sites)
    for (const area of site.areas) for (const line of area.lines) yield { site, area, line };
}

type SignalsBy<M extends Signal['measurement']> = readonly (readonly [
  id: string,
  signal: Extract<Signal, { measurement: M }>,
])[];

/** Of each type's signals, by measurement: a type may have thousands, and figures ask for a few at every turn. */
const sorted = new WeakMap<object, Map<Signal['measurement'], SignalsBy<Signal['measurement']>>>();

/** The signals of an asset that have a given measurement, with their ids. */
export function signalsOf<M extends Signal['measurement']>(asset: Asset, measurement: M): SignalsBy<M> {
  const { signals } = asset.type;
  let by = sorted.get(signals);
  if (!by) {
    by = Map.groupBy(Object.entries(signals), ([, signal]) => signal.measurement);
    sorted.set(signals, by);
  }
  return (by.get(measurement) ?? []) as SignalsBy<M>;
}
