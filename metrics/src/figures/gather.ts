import {
  type Asset,
  type CanonicalState,
  canonicalStates,
  type MachineObservation,
  type Nanoseconds,
  type PlantIndex,
  signalsOf,
  storedTime,
  type Value,
} from '@benchline/model';
import type { TelemetryStore } from '@benchline/store';
import type { CounterFacts, Facts, RegisterFacts, Step } from '../accounts/facts.ts';
import { nanoItemsOf, nanoKwhOf, type Reading } from '../accounts/registers.ts';
import { plannedIntervals } from '../calendar/periods.ts';
import { type Interval, union } from '../intervals.ts';

type Reads = Pick<TelemetryStore, 'observations' | 'latest' | 'observed'>;

/**
 * Reads from the store what accounts of an asset over any part of (from, to] need.
 * @throws BenchlineError `store_unavailable`.
 */
export async function gatherFacts(
  store: Reads,
  plant: PlantIndex,
  asset: Asset,
  window: Interval,
): Promise<Facts> {
  const state = stateSignalOf(asset);
  const counts = signalsOf(asset, 'count');
  const energies = signalsOf(asset, 'energy');
  const contexts = signalsOf(asset, 'context').filter(
    ([, { role }]) => role === 'order' || role === 'product',
  );
  const rising = [...counts, ...energies].map(([id]) => id);
  const history = await readHistory(store, asset.id, {
    signals: [...(state ? [state] : []), ...rising, ...contexts.map(([id]) => id)],
    rising,
    window,
  });
  const context = (role: 'order' | 'product') => contexts.find(([, signal]) => signal.role === role)?.[0];
  const watched = await readObserved(store, asset.id, history, window);

  const counters = counts.map(([id, signal]): CounterFacts => {
    const value = (v: Value | undefined) => nanoItemsOf(v, signal.counts_per_item);
    const readings = readingsOf(history.of(id), value);
    return { role: signal.role, readings, observed: watched.of(id), ...rollover(signal, value) };
  });
  const registers = energies.map(([id, signal]): RegisterFacts => {
    const value = (v: Value | undefined) => nanoKwhOf(v, signal.unit);
    const readings = readingsOf(history.of(id), value);
    const { carrier, register: direction } = signal;
    return { carrier, direction, readings, observed: watched.of(id), ...rollover(signal, value) };
  });
  return {
    planned: state === undefined ? [] : plannedIntervals(asset.calendar, asset.time_zone, window),
    states: state === undefined ? [] : stepsOf(history.of(state), canonicalState),
    states_observed: state === undefined ? [] : watched.of(state),
    orders: stepsOf(history.of(context('order')), (text) => text !== undefined && text !== ''),
    products: productSteps(history.of(context('product')), asset, plant),
    counters,
    registers,
    seen: watched.any,
  };
}

/** The signal that says the state of a machine; meters have none. Of several the plant file's first. */
export function stateSignalOf(asset: Asset): string | undefined {
  return asset.kind === 'machine' ? signalsOf(asset, 'state')[0]?.[0] : undefined;
}

/** The canonical state that a gateway's mapping stored; undefined for bad quality and for what no mapping said. */
export function canonicalState(value: Value | undefined): CanonicalState | undefined {
  return canonicalStates.find((state) => state === value);
}

export function stepsOf<T>(
  observations: readonly MachineObservation[],
  of: (value: Value | undefined) => T,
): Step<T>[] {
  return observations.map((o) => ({ at_ns: storedTime(o), value: of(o.value) }));
}

interface History {
  of(signal: string | undefined): readonly MachineObservation[];
  all: readonly MachineObservation[];
}

async function readHistory(
  store: Reads,
  machine: string,
  query: { signals: readonly string[]; rising: readonly string[]; window: Interval },
): Promise<History> {
  const { signals, rising, window } = query;
  if (signals.length === 0) return { of: () => [], all: [] };
  const [before, within] = await Promise.all([
    store.latest({ machine, signals, at_ns: window.from_ns }),
    store.observations({ machine, signals, ...window }),
  ]);
  const bases = await Promise.all(
    before.map((o) => (rising.includes(o.signal) && o.value === undefined ? lastValue(store, o) : o)),
  );
  const all = [...bases, ...within];
  const bySignal = Map.groupBy(all, (o) => o.signal);
  return { all, of: (signal) => bySignal.get(signal ?? '') ?? [] };
}

const dayNs = 86_400_000_000_000n;

/** The last observation with a value before a bad one: a counter goes on from there. Looks back at most 64 days. */
async function lastValue(store: Reads, bad: MachineObservation): Promise<MachineObservation> {
  let to_ns = storedTime(bad) - 1n;
  for (let span = dayNs / 1024n; span <= 64n * dayNs; span *= 4n) {
    const query = { machine: bad.machine, signals: [bad.signal], from_ns: to_ns - span, to_ns };
    const good = (await store.observations(query)).findLast((o) => o.value !== undefined);
    if (good) return good;
    to_ns = query.from_ns;
  }
  return bad;
}

/** When the sources of each signal were watched, back to the readings before the window. */
async function readObserved(store: Reads, machine: string, history: History, window: Interval) {
  const from_ns = history.all.reduce(
    (least, o) => (storedTime(o) < least ? storedTime(o) : least),
    window.from_ns,
  );
  const sources = [...new Set(history.all.map((o) => o.source))];
  const [any, ...each] = await Promise.all([
    store.observed({ machine, ...window }),
    ...sources.map((source) => store.observed({ machine, source, from_ns, to_ns: window.to_ns })),
  ]);
  const bySource = new Map(sources.map((source, i) => [source, each[i] ?? []]));
  return {
    any,
    of(signal: string): Interval[] {
      const said = new Set(history.of(signal).map((o) => o.source));
      return union([...said].flatMap((source) => bySource.get(source) ?? []));
    },
  };
}

function readingsOf(
  observations: readonly MachineObservation[],
  value: (v: Value | undefined) => bigint | undefined,
): Reading[] {
  return observations.flatMap((o) => {
    const read = value(o.value);
    return read === undefined ? [] : [{ at_ns: storedTime(o), value: read }];
  });
}

function rollover(
  signal: { on_decrease: 'reset' | 'rollover'; rollover_at?: number | undefined },
  value: (v: Value) => bigint | undefined,
): { rollover_at?: bigint } {
  if (signal.on_decrease !== 'rollover' || signal.rollover_at === undefined) return {};
  const rollover_at = value(signal.rollover_at);
  return rollover_at === undefined ? {} : { rollover_at };
}

const everBefore: Nanoseconds = -(2n ** 63n);

/**
 * What the machine makes: its signal's word, or what the plant file says while the signal says nothing. A product
 * that the plant file does not list has no planned run time, so nothing can be rated by it.
 */
function productSteps(
  observations: readonly MachineObservation[],
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
