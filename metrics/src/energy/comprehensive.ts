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
  const carriers = [...new Set(eras.flatMap(({ energy }) => [...energy.keys()]))].sort();
  const parts = carriers.map((carrier) => partOf(carrier, eras));
  return { parts, kgce: sumOf(parts, 'kgce'), co2: sumOf(parts, 'co2') };
}

function partOf(carrier: string, eras: readonly EnergyEra[]): CarrierPart {
  const uses = eras.flatMap(({ energy, conversions }) => {
    const use = energy.get(carrier);
    return use ? [{ ...use, conversions }] : [];
  });
  const { unitOf, self_made } = uses[0]!.conversions;
  const unit = unitOf(carrier);
  const by = (to: 'kgce' | 'co2') =>
    convertedBy(
      unit,
      uses.map((use) => ({ net: use.import - use.export, factor: use.conversions.conversion[to](carrier) })),
    );
  const [kgce, co2] = [by('kgce'), by('co2')];
  return {
    carrier,
    unit,
    import: uses.reduce((sum, use) => sum + use.import, 0n),
    export: uses.reduce((sum, use) => sum + use.export, 0n),
    counted: !self_made.has(carrier),
    ...(kgce && { kgce: kgce.sum, ...(kgce.factor && { kgce_factor: kgce.factor }) }),
    ...(co2 && { co2: co2.sum, ...(co2.factor && { co2_factor: co2.factor }) }),
  };
}

/** Amounts by their factors, each factor's rounded once; with the factor where it is only one. */
function convertedBy(
  unit: CanonicalUnit,
  amounts: readonly { net: bigint; factor: Factor | undefined }[],
): { sum: bigint; factor: Factor | undefined } | undefined {
  const byFactor = Map.groupBy(
    amounts,
    ({ factor }) => factor && `${factor.value} ${factor.unit} ${factor.source}`,
  );
  const groups = [...byFactor.values()];
  let sum = 0n;
  for (const group of groups) {
    const factor = group[0]?.factor;
    const net = group.reduce((all, amount) => all + amount.net, 0n);
    const amount = factor && converted(net, unit, factor);
    if (amount === undefined) return undefined;
    sum += amount;
  }
  return { sum, factor: groups.length === 1 ? groups[0]?.[0]?.factor : undefined };
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
