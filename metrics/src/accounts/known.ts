import type { CanonicalState, Nanoseconds } from '@benchline/model';
import { clippedTo, everAfter, everBefore, firstIndex, type Interval, overlay } from '../intervals.ts';
import type { Element } from './account.ts';
import type { Facts, Step } from './facts.ts';

/** A stretch with a known state. */
export interface Known extends Interval {
  state: CanonicalState;
  reason: string | undefined;
  element: Element;
  product: string | undefined;
  order: string | undefined;
}

/** A stretch with what was said of the state, whether or not anybody watched. */
export interface Named extends Interval {
  state: CanonicalState | undefined;
  reason: string | undefined;
}

export function namedStretches({ states, reasons }: Pick<Facts, 'states' | 'reasons'>): Named[] {
  return overlay(
    stretches(states, undefined),
    stretches(reasons, undefined),
    (state, reason, from_ns, to_ns) => ({ from_ns, to_ns, state: state.value, reason: reason.value }),
  );
}

/** Where the state was watched and has a meaning, with its time element and the product being made. */
export function knownStretches(facts: Facts, named: readonly Named[]): Known[] {
  const circumstances = overlay(
    stretches(facts.orders, undefined),
    stretches(facts.products, undefined),
    (o, p, from_ns, to_ns) => ({ from_ns, to_ns, order: o.value, product: p.value }),
  );
  // The few lists before the long one: each overlay makes all stretches anew.
  const watched = clippedTo(circumstances, facts.states_observed);
  const meant = named.filter((stretch): stretch is Named & { state: CanonicalState } => {
    return stretch.state !== undefined;
  });
  const known = overlay(meant, watched, ({ state, reason }, { order, product }, from_ns, to_ns) => ({
    from_ns,
    to_ns,
    state,
    reason,
    element: elementOf(state, order !== undefined),
    product,
    order,
  }));
  return joined(known);
}

/** Adjoining stretches of the same as one: that something is said once more, by a machine or a person, divides nothing. */
function joined(known: readonly Known[]): Known[] {
  const all: Known[] = [];
  for (const stretch of known) {
    const last = all.at(-1);
    if (last && last.to_ns === stretch.from_ns && isSame(last, stretch)) last.to_ns = stretch.to_ns;
    else all.push(stretch);
  }
  return all;
}

function isSame(a: Known, b: Known): boolean {
  return a.state === b.state && a.reason === b.reason && a.order === b.order && a.product === b.product;
}

/** A machine comes into a state, or the controller begins to call it otherwise. */
export interface Entry {
  at_ns: Nanoseconds;
  state: CanonicalState;
  reason: string | undefined;
  failure: boolean;
}

/**
 * When states other than producing were entered in observed, planned busy time. Told by changes from one known
 * state to another: one that was already there when a shift or the observation began is time, but no event of it.
 */
export function entriesOf(named: readonly Named[], busy: readonly Known[]): Entry[] {
  return named.flatMap(({ from_ns: at_ns, state, reason }, i): Entry[] => {
    const before = named[i - 1];
    if (before?.state === undefined || state === undefined || state === 'producing') return [];
    if (before.state === state && before.reason === reason) return [];
    const stretch = busy[firstIndex(busy, (b) => b.to_ns > at_ns)];
    if (!stretch || stretch.from_ns > at_ns) return [];
    return [{ at_ns, state, reason, failure: state === 'fault' && before.state !== 'fault' }];
  });
}

/** The time element (ISO 22400-2) that a state falls into; a fault delays an order or, without one, is down time. */
function elementOf(state: CanonicalState, order: boolean): Element {
  switch (state) {
    case 'producing':
      return 'apt';
    case 'setup':
      return 'aust';
    case 'waiting':
    case 'short_stop':
      return 'adet';
    case 'fault':
      return order ? 'adet' : 'adot';
    case 'no_order':
      return 'adot';
    case 'planned_maintenance':
      return 'pmt';
  }
}

/** Where each step holds; `before` is what does before the first. */
export function stretches<T>(steps: readonly Step<T>[], before: T): (Interval & { value: T })[] {
  const first = { from_ns: everBefore, to_ns: steps[0]?.at_ns ?? everAfter, value: before };
  return [
    first,
    ...steps.map(({ at_ns, value }, i) => ({
      from_ns: at_ns,
      to_ns: steps[i + 1]?.at_ns ?? everAfter,
      value,
    })),
  ];
}
