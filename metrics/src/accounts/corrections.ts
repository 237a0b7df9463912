import type { Nanoseconds } from '@benchline/model';
import { firstIndex, type Interval } from '../intervals.ts';
import { addAmounts, type Element, type Tally } from './account.ts';
import type { Correction } from './facts.ts';
import type { TallyRule } from './tally.ts';

/** Items that people added or took away, with the stretch of observed, planned busy time that they belong to. */
export interface Corrected<Busy> {
  at_ns: Nanoseconds;
  tally: Tally;
  busy: Busy | undefined;
}

/** @param busy observed time within shifts, disjoint and in order. */
export function correctedItems<Busy extends Interval & { element: Element }>(
  corrections: readonly Correction[],
  rule: TallyRule,
  busy: readonly Busy[],
): Corrected<Busy>[] {
  return corrections.map(({ at_ns, good, scrap, rework }) => {
    const items = good + scrap + rework;
    return {
      at_ns,
      tally: { items, judged: rule.judged ? items : 0n, good, scrap, rework },
      busy: busyAt(busy, at_ns),
    };
  });
}

/** The stretch of observed, planned busy time that what was said of an instant belongs to: it closes with it. */
export function busyAt<Busy extends Interval & { element: Element }>(
  busy: readonly Busy[],
  at_ns: Nanoseconds,
): Busy | undefined {
  const stretch = busy[firstIndex(busy, (b) => b.to_ns >= at_ns)];
  return stretch && stretch.from_ns < at_ns && stretch.element !== 'pmt' ? stretch : undefined;
}

export function withCorrections(counted: Tally, corrected: readonly { tally: Tally }[]): Tally {
  return corrected.reduce((sum, { tally }) => addAmounts(sum, tally), counted);
}
