import type { CanonicalState, Nanoseconds } from '@benchline/model';
import type { Interval } from '../intervals.ts';
import type { NanoItems } from './account.ts';
import type { Readings } from './readings.ts';
import type { DecreaseRule, Reading } from './registers.ts';

/** From `at_ns` on, until the next step. */
export interface Step<T> {
  at_ns: Nanoseconds;
  value: T;
}

export const countRoles = ['total', 'good', 'scrap', 'rework'] as const;
export type CountRole = (typeof countRoles)[number];

export interface RisingFacts extends DecreaseRule {
  /** In time order, with the last one at or before the start where there is one; many of them in columns. */
  readings: readonly Reading[] | Readings;
  /** When the source of the readings was watched, back to the first of them. */
  observed: readonly Interval[];
}

export interface CounterFacts extends RisingFacts {
  role: CountRole;
}

export interface RegisterFacts extends RisingFacts {
  carrier: string;
  direction: 'import' | 'export';
  /** Increments over at most this much time may be divided among the states in it. */
  apportion_ns?: Nanoseconds;
}

/** Items that people added to what was counted, or took away. */
export interface Correction {
  at_ns: Nanoseconds;
  good: NanoItems;
  scrap: NanoItems;
  rework: NanoItems;
}

/** Items of which people named the cause of their being scrap or rework. */
export interface NamedDefects {
  at_ns: Nanoseconds;
  items: NanoItems;
  /** The cause is one of start-up. */
  start_up: boolean;
}

/**
 * What is known of one asset over a stretch of time, as accounts need it: steps with the one that holds at the
 * start, readings with the one before the start, intervals disjoint and in order.
 */
export interface Facts {
  /** Whether the asset has a signal of its state at all; a meter has none. */
  reports_states: boolean;
  /** Shifts without breaks and without planned maintenance; empty for assets that report no states. */
  planned: readonly Interval[];
  /** Maintenance that the calendar plans within shifts, apart from `planned`; none unless given. */
  maintenance?: readonly Interval[];
  /** `undefined` is a state that nobody knows: bad quality, or a native state without a meaning. */
  states: readonly Step<CanonicalState | undefined>[];
  /** What the controller called each state; changes with the states. */
  reasons: readonly Step<string | undefined>[];
  /** When the source of the states was watched. */
  states_observed: readonly Interval[];
  /** Stops shorter than this are micro-stops; absent: none are told. */
  micro_stop_ns?: Nanoseconds;
  /** The order that is open, by its id; `undefined` while there is none, or none is known. */
  orders: readonly Step<string | undefined>[];
  /** The product being made, where it has a planned run time per item. */
  products: readonly Step<string | undefined>[];
  counters: readonly CounterFacts[];
  registers: readonly RegisterFacts[];
  /** By time; absent: none. */
  corrections?: readonly Correction[];
  /** By time; absent: none. */
  named_defects?: readonly NamedDefects[];
  /** When any source watched the asset. */
  seen: readonly Interval[];
}
