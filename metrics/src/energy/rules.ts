import {
  type Asset,
  type CanonicalUnit,
  type FactorSetId,
  type Nanoseconds,
  type PlantIndex,
  scaleOf,
  signalsOf,
} from '@benchline/model';
import { dateText } from '../calendar/pattern.ts';
import { localDate, nsOf } from '../calendar/periods.ts';
import type { Scope } from '../figures/scopes.ts';
import { cutAt, type Interval } from '../intervals.ts';
import type { Conversions } from './comprehensive.ts';
import { conversionOn } from './conversion.ts';
import { MeterTree } from './meter-tree.ts';

/** Units in which amounts of the carriers are kept that some assets measure. */
export function carrierUnits(assets: readonly Asset[]): ReadonlyMap<string, CanonicalUnit> {
  const meters = assets.flatMap((asset) => signalsOf(asset, 'energy'));
  return new Map(meters.map(([, { carrier, unit }]) => [carrier, scaleOf(unit).canonical]));
}

/** What the plant file says of energy, for any scope. */
export class EnergyRules {
  readonly tree: MeterTree;
  readonly #plant: PlantIndex;
  readonly #units: ReadonlyMap<string, CanonicalUnit>;

  constructor(plant: PlantIndex) {
    this.#plant = plant;
    this.tree = new MeterTree(plant);
    this.#units = carrierUnits([...plant.assets.values()]);
  }

  /** Unit in which amounts of a carrier are kept. */
  unitOf(carrier: string): CanonicalUnit {
    return this.#units.get(carrier) ?? 'kWh';
  }

  /**
   * Cuts windows of a scope at the midnights of its site on which own factors of some carriers begin or cease to hold.
   * @param carriers that were used in them.
   * @param factor_set another set than the plant's own one.
   */
  erasOf(
    scope: Scope,
    windows: readonly Interval[],
    carriers: Pick<ReadonlySet<string>, 'has'>,
    factor_set: FactorSetId = this.#plant.plant.energy.factor_set,
  ): { windows: readonly Interval[]; conversions: Conversions }[] {
    const factors = this.#plant.plant.energy.factors.filter(({ carrier }) => carriers.has(carrier));
    const dates = new Set(
      factors.flatMap(({ valid_from = [], valid_to = [] }) => [valid_from, valid_to].flat()),
    );
    const changes = [...dates].sort().map((date) => nsOf(scope.time_zone, Date.parse(date)));
    const pieces = windows.flatMap((window) => cutAt(window, changes));
    const eras = Map.groupBy(pieces, ({ from_ns }) => changes.filter((at) => at <= from_ns).length);
    return [...eras.values()].map((own) => ({
      windows: own,
      conversions: this.#conversionsAt(scope, own[0]!.from_ns, factor_set),
    }));
  }

  #conversionsAt(scope: Scope, at_ns: Nanoseconds, factor_set: FactorSetId): Conversions {
    const places = new Set(scope.assets.map(({ id }) => id));
    const standing = scope.lines.flatMap(({ machines, meters }) => [...machines, ...meters]);
    if (scope.level !== 'asset') for (const { location } of standing) places.add(location.line);
    const made = this.#plant.plant.energy.carriers.filter(({ made_by }) =>
      made_by.some((place) => places.has(place)),
    );
    const rules = { ...this.#plant.plant.energy, factor_set };
    return {
      conversion: conversionOn(rules, dateText(localDate(scope.time_zone, at_ns))),
      unitOf: (carrier) => this.unitOf(carrier),
      self_made: new Set(made.map(({ id }) => id)),
    };
  }

  /** Of each asset of a scope, the carriers that do not count in its sum, and those that have a place in the tree. */
  placesIn(
    scope: Scope,
  ): (asset: Asset) => { elsewhere: ReadonlySet<string>; feeder_of: ReadonlySet<string> } {
    const ids = scope.assets.map(({ id }) => id);
    const carriers = [...new Set(this.tree.feeders.map(({ carrier }) => carrier))];
    const out = new Map(carriers.map((carrier) => [carrier, this.tree.notCounted(ids, carrier)]));
    return ({ id }) => ({
      elsewhere: new Set(carriers.filter((carrier) => out.get(carrier)?.has(id))),
      feeder_of: new Set(carriers.filter((carrier) => this.tree.isFeeder(id, carrier))),
    });
  }
}
