import { secondsOf } from '@benchline/model';
import { absent, type Figure, type Subject, timeStatus } from './figure.ts';
import { unitsOf } from './quantities.ts';

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
  const { aoet_s, aubt_s, apt_s, items } = orderTotals(subject);
  const over = (part: number): Figure =>
    aoet_s === 0 ? absent('no_orders') : { value: part / aoet_s, status: timeStatus(subject.q) };
  return {
    allocation_ratio: over(aubt_s),
    throughput_rate: subject.reports.items ? over(items * 3600) : absent('not_applicable'),
    production_process_ratio: over(apt_s),
  };
}
