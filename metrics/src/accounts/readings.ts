import type { Nanoseconds } from '@benchline/model';
import { type SaidNumbers, saidKinds } from '@benchline/store';
import { amountOf, type Factor, inDoubles, type Reading } from './registers.ts';

/** Readings in time order, column by column: a machine says hundreds of thousands a day. */
export interface Readings {
  at_ns: BigInt64Array;
  amounts: Amounts;
  /** Places of readings of another counter than the one before. */
  anew?: ReadonlySet<number>;
}

/** Whole numbers: in doubles where these hold every one of them. */
export type Amounts = Float64Array | readonly bigint[];

/** Readings in columns, if they are not. */
export function columnsOf(list: readonly Reading[] | Readings): Readings {
  if (!isList(list)) return list;
  const anew = new Set(list.flatMap((reading, i) => (reading.anew ? i : [])));
  return {
    at_ns: BigInt64Array.from(list, ({ at_ns }) => at_ns),
    amounts: list.map(({ value }) => value),
    ...(anew.size > 0 && { anew }),
  };
}

/** Readings one by one, if they are not. */
export function listOf(readings: readonly Reading[] | Readings): readonly Reading[] {
  if (isList(readings)) return readings;
  const { at_ns, amounts, anew } = readings;
  return Array.from(at_ns, (at, i) => ({
    at_ns: at,
    value: BigInt(amounts[i]!),
    ...(anew?.has(i) && { anew: true as const }),
  }));
}

function isList(readings: readonly Reading[] | Readings): readings is readonly Reading[] {
  return Array.isArray(readings);
}

/** What of the numbers of a counter can be read, in 10⁻⁹ units. */
export function numbersRead(numbers: SaidNumbers, factor: Factor): Readings {
  const { at_ns, kinds, doubles } = numbers;
  const amount = inDoubles(factor);
  if (!amount) return inBigints(numbers, factor);
  const integers = new Words(numbers.integers);
  const said = kinds.includes(saidKinds.none) ? new BigInt64Array(at_ns.length) : undefined;
  const amounts = new Float64Array(at_ns.length);
  let length = 0;
  for (let row = 0; row < kinds.length; row += 1) {
    const kind = kinds[row];
    if (kind === saidKinds.none) continue;
    const value = amount(kind === saidKinds.double ? doubles[row]! : integers.at(row));
    if (Number.isNaN(value)) return inBigints(numbers, factor);
    if (said) said[length] = at_ns[row]!;
    amounts[length] = value;
    length += 1;
  }
  return { at_ns: said?.subarray(0, length) ?? at_ns, amounts: amounts.subarray(0, length) };
}

/** Integers as doubles, read from their words: a bigint of each would cost more than all that is done with it. */
class Words {
  readonly #low: Uint32Array;
  readonly #high: Int32Array;

  constructor({ buffer, byteOffset, length }: BigInt64Array) {
    this.#low = new Uint32Array(buffer, byteOffset, 2 * length);
    this.#high = new Int32Array(buffer, byteOffset, 2 * length);
  }

  /** The nearest double. */
  at(row: number): number {
    return this.#high[2 * row + highWord]! * 2 ** 32 + this.#low[2 * row + 1 - highWord]!;
  }
}

/** Which of the two words of an integer is the high one: on nearly all computers the second. */
const highWord = new Uint8Array(Uint16Array.of(1).buffer)[0]!;

function inBigints({ at_ns, kinds, doubles, integers }: SaidNumbers, factor: Factor): Readings {
  const times: Nanoseconds[] = [];
  const amounts: bigint[] = [];
  for (const [row, kind] of kinds.entries()) {
    const value =
      kind === saidKinds.none ? undefined : kind === saidKinds.double ? doubles[row] : integers[row];
    const amount = amountOf(value, factor);
    if (amount === undefined) continue;
    times.push(at_ns[row]!);
    amounts.push(amount);
  }
  return { at_ns: BigInt64Array.from(times), amounts };
}
