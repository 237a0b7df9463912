import { type EnergyUnit, type Nanoseconds, scaleOf, type Value } from '@benchline/model';

/** What a rising counter or register showed, in 10⁻⁹ of its canonical unit (items, kWh, m³, kg). */
export interface Reading {
  at_ns: Nanoseconds;
  value: bigint;
  /** Of another counter than the reading before: the two have no difference. */
  anew?: true;
}

/** What a smaller reading means; `rollover_at` in 10⁻⁹ units is the value at which the counter is 0 again. */
export interface DecreaseRule {
  rollover_at?: bigint;
  /** A smaller reading is a negative difference: the register shows what was taken in less what was given back. */
  may_fall?: boolean;
}

/** 10⁻⁹ units in one unit of what a counter or register shows, in lowest terms. */
export interface Factor {
  numerator: bigint;
  denominator: bigint;
}

/** A register reading in 10⁻⁹ of the unit that its carrier is kept in (kWh, m³ or kg); undefined for no number. */
export function nanoAmountOf(value: Value | undefined, unit: EnergyUnit): bigint | undefined {
  return amountOf(value, unitFactor(unit));
}

/** A counter reading in 10⁻⁹ items; undefined for what is no number. */
export function nanoItemsOf(value: Value | undefined, countsPerItem: number): bigint | undefined {
  return amountOf(value, itemFactor(countsPerItem));
}

export function unitFactor(unit: EnergyUnit): Factor {
  const { numerator, denominator } = scaleOf(unit);
  return reduced(nano * numerator, denominator);
}

export function itemFactor(countsPerItem: number): Factor {
  // Twelve decimals of the divisor; it is a small number from a plant file.
  return reduced(nano * 10n ** 12n, BigInt(Math.round(countsPerItem * 1e12)));
}

/** A reading as a whole amount, the nearest where it has more digits; undefined for what is no number. */
export function amountOf(value: Value | undefined, { numerator, denominator }: Factor): bigint | undefined {
  if (typeof value === 'bigint')
    return denominator === 1n ? value * numerator : rounded(value * numerator, denominator);
  if (typeof value !== 'number') return undefined;
  // Whole and fractional part apart, so that no digit of a large reading is lost in the product.
  const whole = Math.trunc(value);
  const fraction = BigInt(Math.round((value - whole) * tenTo15));
  return rounded((BigInt(whole) * 10n ** 15n + fraction) * numerator, denominator * 10n ** 15n);
}

/**
 * What `amountOf` comes to, in doubles, each of which holds what it says: readings come by the million. NaN where
 * a double does not hold it, or only bigints can tell.
 */
export type AmountInDoubles = (value: number) => number;

/** @returns undefined where the factor is none that doubles can be multiplied by without loss. */
export function inDoubles({ numerator, denominator }: Factor): AmountInDoubles | undefined {
  const factor = Number(numerator);
  if (denominator !== 1n || factor > 1e9 || tenTo15 % factor !== 0) return undefined;
  const rest = tenTo15 / factor;
  const below = 9e15 / factor;
  return (value) => {
    if (!(value >= 0 && value < below)) return Number.NaN;
    const whole = Math.trunc(value);
    if (whole === value) return whole * factor;
    const fraction = Math.round((value - whole) * tenTo15);
    return whole * factor + Math.floor((2 * fraction + rest) / (2 * rest));
  };
}

const nano = 1_000_000_000n;
const tenTo15 = 1e15;

function reduced(numerator: bigint, denominator: bigint): Factor {
  let [a, b] = [numerator, denominator];
  while (b !== 0n) [a, b] = [b, a % b];
  return { numerator: numerator / a, denominator: denominator / a };
}

function rounded(numerator: bigint, denominator: bigint): bigint {
  const half = numerator < 0n ? -denominator : denominator;
  return (2n * numerator + half) / (2n * denominator);
}
