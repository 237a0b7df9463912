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
    ...(counts && {
      items: unitsOf(counts.items),
      good_items: unitsOf(counts.good),
      scrap_items: unitsOf(counts.scrap),
      rework_items: unitsOf(counts.rework),
      judged_items: unitsOf(counts.judged),
    }),
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
