/**
 * The integer in the field `about`, which every point has and every delivery writes anew: which fields hold, how much
 * later than the point's time the gateway took note of it, and by which mapping. The package's README shows the bits.
 * Fields that it does not name do not count, since InfluxDB keeps those of an earlier delivery in the point.
 */

/** Fields of a value, by their number in `about`; a native value's have `native_` before. */
export const valueFields = ['none', 'number', 'integer', 'text', 'flag'] as const;
export type ValueField = (typeof valueFields)[number];

/** Bits that say of a field that it holds, above three for the value and three for the native value. */
export const holds = {
  status: 1 << 6,
  ordinal: 1 << 7,
  stated_time_ns: 1 << 8,
  mapping: 1 << 9,
  gateway_time_ns: 1 << 10,
} as const;

const nativeShift = 3;
const factBits = 11n;
const delayBits = 37n;
/** The longest delay that has room, either way: 68 s. */
const longestDelay_ns = 1n << (delayBits - 1n);

/** Digits of a mapping's digest that give its number: 15 of their 16 bits. */
const numberDigits = 4;

/** The number that a mapping's digest has in points; others may have the same. */
export function mappingNumber(digest: string): number {
  return Number.parseInt(digest.slice(0, numberDigits), 16) >>> 1;
}

/** Whether a delay has room in `about`; otherwise the field `gateway_time_ns` says when. */
export function delayFits(delay_ns: bigint): boolean {
  return delay_ns >= -longestDelay_ns && delay_ns < longestDelay_ns;
}

/** The bits for the kinds of a value and of its native value. */
export function kindBits(value: ValueField, native: ValueField): number {
  return valueFields.indexOf(value) | (valueFields.indexOf(native) << nativeShift);
}

/** Everything but the delay, which `withDelay` adds. @param facts `kindBits` and what `holds`. */
export function aboutWithoutDelay(facts: number, mapping: number): bigint {
  return (BigInt(mapping) << (factBits + delayBits)) | (longestDelay_ns << factBits) | BigInt(facts);
}

/** @param delay_ns from the point's time to the gateway's, for which `delayFits`. */
export function withDelay(about: bigint, delay_ns: bigint): bigint {
  return about + (delay_ns << factBits);
}

export interface About {
  value: ValueField;
  native: ValueField;
  /** See `holds`. */
  facts: number;
  delay_ns: bigint;
  mapping: number;
}

export function parseAbout(about: bigint): About {
  const facts = Number(about & ((1n << factBits) - 1n));
  return {
    value: valueFields[facts & 7] ?? 'none',
    native: valueFields[(facts >>> nativeShift) & 7] ?? 'none',
    facts,
    delay_ns: ((about >> factBits) & ((1n << delayBits) - 1n)) - longestDelay_ns,
    mapping: Number(about >> (factBits + delayBits)),
  };
}
