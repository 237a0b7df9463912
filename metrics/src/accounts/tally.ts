import type { Tally } from './account.ts';
import type { CountRole } from './facts.ts';

export type RoleSums = Readonly<Record<CountRole, bigint>>;

/** How the counters that a machine has make up its items. */
export interface TallyRule {
  /** Whether the number of items can be told, good ones apart. */
  items: boolean;
  good: boolean;
  /** Whether good and scrap items can both be told. */
  judged: boolean;
  /** Whether reworked items are counted, and out of how many. */
  rework: boolean;
  of(sums: RoleSums): Tally;
}

/**
 * How items are made up while some counters have not said anything yet. What a total or a good counter would have
 * counted is then unknown and not 0, so that it is told by the others; scrap and rework that nobody counted beside a
 * good counter are none. Undefined while both are silent and one of them is there to speak: scrap and rework alone do
 * not say how many were made.
 */
export function tallyWhile(spoken: ReadonlySet<CountRole>, all: readonly CountRole[]): TallyRule | undefined {
  if (spoken.has('good') && !spoken.has('total')) return tallyRule(all.filter((role) => role !== 'total'));
  if (!spoken.has('total') && tallyRule(all).items) return undefined;
  return tallyRule(all.filter((role) => spoken.has(role)));
}

/** Whether items are known without the good ones among them: nothing that counts good or scrap has spoken yet. */
export function isUnjudged({ items, judged, good }: Tally): boolean {
  return items > 0n && judged === 0n && good === 0n;
}

/**
 * PQ is the total counter where there is one, otherwise good + scrap + rework. A missing good or scrap counter
 * is the rest of the total. A total alone says nothing of quality; a good counter alone nothing of scrap.
 */
export function tallyRule(roles: readonly CountRole[]): TallyRule {
  const total = roles.includes('total');
  const good = roles.includes('good');
  const scrap = roles.includes('scrap');
  const judged = (good && scrap) || (total && (good || scrap));
  return {
    items: total || good,
    good: good || judged,
    judged,
    rework: roles.includes('rework') && (total || good),
    of(sums) {
      const items = total ? sums.total : sums.good + sums.scrap + sums.rework;
      const rest = items - sums.good - sums.scrap - sums.rework;
      return {
        items,
        judged: judged ? items : 0n,
        good: judged && !good ? rest : sums.good,
        scrap: judged && !scrap ? rest : sums.scrap,
        rework: sums.rework,
      };
    },
  };
}
