import { everAfter, everBefore, firstIndex, type Interval, intersect } from '../intervals.ts';
import { addAmounts, emptyTally, type Tally } from './account.ts';
import type { CounterFacts, CountRole } from './facts.ts';
import type { Known } from './known.ts';
import { columnsOf } from './readings.ts';
import { common, Rise, type Run } from './rise.ts';
import { type RoleSums, type TallyRule, tallyWhile } from './tally.ts';

/** Increments that belong to a stretch of observed, planned busy time. */
export interface Attributed extends Run {
  busy: Known;
}

/** A counter with what it rose by, and where that belongs, in order. */
export interface Counted {
  role: CountRole;
  observed: readonly Interval[];
  rise: Rise;
  attributed: readonly Attributed[];
}

/**
 * An increment is attributed if it was surely made in busy time: it was seen in a stretch of it, the counter was
 * watched ever since the reading before, and the machine's state was known and no maintenance.
 */
export function countedOf(counter: CounterFacts, busy: readonly Known[]): Counted {
  const rise = new Rise(columnsOf(counter.readings), counter);
  const seen: Attributed[] = [];
  let near = 0;
  for (const stretch of busy) {
    if (stretch.element === 'pmt') continue;
    const first = rise.upTo(stretch.from_ns, near);
    near = rise.upTo(stretch.to_ns, first);
    if (first < near) seen.push({ first, end: near, busy: stretch });
  }
  const watched = counter.observed.map(({ from_ns, to_ns }) => ({
    first: rise.before(from_ns) + 1,
    end: rise.upTo(to_ns),
  }));
  const attributed = common(
    seen,
    watched.filter(({ first, end }) => first < end),
  );
  return { role: counter.role, observed: counter.observed, rise, attributed };
}

/** The increments of a window. */
export function runOf(rise: Rise, { from_ns, to_ns }: Interval): Run {
  const first = rise.upTo(from_ns);
  return { first, end: rise.upTo(to_ns, first) };
}

/** A stretch in which the same counters have already said something, and what items they make up. */
export interface Era extends Interval {
  tally: TallyRule;
}

/** All time of which items can be told, cut where a counter spoke for the first time. */
export function erasOf(counters: readonly Pick<Counted, 'role' | 'rise'>[]): Era[] {
  const roles = counters.map(({ role }) => role);
  const firsts = counters.flatMap(({ rise }) => [...rise.at_ns.subarray(0, 1)]);
  const cuts = [everBefore, ...[...new Set(firsts)].toSorted((a, b) => (a < b ? -1 : 1)), everAfter];
  return cuts.slice(1).flatMap((to_ns, i) => {
    const from_ns = cuts[i]!;
    const spoken = counters.filter(({ rise }) => rise.upTo(from_ns) > 0).map(({ role }) => role);
    const tally = tallyWhile(new Set(spoken), roles);
    return tally ? [{ from_ns, to_ns, tally }] : [];
  });
}

/** Items that were counted within some eras. */
export function talliedIn(counters: readonly Counted[], eras: readonly Era[]): Tally {
  return eras.map((era) => era.tally.of(roleSums(counters, era))).reduce(addAmounts, emptyTally);
}

/** The attributed part of them by product; undefined where none was known. */
export function attributedIn(
  counters: readonly Counted[],
  eras: readonly Era[],
): ReadonlyMap<string | undefined, Tally> {
  const products = new Map<string | undefined, Tally>();
  for (const era of eras)
    for (const [product, sums] of attributedSums(counters, era))
      products.set(product, addAmounts(products.get(product) ?? emptyTally, era.tally.of(sums)));
  return products;
}

/** What counters rose by within a window, by what they count. */
function roleSums(counters: readonly Counted[], window: Interval): RoleSums {
  const sums = noItems();
  for (const { role, rise } of counters) sums[role] += rise.over(runOf(rise, window));
  return sums;
}

function attributedSums(
  counters: readonly Counted[],
  window: Interval,
): ReadonlyMap<string | undefined, RoleSums> {
  const products = new Map<string | undefined, Sums>();
  for (const { role, rise, attributed } of counters)
    for (const run of runsWithin(attributed, runOf(rise, window))) {
      const { product } = run.busy;
      let sums = products.get(product);
      if (!sums) products.set(product, (sums = noItems()));
      sums[role] += rise.over(run);
    }
  return products;
}

/** What of some runs, in order, lies in a window. */
export function runsWithin<R extends Run>(runs: readonly R[], window: Run): R[] {
  const start = firstIndex(runs, (run) => run.end > window.first);
  const end = firstIndex(runs, (run) => run.first >= window.end);
  const inside = runs.slice(start, end);
  for (const i of new Set([0, inside.length - 1])) {
    const run = inside[i];
    if (run)
      inside[i] = { ...run, first: Math.max(run.first, window.first), end: Math.min(run.end, window.end) };
  }
  return inside;
}

type Sums = { -readonly [R in keyof RoleSums]: bigint };

function noItems(): Sums {
  return { total: 0n, good: 0n, scrap: 0n, rework: 0n };
}

/**
 * Whether a counter says anything of a window: a difference ends in it, or it was watched in it without a change since
 * it was read. The very first reading alone is no difference.
 */
export function isKnown({ rise, observed }: Pick<Counted, 'rise' | 'observed'>, window: Interval): boolean {
  const { first, end } = runOf(rise, window);
  if (Math.max(first, 1) < end) return true;
  const [read] = rise.at_ns;
  if (read === undefined || read >= window.to_ns) return false;
  const since = { ...window, from_ns: read > window.from_ns ? read : window.from_ns };
  return intersect(observed, [since]).length > 0;
}

export function beginsLater({ rise }: Pick<Counted, 'rise'>, window: Interval): boolean {
  const [first] = rise.at_ns;
  return first === undefined || first > window.from_ns;
}
