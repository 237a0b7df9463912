import { z } from 'zod';
import { BenchlineError } from '../error.ts';
import { fitsInt64 } from '../time.ts';

/**
 * A value as the program holds it. The JavaScript type is the kind: `number` is an IEEE 754 double, `bigint`
 * an int64 without loss, `string` a text, `boolean` a flag. NaN and infinities are not values: a source that
 * delivers them gets a Bad status and no value.
 */
export type Value = number | bigint | string | boolean;

/** The same value in JSON: a number, a string, a boolean, or `{ "integer": "9007199254740993" }`. */
export type ValueJson = number | string | boolean | { integer: string };

export const ValueJson: z.ZodType<ValueJson, ValueJson> = z.union(
  [
    z.number(),
    z.string().refine((text) => text.isWellFormed(), 'a text without lone surrogates'),
    z.boolean(),
    z.strictObject({
      integer: z
        .string()
        .regex(/^(0|-?[1-9]\d{0,18})$/)
        .refine((digits) => fitsInt64(BigInt(digits)), 'an integer of 64 bits'),
    }),
  ],
  'has to be a number, a text, true or false, or { "integer": "…" } with the digits of a whole number',
);

export function valueFromJson(json: ValueJson): Value {
  return typeof json === 'object' ? BigInt(json.integer) : json;
}

export function valueToJson(value: Value): ValueJson {
  return typeof value === 'bigint' ? { integer: value.toString() } : value;
}

/**
 * Checks that the contract can carry a value.
 * @throws BenchlineError `value_unrepresentable` for NaN, infinities, integers outside int64 and texts with
 * lone surrogates (RFC 8785 has no canonical form for them).
 */
export function assertRepresentable(value: Value): void {
  if (!isRepresentable(value))
    throw new BenchlineError('value_unrepresentable', `cannot carry ${typeof value} ${String(value)}`, {
      hint: 'mark the observation Bad and leave the value out',
    });
}

/** Whether the contract can carry a value: a finite number, an int64, a text without lone surrogates, a flag. */
export function isRepresentable(value: Value): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'bigint') return fitsInt64(value);
  return typeof value !== 'string' || value.isWellFormed();
}

/** A value as a double, for arithmetic; undefined for texts and flags. */
export function numeric(value: Value | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'bigint' ? Number(value) : undefined;
}
