import type { Calendar } from './calendar.ts';
import type { Product } from './product.ts';
import type { Machine, MachineType, Meter, Plant, Signal } from './schema.ts';
import { type CalendarStay, joinedCalendar, type Stay } from './stays.ts';

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
  /** Of a machine that has moved: of each of its lines while it stood there. */
  calendar: Calendar;
  time_zone: string;
  product: Product | undefined;
  /** When it counts at this location, where that is not always. */
  stay?: Stay;
}

/** The scope path of an asset: `enterprise/site/area/line/asset` by ids. */
export function scopeOf(asset: Asset): string {
  const { enterprise, site, area, line } = asset.location;
  return [enterprise, site, area, line, asset.id].join('/');
}

/** A plant looked up by id. Built once from a validated plant; every lookup of an unknown id is undefined. */
export interface PlantIndex {
  plant: Plant;
  /** By id, each where it stands now; its stay is all the time that it is in the plant. */
  assets: ReadonlyMap<string, Asset>;
  /** What stands or stood on each line, by the line's id; of each the stay on that line. */
  standing: ReadonlyMap<string, readonly Asset[]>;
  products: ReadonlyMap<string, Product>;
  machineTypes: ReadonlyMap<string, MachineType>;
}

/** Assumes a plant whose references have been checked (`parsePlant` does). */
export function indexPlant(plant: Plant): PlantIndex {
  const machineTypes = new Map(plant.machine_types.map((t) => [t.id, t]));
  const products = new Map(plant.products.map((p) => [p.id, p]));
  const calendars = new Map(plant.calendars.map((c) => [c.id, c]));
  const assets = new Map<string, Asset>();
  const standing = new Map<string, Asset[]>();
  const places = new Map([...linesOf(plant)].map((place) => [place.line.id, place]));
  for (const place of places.values()) {
    const add = (kind: Asset['kind'], definition: Machine | Meter, spells: readonly Spell[]) => {
      const machine = kind === 'machine' ? (definition as Machine) : undefined;
      const type = machineTypes.get(definition.type);
      const stays = spells.flatMap(({ calendar: own, place: { line, site }, from, to }): CalendarStay[] => {
        const calendar = calendars.get(own ?? line.calendar ?? site.calendar);
        return calendar ? [{ calendar, ...stayOf(from, to) }] : [];
      });
      const [first, ...later] = stays;
      if (!type || !first) return;
      const asset: Asset = {
        id: definition.id,
        kind,
        definition,
        type,
        location: locationOf(plant, place),
        calendar: joinedCalendar([first, ...later]),
        time_zone: place.site.time_zone,
        product: machine?.product === undefined ? undefined : products.get(machine.product),
      };
      assets.set(asset.id, withStay(asset, spells[0]?.from, spells.at(-1)?.to));
      for (const { place: stood, from, to } of spells) {
        const there = withStay({ ...asset, location: locationOf(plant, stood) }, from, to);
        standing.set(stood.line.id, [...(standing.get(stood.line.id) ?? []), there]);
      }
    };
    for (const machine of place.line.machines) add('machine', machine, spellsOf(machine, place, places));
    for (const meter of place.line.meters) add('meter', meter, [{ place }]);
  }
  return { plant, assets, standing, products, machineTypes };
}

/** A machine on one line, between two of its moves. */
interface Spell {
  place: { site: Site; area: Area; line: Line };
  from?: string | undefined;
  to?: string | undefined;
  calendar?: string | undefined;
}

function spellsOf(
  machine: Machine,
  place: Spell['place'],
  places: ReadonlyMap<string, Spell['place']>,
): Spell[] {
  let from = machine.since;
  const earlier = machine.moved.flatMap(({ until, line, calendar }): Spell[] => {
    const stood = places.get(line);
    const spell = stood && { place: stood, from, to: until, calendar };
    from = until;
    return spell ? [spell] : [];
  });
  return [...earlier, { place, from, to: machine.until, calendar: machine.calendar }];
}

function stayOf(from: string | undefined, to: string | undefined): Stay {
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

function withStay(asset: Asset, from: string | undefined, to: string | undefined): Asset {
  return from === undefined && to === undefined ? asset : { ...asset, stay: stayOf(from, to) };
}

function locationOf(plant: Plant, { site, area, line }: Spell['place']): Location {
  return { enterprise: plant.enterprise.id, site: site.id, area: area.id, line: line.id };
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
