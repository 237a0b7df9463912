import type { Baseline, BaselineVariable, Nanoseconds } from '@benchline/model';
import type { Figures } from '../figures/figures.ts';
import { inTurns } from '../figures/in-turns.ts';
import { periodsOf } from '../figures/periods.ts';
import type { Scope } from '../figures/scopes.ts';
import type { Interval } from '../intervals.ts';
import { quantitiesOf, unitsOf } from '../kpis/quantities.ts';
import { type Amount, amountOf, completeAmount } from './amounts.ts';
import type { BaselinePoint } from './baseline.ts';

/** Energy and variables of the whole periods that lie within a window. @throws BenchlineError `store_unavailable`. */
export async function baselinePoints(
  figures: Figures,
  scope: Scope,
  { carrier, variables, grain }: Pick<Baseline, 'carrier' | 'variables' | 'grain'>,
  window: Interval,
  now_ns: Nanoseconds,
): Promise<BaselinePoint[]> {
  const whole = periodsOf(scope, grain, window).filter(
    ({ from_ns, to_ns }) => from_ns >= window.from_ns && to_ns <= window.to_ns && to_ns <= now_ns,
  );
  const points: BaselinePoint[] = [];
  for await (const { from_ns, to_ns } of inTurns(whole)) {
    const amount = await amountOf(figures, { scope, carrier }, { from_ns, to_ns }, now_ns);
    points.push({
      from_ns,
      to_ns,
      energy: completeAmount(amount),
      variables: variables.map((variable) => valueOf(variable, amount)),
    });
  }
  return points;
}

/** What is not fully known is not taken for what is: a variable over time needs all of it observed. */
function valueOf(variable: BaselineVariable, { account }: Amount): number | undefined {
  const { counts, counts_from_later } = account;
  const counted = counts_from_later ? undefined : counts;
  const { planned_s, apt_s, unobserved_s } = quantitiesOf(account, () => 0);
  switch (variable) {
    case 'good_items':
      return counted && unitsOf(counted.good);
    case 'items':
      return counted && unitsOf(counted.items);
    case 'production_h':
      return unobserved_s > 0 ? undefined : apt_s / 3600;
    case 'planned_h':
      return planned_s / 3600;
  }
}
