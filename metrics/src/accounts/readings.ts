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
  const rows = numbers.at_ns.length;
  const at_ns = new BigInt64Array(rows);
  const amounts = new Float64Array(rows);
  const amount = inDoubles(factor);
  if (!amount) return inBigints(numbers, factor);
  let length = 0;
  for (let row = 0; row < rows; row += 1) {
    const kind = numbers.kinds[row];
    if (kind === saidKinds.none) continue;
    const value = amount(kind === saidKinds.double ? numbers.doubles[row]! : Number(numbers.integers[row]));
    if (Number.isNaN(value)) return inBigints(numbers, factor);
    at_ns[length] = numbers.at_ns[row]!;
    amounts[length] = value;
    length += 1;
  }
  return { at_ns: at_ns.subarray(0, length), amounts: amounts.subarray(0, length) };
}

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
