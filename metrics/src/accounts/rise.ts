import type { Nanoseconds } from '@benchline/model';
import type { Amounts, Readings } from './readings.ts';
import type { DecreaseRule } from './registers.ts';

/** Increments `first` ≤ i < `end`; increment i is what a counter rose by from reading i − 1 to reading i. */
export interface Run {
  first: number;
  end: number;
}

/**
 * What a counter rose by, of which any stretch is the difference of two sums. A smaller reading is a negative difference
 * where it may fall only, and never silently none: the counter ran over `rollover_at`, or it began anew at 0 and what
 * it shows since counts. An increment counts for the instant of its later reading, at which it was seen.
 */
export class Rise {
  readonly at_ns: BigInt64Array;
  /** Of the increments up to each reading. */
  readonly #sums: Amounts;

  constructor(readings: Readings, rule: DecreaseRule) {
    this.at_ns = readings.at_ns;
    this.#sums = sumsInDoubles(readings, rule) ?? sumsInBigints(readings, rule);
  }

  /** How many readings lie before an instant. `near`: as many at least. */
  before(instant: Nanoseconds, near = 0): number {
    return gallop(this.at_ns, near, (at) => at >= instant);
  }

  /** How many readings lie at or before an instant. `near`: as many at least. */
  upTo(instant: Nanoseconds, near = 0): number {
    return gallop(this.at_ns, near, (at) => at > instant);
  }

  /** The sum of increments. */
  over({ first, end }: Run): bigint {
    const from = Math.max(first, 1) - 1;
    if (end - 1 <= from) return 0n;
    const [low, high] = [this.#sums[from]!, this.#sums[end - 1]!];
    return typeof low === 'number' ? BigInt(Number(high) - low) : BigInt(high) - low;
  }
}

/** What two lists of disjoint runs in order have in common. */
export function common<R extends Run>(runs: readonly R[], others: readonly Run[]): R[] {
  const both: R[] = [];
  for (let i = 0, j = 0; i < runs.length && j < others.length; ) {
    const [run, other] = [runs[i]!, others[j]!];
    const first = Math.max(run.first, other.first);
    const end = Math.min(run.end, other.end);
    if (first < end) both.push({ ...run, first, end });
    if (run.end < other.end) i += 1;
    else j += 1;
  }
  return both;
}

/** Undefined when a sum is too large for doubles to hold it. */
function sumsInDoubles(
  { amounts, anew }: Readings,
  { rollover_at, may_fall = false }: DecreaseRule,
): Float64Array | undefined {
  if (!(amounts instanceof Float64Array)) return undefined;
  const rollover = rollover_at === undefined ? undefined : Number(rollover_at);
  if (rollover !== undefined && !Number.isSafeInteger(rollover)) return undefined;
  const sums = new Float64Array(amounts.length);
  let sum = 0;
  for (let i = 1; i < amounts.length; i += 1) {
    const now = amounts[i]!;
    let delta = now - amounts[i - 1]!;
    if (delta < 0 && !may_fall) delta = rollover === undefined ? now : delta + rollover;
    if ((delta > 0 || may_fall) && !anew?.has(i)) sum += delta;
    sums[i] = sum;
  }
  return Number.isSafeInteger(sum) ? sums : undefined;
}

function sumsInBigints(
  { amounts, anew }: Readings,
  { rollover_at, may_fall = false }: DecreaseRule,
): bigint[] {
  const sums: bigint[] = [];
  let sum = 0n;
  let before = 0n;
  for (const [i, amount] of amounts.entries()) {
    const now = BigInt(amount);
    let delta = i === 0 ? 0n : now - before;
    if (delta < 0n && !may_fall) delta = rollover_at === undefined ? now : delta + rollover_at;
    if ((delta > 0n || may_fall) && !anew?.has(i)) sum += delta;
    sums.push(sum);
    before = now;
  }
  return sums;
}

/** The first place from `near` on for which `after` holds, looked for in growing steps: most are near. */
function gallop(items: BigInt64Array, near: number, after: (item: bigint) => boolean): number {
  let low = near;
  let high = near;
  for (let step = 1; high < items.length && !after(items[high]!); step *= 2) {
    low = high + 1;
    high += step;
  }
  if (high > items.length) high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (after(items[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
