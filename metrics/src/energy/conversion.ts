import {
  type CanonicalUnit,
  type Energy,
  type EnergyUnit,
  type FactorBasis,
  type FactorSetId,
  factorSetIds,
  factorSets,
  gridFactors,
  scaleOf,
} from '@benchline/model';

/** What one unit of a carrier comes to, and who says so. */
export interface Factor {
  value: number;
  unit: EnergyUnit;
  source: string;
  /** The same in Chinese, of published factors. */
  source_zh?: string;
}

/** How carriers are converted on a date. */
export interface Conversion {
  factor_set: FactorSetId;
  basis: FactorBasis;
  kgce(carrier: string): Factor | undefined;
  co2(carrier: string): Factor | undefined;
}

/** The factor sets of the same edition: by calorific and by equivalent value (当量值, 等价值). */
export function setsOfEdition(id: FactorSetId): FactorSetId[] {
  return factorSetIds.filter((other) => factorSets[other].valid_from === factorSets[id].valid_from);
}

/**
 * The conversion in force on a date: the plant's own factors, before those of its factor set and of its grid.
 * @param date local date, `YYYY-MM-DD`.
 */
export function conversionOn(energy: Energy, date: string): Conversion {
  const set = factorSets[energy.factor_set];
  const grid = gridFactors.find((g) => g.region === energy.grid.region && g.year === energy.grid.year);
  const own = (carrier: string, key: 'kgce_per_unit' | 'co2_kg_per_unit'): Factor | undefined => {
    const factor = energy.factors.find(
      (f) =>
        f.carrier === carrier &&
        f[key] !== undefined &&
        (f.valid_from ?? '') <= date &&
        (f.valid_to === undefined || date < f.valid_to),
    );
    const value = factor?.[key];
    return factor && value !== undefined ? { value, unit: factor.unit, source: factor.source } : undefined;
  };
  return {
    factor_set: energy.factor_set,
    basis: set.basis,
    kgce(carrier) {
      const listed = set.factors.find((factor) => factor.carrier === carrier);
      return (
        own(carrier, 'kgce_per_unit') ??
        (listed && {
          value: listed.kgce_per_unit,
          unit: listed.unit,
          source: set.source,
          source_zh: set.source_zh,
        })
      );
    },
    co2(carrier) {
      const fromGrid = carrier === 'electricity' ? grid : undefined;
      return (
        own(carrier, 'co2_kg_per_unit') ??
        (fromGrid && {
          value: fromGrid.co2_kg_per_kwh,
          unit: 'kWh',
          source: fromGrid.source,
          source_zh: fromGrid.source_zh,
        })
      );
    },
  };
}

/**
 * An amount in 10⁻⁹ of its canonical unit times a factor, in 10⁻⁹ of the factor's result, rounded once, half away
 * from zero. Undefined when the factor is for another kind of unit (m³ of what is metered in kWh).
 */
export function converted(nano: bigint, unit: CanonicalUnit, factor: Factor): bigint | undefined {
  const { canonical, numerator, denominator } = scaleOf(factor.unit);
  if (canonical !== unit) return undefined;
  // Factors are printed with at most a few decimals: twelve are exact.
  const dividend = nano * denominator * BigInt(Math.round(factor.value * 1e12));
  const divisor = numerator * 10n ** 12n;
  const half = dividend < 0n ? -divisor : divisor;
  return (2n * dividend + half) / (2n * divisor);
}
