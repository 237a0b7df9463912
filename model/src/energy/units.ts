/** Units of energy registers, and what amounts of each are kept in: energy in kWh, volume in m³, mass in kg. */
export const energyUnits = ['kWh', 'Wh', 'MWh', 'MJ', 'GJ', 'm3', 'kg', 't'] as const;
export type EnergyUnit = (typeof energyUnits)[number];

export type CanonicalUnit = 'kWh' | 'm3' | 'kg';

interface Scale {
  canonical: CanonicalUnit;
  /** Canonical units in one of these, as a fraction (1 kWh = 3.6 MJ). */
  numerator: bigint;
  denominator: bigint;
}

const scales: Readonly<Record<EnergyUnit, Scale>> = {
  kWh: { canonical: 'kWh', numerator: 1n, denominator: 1n },
  Wh: { canonical: 'kWh', numerator: 1n, denominator: 1000n },
  MWh: { canonical: 'kWh', numerator: 1000n, denominator: 1n },
  MJ: { canonical: 'kWh', numerator: 10n, denominator: 36n },
  GJ: { canonical: 'kWh', numerator: 10_000n, denominator: 36n },
  m3: { canonical: 'm3', numerator: 1n, denominator: 1n },
  kg: { canonical: 'kg', numerator: 1n, denominator: 1n },
  t: { canonical: 'kg', numerator: 1000n, denominator: 1n },
};

/** How a unit of registers and factors relates to the unit in which amounts are kept. */
export function scaleOf(unit: EnergyUnit): Scale {
  return scales[unit];
}
