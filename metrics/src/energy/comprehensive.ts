import type { CanonicalUnit } from '@benchline/model';
import type { EnergyUse } from '../accounts/account.ts';
import { type Conversion, converted, type Factor } from './conversion.ts';

/** How the carriers of a scope are counted. */
export interface Conversions {
  conversion: Conversion;
  /** Unit in which amounts of each carrier are kept. */
  unitOf(carrier: string): CanonicalUnit;
  /** Carriers that the scope makes itself, of others that are counted. */
  self_made: ReadonlySet<string>;
}

/** One carrier's part in comprehensive energy. */
export interface CarrierPart {
  carrier: string;
  unit: CanonicalUnit;
  /** In 10⁻⁹ units. */
  import: bigint;
  export: bigint;
  /** Whether it is part of the sums; a carrier made in the scope is not counted a second time. */
  counted: boolean;
  /** In 10⁻⁹ kgce and 10⁻⁹ kg CO₂; absent where there was a stretch without a factor. */
  kgce?: bigint;
  co2?: bigint;
  /** Absent where there is none, or more than one over time. */
  kgce_factor?: Factor;
  co2_factor?: Factor;
}

export interface Comprehensive {
  parts: readonly CarrierPart[];
  /** In 10⁻⁹ kgce; undefined when a carrier that counts has no factor. */
  kgce: bigint | undefined;
  /** In 10⁻⁹ kg; undefined when a carrier that counts has no factor. */
  co2: bigint | undefined;
}

/** What was used over a stretch throughout which the same factors held. */
export interface EnergyEra {
  energy: ReadonlyMap<string, EnergyUse>;
  conversions: Conversions;
}

/** Comprehensive energy (综合能耗, GB/T 2589): E = Σ eᵢ·pᵢ of what was taken in less what was given back. */
export function comprehensiveEnergy(eras: readonly EnergyEra[]): Comprehensive {
  const parts = [...Map.groupBy(eras.flatMap(partsOf), ({ carrier }) => carrier).values()]
    .map((ofCarrier) => ofCarrier.reduce(mergeParts))
    .toSorted((a, b) => (a.carrier < b.carrier ? -1 : 1));
  return { parts, kgce: sumOf(parts, 'kgce'), co2: sumOf(parts, 'co2') };
}

function partsOf({ energy, conversions: { conversion, unitOf, self_made } }: EnergyEra): CarrierPart[] {
  return [...energy].map(([carrier, use]): CarrierPart => {
    const unit = unitOf(carrier);
    const net = use.import - use.export;
    const by = (factor: Factor | undefined) => factor && converted(net, unit, factor);
    const [kgce_factor, co2_factor] = [conversion.kgce(carrier), conversion.co2(carrier)];
    const [kgce, co2] = [by(kgce_factor), by(co2_factor)];
    return {
      carrier,
      unit,
      import: use.import,
      export: use.export,
      counted: !self_made.has(carrier),
      ...(kgce !== undefined && { kgce, kgce_factor: kgce_factor! }),
      ...(co2 !== undefined && { co2, co2_factor: co2_factor! }),
    };
  });
}

/** One carrier's parts in two eras; a factor that changed between them is none of the whole. */
function mergeParts(a: CarrierPart, b: CarrierPart): CarrierPart {
  const { carrier, unit, counted } = a;
  const add = (x: bigint | undefined, y: bigint | undefined) =>
    x === undefined || y === undefined ? undefined : x + y;
  const [kgce, co2] = [add(a.kgce, b.kgce), add(a.co2, b.co2)];
  const kgce_factor = same(a.kgce_factor, b.kgce_factor);
  const co2_factor = same(a.co2_factor, b.co2_factor);
  return {
    ...{ carrier, unit, counted, import: a.import + b.import, export: a.export + b.export },
    ...(kgce !== undefined && { kgce }),
    ...(kgce_factor && { kgce_factor }),
    ...(co2 !== undefined && { co2 }),
    ...(co2_factor && { co2_factor }),
  };
}

function same(a: Factor | undefined, b: Factor | undefined): Factor | undefined {
  return a && b && a.value === b.value && a.unit === b.unit && a.source === b.source ? a : undefined;
}

function sumOf(parts: readonly CarrierPart[], key: 'kgce' | 'co2'): bigint | undefined {
  let sum = 0n;
  for (const part of parts) {
    if (!part.counted) continue;
    const value = part[key];
    if (value === undefined) return undefined;
    sum += value;
  }
  return sum;
}
