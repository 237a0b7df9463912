import type { Tally } from '../accounts/account.ts';
import type { Subject } from './figure.ts';
import { orderTotals } from './order-figures.ts';
import { unitsOf } from './quantities.ts';

/** The sums of an account by the names that the catalogue calls the inputs of figures; what is unknown is left out. */
export function sumsOf(subject: Subject): ReadonlyMap<string, number> {
  const { scope, q } = subject;
  const { counts, attributed, energy } = scope.account;
  const orders = orderTotals(subject);
  const electricity = energy.get('electricity');
  const sums: Record<string, number | undefined> = {
    ...q,
    attributed_good_items: unitsOf(attributed.good),
    attributed_judged_items: unitsOf(attributed.judged),
    ...(counts && countsIn(subject, counts)),
    ...(electricity && {
      electricity_import_kwh: unitsOf(electricity.import),
      electricity_export_kwh: unitsOf(electricity.export),
    }),
    aoet_s: orders.aoet_s,
    order_aubt_s: orders.aubt_s,
    order_apt_s: orders.apt_s,
    order_items: orders.items,
  };
  return new Map(Object.entries(sums).flatMap(([name, sum]) => (sum === undefined ? [] : [[name, sum]])));
}

/** A count that no counter of the scope tells is 0 in the account, and unknown. */
function countsIn({ scope, reports }: Subject, counts: Tally): Record<string, number> {
  const judged = reports.judged && scope.good_told;
  return {
    ...(reports.items && { items: unitsOf(counts.items) }),
    ...(reports.good && scope.good_told && { good_items: unitsOf(counts.good) }),
    ...((judged || counts.scrap !== 0n) && { scrap_items: unitsOf(counts.scrap) }),
    ...((reports.rework || counts.rework !== 0n) && { rework_items: unitsOf(counts.rework) }),
    ...(judged && { judged_items: unitsOf(counts.judged) }),
  };
}
