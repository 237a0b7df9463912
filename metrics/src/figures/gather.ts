import {
  type Asset,
  type CanonicalState,
  canonicalStates,
  type PlantIndex,
  signalsOf,
  type Value,
} from '@benchline/model';
import type { Said } from '@benchline/store';
import type { CounterFacts, Facts, RegisterFacts, Step } from '../accounts/facts.ts';
import { microStopNs, microStopReach } from '../accounts/micro-stops.ts';
import { numbersRead } from '../accounts/readings.ts';
import { amountOf, type Factor, itemFactor, unitFactor } from '../accounts/registers.ts';
import { maintenanceIntervals, plannedIntervals } from '../calendar/periods.ts';
import { everBefore, type Interval } from '../intervals.ts';
import { apportionNs, carriedOn } from './carry.ts';
import { type Carry, type History, type Reads, readHistory, stateSignalOf } from './history.ts';

/** What accounts of any part of a span are made of. */
export interface Gathered {
  facts: Facts;
  /** What the span hands on to the next. */
  carry: Carry;
  /** How many observations were read. */
  size: number;
}

/**
 * Reads from the store what accounts of an asset over any part of (from, to] need; `carry` is what holds at its
 * start.
 * @throws BenchlineError `store_unavailable`.
 */
export async function gather(
  store: Reads,
  plant: PlantIndex,
  asset: Asset,
  span: Interval,
  carry: Carry,
): Promise<Gathered> {
  const history = await readHistory(store, asset, span, carry);
  return {
    facts: factsOf(history, plant, asset, span),
    carry: carriedOn(asset, history, span.to_ns, microStopReach(microStopNs(plant))),
    size: history.size,
  };
}

function factsOf(history: History, plant: PlantIndex, asset: Asset, span: Interval): Facts {
  const state = stateSignalOf(asset);
  const micro_stop_ns = microStopNs(plant);
  const shifts = { ...span, from_ns: span.from_ns - microStopReach(micro_stop_ns) };
  const context = (role: 'order' | 'product') =>
    history.of(signalsOf(asset, 'context').find(([, signal]) => signal.role === role)?.[0]);
  const counters = signalsOf(asset, 'count').map(([id, signal]): CounterFacts => {
    const factor = itemFactor(signal.counts_per_item);
    const readings = numbersRead(history.numbers(id), factor);
    return { role: signal.role, readings, observed: history.watched(id), ...rollover(signal, factor) };
  });
  const registers = signalsOf(asset, 'energy').map(([id, signal]): RegisterFacts => {
    const factor = unitFactor(signal.unit);
    const readings = numbersRead(history.numbers(id), factor);
    const { carrier, register } = signal;
    const apportion_ns = apportionNs(signal);
    return {
      carrier,
      direction: register === 'export' ? 'export' : 'import',
      readings,
      observed: history.watched(id),
      ...(register === 'net' ? { may_fall: true } : rollover(signal, factor)),
      ...(apportion_ns > 0n && { apportion_ns }),
    };
  });
  return {
    reports_states: state !== undefined,
    planned: state === undefined ? [] : plannedIntervals(asset.calendar, asset.time_zone, shifts),
    maintenance: state === undefined ? [] : maintenanceIntervals(asset.calendar, asset.time_zone, shifts),
    states: stepsOf(history.of(state), canonicalState),
    reasons: nativeSteps(history.of(state)),
    states_observed: history.watched(state),
    micro_stop_ns,
    orders: stepsOf(context('order'), (text) =>
      text === undefined || text === '' ? undefined : String(text),
    ),
    products: productSteps(context('product'), asset, plant),
    counters,
    registers,
    seen: history.seen,
  };
}

/** The canonical state that a gateway's mapping stored; undefined for bad quality and for what no mapping said. */
export function canonicalState(value: Value | undefined): CanonicalState | undefined {
  return canonicalStates.find((state) => state === value);
}

/** What the controller called its states, where the mapping kept it. */
export function nativeSteps(states: readonly Said[]): Step<string | undefined>[] {
  return states.map(({ at_ns, native }) => ({
    at_ns,
    value: typeof native === 'string' ? native : undefined,
  }));
}

export function stepsOf<T>(said: readonly Said[], of: (value: Value | undefined) => T): Step<T>[] {
  return said.map(({ at_ns, value }) => ({ at_ns, value: of(value) }));
}

function rollover(
  signal: { on_decrease: 'reset' | 'rollover'; rollover_at?: number | undefined },
  factor: Factor,
): { rollover_at?: bigint } {
  if (signal.on_decrease !== 'rollover' || signal.rollover_at === undefined) return {};
  const rollover_at = amountOf(signal.rollover_at, factor);
  return rollover_at === undefined ? {} : { rollover_at };
}

/**
 * What the machine makes: its signal's word, or what the plant file says while the signal says nothing. A product
 * that the plant file does not list has no planned run time, so nothing can be rated by it.
 */
function productSteps(
  observations: readonly Said[],
  asset: Asset,
  plant: PlantIndex,
): Step<string | undefined>[] {
  const usual = asset.product?.id;
  const named = (value: Value | undefined) => {
    if (value === '') return usual;
    return typeof value === 'string' && plant.products.has(value) ? value : undefined;
  };
  return [{ at_ns: everBefore, value: usual }, ...stepsOf(observations, named)];
}
