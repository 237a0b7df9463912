import { secondsOf } from '@benchline/model';
import { absent, type Figure, type Subject, timeStatus } from './figure.ts';
import { unitsOf } from './quantities.ts';
import { asMade } from './quantity-figures.ts';

type OrderKpiId = 'allocation_ratio' | 'throughput_rate' | 'production_process_ratio';

/** What was done for all orders of an account, and how long they were being executed. */
export interface OrderTotals {
  aoet_s: number;
  aubt_s: number;
  apt_s: number;
  items: number;
}

export function orderTotals({ scope }: Pick<Subject, 'scope'>): OrderTotals {
  const orders = [...scope.account.orders.values()];
  const sum = (of: (order: (typeof orders)[number]) => bigint) => orders.reduce((all, o) => all + of(o), 0n);
  return {
    aoet_s: secondsOf(sum((o) => o.last_ns - o.first_ns)),
    aubt_s: secondsOf(sum((o) => o.busy_ns)),
    apt_s: secondsOf(sum((o) => o.apt_ns)),
    items: unitsOf(sum((o) => o.items)),
  };
}

/** Figures over the time between the first and the last instant at which each order was seen open in the window. */
export function orderFigures(subject: Subject): Record<OrderKpiId, Figure> {
  const { reports, scope, q } = subject;
  const { aoet_s, aubt_s, apt_s, items } = orderTotals(subject);
  const over = (part: number): Figure =>
    aoet_s === 0 ? absent('no_orders') : { value: part / aoet_s, status: timeStatus(q) };
  const busy = (part: number): Figure => {
    if (!reports.states) return absent('not_applicable');
    return aoet_s > 0 && q.planned_s > 0 && q.observed_s === 0 ? absent('not_observed') : over(part);
  };
  const made = (): Figure => {
    if (!reports.items) return absent('not_applicable');
    return aoet_s > 0 && !scope.account.counts ? absent('not_observed') : asMade(over(items * 3600), scope);
  };
  return {
    allocation_ratio: busy(aubt_s),
    throughput_rate: made(),
    production_process_ratio: busy(apt_s),
  };
}
