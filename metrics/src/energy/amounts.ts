import type { Nanoseconds } from '@benchline/model';
import type { Account } from '../accounts/account.ts';
import type { Figures } from '../figures/figures.ts';
import type { Scope } from '../figures/scopes.ts';
import type { Interval } from '../intervals.ts';
import { unitsOf } from '../kpis/quantities.ts';

/** What a scope used of a carrier over a window. */
export type Amount =
  | { nano: bigint; status: 'ok' | 'partial'; account: Account }
  | { nano?: undefined; status: 'no_meter' | 'not_observed'; account: Account };

/** Taken in less given back, in 10⁻⁹ units. @throws BenchlineError `store_unavailable`. */
export async function amountOf(
  figures: Figures,
  { scope, carrier }: { scope: Scope; carrier: string },
  window: Interval,
  now_ns: Nanoseconds,
): Promise<Amount> {
  const { account, reports, energy_missing } = await figures.sums(scope, window, now_ns);
  if (!reports.carriers.has(carrier)) return { status: 'no_meter', account };
  const use = account.energy.get(carrier);
  if (!use) return { status: 'not_observed', account };
  const partial = account.energy_from_later.includes(carrier) || energy_missing.has(carrier);
  return { nano: use.import - use.export, status: partial ? 'partial' : 'ok', account };
}

/** An amount in units, where all of it is known. */
export function completeAmount(amount: Amount): number | undefined {
  return amount.status === 'ok' ? unitsOf(amount.nano) : undefined;
}
