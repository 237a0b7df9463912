import type { Nanoseconds } from '@benchline/model';
import type { Interval } from '../intervals.ts';

/** What was done for one order in a window, by one machine or several. */
export interface OrderSums {
  /** When the order was first and last seen open: its execution (AOET) lies between them, queues included. */
  first_ns: Nanoseconds;
  last_ns: Nanoseconds;
  /** AUBT and, of it, APT for the order. */
  busy_ns: Nanoseconds;
  apt_ns: Nanoseconds;
  /** PQ of the order in 10⁻⁹ items: what was counted while it was open. */
  items: bigint;
}

export type Orders = ReadonlyMap<string, OrderSums>;

/** An order ends with the last of its parts, wherever and on whichever machine they lie. */
export function mergeOrders(a: Orders, b: Orders): Orders {
  if (b.size === 0) return a;
  if (a.size === 0) return b;
  const merged = new Map(a);
  for (const [order, sums] of b) {
    const known = merged.get(order);
    merged.set(order, known ? mergeSums(known, sums) : sums);
  }
  return merged;
}

function mergeSums(a: OrderSums, b: OrderSums): OrderSums {
  return {
    first_ns: a.first_ns < b.first_ns ? a.first_ns : b.first_ns,
    last_ns: a.last_ns > b.last_ns ? a.last_ns : b.last_ns,
    busy_ns: a.busy_ns + b.busy_ns,
    apt_ns: a.apt_ns + b.apt_ns,
    items: a.items + b.items,
  };
}

/**
 * What one machine did for its orders. `executed`: where an order was open and somebody watched, in order;
 * `time`: observed time within shifts; `made`: how many items were counted in a stretch, its end included, for an item
 * that is counted as its order ends belongs to that order. All of one window.
 */
export function ordersOf({
  executed,
  time,
  made,
}: {
  executed: readonly (Interval & { order: string })[];
  time: readonly (Interval & {
    order: string | undefined;
    element: 'apt' | 'aust' | 'adet' | 'adot' | 'pmt';
  })[];
  made: (stretch: Interval) => bigint;
}): Orders {
  const orders = new Map<string, OrderSums>();
  const add = (order: string, { from_ns, to_ns }: Interval, busy_ns = 0n, apt_ns = 0n) => {
    const stretch = { first_ns: from_ns, last_ns: to_ns, busy_ns, apt_ns, items: 0n };
    const known = orders.get(order);
    orders.set(order, known ? mergeSums(known, stretch) : stretch);
  };
  for (const stretch of executed) add(stretch.order, stretch);
  for (const stretch of time) {
    const { order, element } = stretch;
    if (order === undefined || element === 'adot' || element === 'pmt') continue;
    const length = stretch.to_ns - stretch.from_ns;
    add(order, stretch, length, element === 'apt' ? length : 0n);
  }
  for (const stretch of executed) orders.get(stretch.order)!.items += made(stretch);
  return orders;
}
