import { type EnergyUnit, type Nanoseconds, scaleOf, type Value } from '@benchline/model';

/** What a rising counter or register showed, in 10⁻⁹ of its canonical unit (items, kWh, m³, kg). */
export interface Reading {
  at_ns: Nanoseconds;
  value: bigint;
  /** Of another counter than the reading before: the two have no difference. */
  anew?: true;
}

/** By how much a counter rose between two readings. It counts for the instant at which it was seen. */
export interface Increment {
  /** The reading before. */
  since_ns: Nanoseconds;
  at_ns: Nanoseconds;
  delta: bigint;
}

/** What a smaller reading means; `rollover_at` in 10⁻⁹ units is the value at which the counter is 0 again. */
export interface DecreaseRule {
  rollover_at?: bigint;
}

/**
 * Differences of consecutive readings, in time order. A smaller reading is never a negative difference and never
 * silently none: the counter ran over `rollover_at`, or it began anew at 0 and what it shows since counts.
 */
export function incrementsOf(readings: readonly Reading[], rule: DecreaseRule): Increment[] {
  const increments: Increment[] = [];
  for (let i = 1; i < readings.length; i += 1) {
    const before = readings[i - 1]!;
    const now = readings[i]!;
    if (now.anew) continue;
    let delta = now.value - before.value;
    if (delta < 0n) delta = rule.rollover_at === undefined ? now.value : delta + rule.rollover_at;
    if (delta > 0n) increments.push({ since_ns: before.at_ns, at_ns: now.at_ns, delta });
  }
  return increments;
}

/** A register reading in 10⁻⁹ of the unit that its carrier is kept in (kWh, m³ or kg); undefined for no number. */
export function nanoAmountOf(value: Value | undefined, unit: EnergyUnit): bigint | undefined {
  const { numerator, denominator } = scaleOf(unit);
  return scaled(value, nano * numerator, denominator);
}

/** A counter reading in 10⁻⁹ items; undefined for what is no number. */
export function nanoItemsOf(value: Value | undefined, countsPerItem: number): bigint | undefined {
  let factor = itemFactors.get(countsPerItem);
  if (!factor) {
    // Twelve decimals of the divisor; it is a small number from a plant file.
    factor = reduced(nano * 10n ** 12n, BigInt(Math.round(countsPerItem * 1e12)));
    itemFactors.set(countsPerItem, factor);
  }
  return scaled(value, ...factor);
}

type Factor = readonly [numerator: bigint, denominator: bigint];

/** By divisor, in lowest terms: most divide 10⁹. */
const itemFactors = new Map<number, Factor>();

function reduced(numerator: bigint, denominator: bigint): Factor {
  let [a, b] = [numerator, denominator];
  while (b !== 0n) [a, b] = [b, a % b];
  return [numerator / a, denominator / a];
}

function scaled(value: Value | undefined, numerator: bigint, denominator: bigint): bigint | undefined {
  if (typeof value === 'bigint')
    return denominator === 1n ? value * numerator : rounded(value * numerator, denominator);
  if (typeof value !== 'number') return undefined;
  if (denominator === 1n && numerator === nano && value >= 0 && value < exactBelow) return nanoOf(value);
  // Whole and fractional part apart, so that no digit of a large reading is lost in the product.
  const whole = Math.trunc(value);
  const fraction = BigInt(Math.round((value - whole) * 1e15));
  return rounded((BigInt(whole) * 10n ** 15n + fraction) * numerator, denominator * 10n ** 15n);
}

const nano = 1_000_000_000n;
/** Below it 10⁹ times a number is a whole number that a double holds. */
const exactBelow = 9_000_000;

/** What `scaled` comes to for a factor of 10⁹, in doubles, each of which holds what it says: readings come by the million. */
function nanoOf(value: number): bigint {
  const whole = Math.trunc(value);
  const fraction = Math.round((value - whole) * 1e15);
  return BigInt(whole * 1e9 + Math.floor((2 * fraction + 1e6) / 2e6));
}

function rounded(numerator: bigint, denominator: bigint): bigint {
  const half = numerator < 0n ? -denominator : denominator;
  return (2n * numerator + half) / (2n * denominator);
}
