import {
  type Asset,
  type CanonicalState,
  canonicalStates,
  type MachineObservation,
  type Nanoseconds,
  nsFromMs,
  type PlantIndex,
  signalsOf,
  storedTime,
  type Value,
} from '@benchline/model';
import type { Said, SaidColumns, SaidNumbers, TelemetryStore } from '@benchline/store';
import type { CounterFacts, Facts, RegisterFacts, Step } from '../accounts/facts.ts';
import { numbersRead } from '../accounts/readings.ts';
import { amountOf, type Factor, itemFactor, unitFactor } from '../accounts/registers.ts';
import { plannedIntervals } from '../calendar/periods.ts';
import { firstIndex, type Interval, union } from '../intervals.ts';
import { inSequence, lastNumber, numbersOf, sourcesOf } from './said-numbers.ts';

export type Reads = Pick<TelemetryStore, 'observations' | 'said' | 'latest' | 'observed'>;

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
    carry: carriedOn(asset, history, span.to_ns),
    size: history.size,
  };
}

function factsOf(history: History, plant: PlantIndex, asset: Asset, span: Interval): Facts {
  const state = stateSignalOf(asset);
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
    const { carrier, register: direction } = signal;
    const apportion_ns = apportionNs(signal);
    return {
      carrier,
      direction,
      readings,
      observed: history.watched(id),
      ...rollover(signal, factor),
      ...(apportion_ns > 0n && { apportion_ns }),
    };
  });
  return {
    reports_states: state !== undefined,
    planned: state === undefined ? [] : plannedIntervals(asset.calendar, asset.time_zone, span),
    states: stepsOf(history.of(state), canonicalState),
    reasons: nativeSteps(history.of(state)),
    states_observed: history.watched(state),
    orders: stepsOf(context('order'), (text) =>
      text === undefined || text === '' ? undefined : String(text),
    ),
    products: productSteps(context('product'), asset, plant),
    counters,
    registers,
    seen: history.seen,
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

/** What holds, and what counters last read, at an instant; and when their sources were watched since then. */
export interface Carry {
  observations: readonly Said[];
  /** Up to the instant, by source. */
  observed: ReadonlyMap<string, readonly Interval[]>;
}

/** The signals that accounts are made of. */
function signalsRead(asset: Asset): string[] {
  return [...textSignals(asset), ...risingSignals(asset)];
}

/** What a machine does, and for what. */
function textSignals(asset: Asset): string[] {
  const state = stateSignalOf(asset);
  const contexts = signalsOf(asset, 'context').filter(
    ([, { role }]) => role === 'order' || role === 'product',
  );
  return [...(state === undefined ? [] : [state]), ...contexts.map(([id]) => id)];
}

function risingSignals(asset: Asset): string[] {
  return [...signalsOf(asset, 'count'), ...signalsOf(asset, 'energy')].map(([id]) => id);
}

/** @throws BenchlineError `store_unavailable`. */
export async function carryOf(store: Reads, asset: Asset, at_ns: Nanoseconds): Promise<Carry> {
  const machine = asset.id;
  const observations = (await carriedInto(store, asset, at_ns)).map(saidOf);
  const observed = await Promise.all(
    [...Map.groupBy(observations, (o) => o.source)].map(async ([source, said]) => {
      const from_ns = oldest(said);
      return [source, await store.observed({ machine, source, from_ns, to_ns: at_ns })] as const;
    }),
  );
  return { observations, observed: new Map(observed) };
}

/** The observations that say what holds at an instant. @throws BenchlineError `store_unavailable`. */
export async function carriedInto(
  store: Reads,
  asset: Asset,
  at_ns: Nanoseconds,
): Promise<readonly MachineObservation[]> {
  const signals = signalsRead(asset);
  if (signals.length === 0) return [];
  const rising = new Set(risingSignals(asset));
  const last = await Promise.all(
    (await store.latest({ machine: asset.id, signals, at_ns })).map(async (o) =>
      rising.has(o.signal) && o.value === undefined ? await lastValue(store, o) : o,
    ),
  );
  return await withRecent(store, asset, last, at_ns);
}

function apportionNs({ apportion_within_s = 0 }: { apportion_within_s?: number | undefined }): Nanoseconds {
  return nsFromMs(apportion_within_s * 1000);
}

/**
 * How far back states have to be known: of a reading, so that energy can be divided among them; of a change at the
 * very instant at which a span begins, so that it is known what it changed from.
 */
function stepReach(asset: Asset): Nanoseconds {
  const reaches = signalsOf(asset, 'energy').map(([, signal]) => apportionNs(signal));
  return reaches.reduce((longest, reach) => (reach > longest ? reach : longest), 1n);
}

/** Puts what states and circumstances were within the reach of dividing energy before what they last were. */
async function withRecent(
  store: Reads,
  asset: Asset,
  last: readonly MachineObservation[],
  at_ns: Nanoseconds,
): Promise<readonly MachineObservation[]> {
  const rising = new Set(risingSignals(asset));
  const signals = signalsRead(asset).filter((signal) => !rising.has(signal));
  if (signals.length === 0) return last;
  const machine = asset.id;
  const from_ns = at_ns - stepReach(asset);
  const [before, recent] = await Promise.all([
    store.latest({ machine, signals, at_ns: from_ns }),
    store.observations({ machine, signals, from_ns, to_ns: at_ns }),
  ]);
  return [...last.filter((o) => rising.has(o.signal)), ...before, ...recent];
}

/**
 * What a window hands on to the next: the last observation of each signal, of a counter the last with a value; of
 * states and circumstances also those within the reach of dividing energy.
 */
function carriedOn(asset: Asset, history: History, at_ns: Nanoseconds): Carry {
  const recent = at_ns - stepReach(asset);
  const observations = [
    ...textSignals(asset).flatMap((signal) => {
      const said = history.of(signal);
      return said.slice(Math.max(0, firstIndexAfter(said, recent) - 1));
    }),
    ...risingSignals(asset).flatMap((signal) => lastNumber(history.numbers(signal)) ?? []),
  ];
  const since = new Map(
    [...Map.groupBy(observations, (o) => o.source)].map(([source, said]) => [source, oldest(said)]),
  );
  const observed = [...history.bySource].flatMap(([source, intervals]) => {
    const from_ns = since.get(source);
    return from_ns === undefined ? [] : [[source, intervals.filter((i) => i.to_ns > from_ns)] as const];
  });
  return { observations, observed: new Map(observed) };
}

function firstIndexAfter(said: readonly Said[], at_ns: Nanoseconds): number {
  return firstIndex(said, (o) => o.at_ns > at_ns);
}

function oldest(observations: readonly Said[]): Nanoseconds {
  return observations.map((o) => o.at_ns).reduce((a, b) => (a < b ? a : b));
}

/** What was said in a window and what it began with, and when the sources of each signal were watched. */
interface History {
  of(signal: string | undefined): readonly Said[];
  numbers(signal: string): SaidNumbers;
  watched(signal: string | undefined): Interval[];
  seen: readonly Interval[];
  bySource: ReadonlyMap<string, readonly Interval[]>;
  /** How many observations lie in the window. */
  size: number;
}

async function readHistory(store: Reads, asset: Asset, window: Interval, carry: Carry): Promise<History> {
  const machine = asset.id;
  const query = { machine, texts: textSignals(asset), numbers: risingSignals(asset), ...window };
  const [within, seen] = await Promise.all([readSaid(store, query), store.observed({ machine, ...window })]);
  const rising = new Set(query.numbers);
  const carried = Map.groupBy(carry.observations, ({ signal }) => signal);
  const texts = Map.groupBy(
    [...carry.observations.filter(({ signal }) => !rising.has(signal)), ...within.texts],
    ({ signal }) => signal,
  );
  const said = new Map(within.numbers.map((numbers) => [numbers.signal, numbers]));
  const numbers = new Map(
    query.numbers.map((signal) => {
      const before = numbersOf(signal, carried.get(signal) ?? []);
      return [signal, inSequence(before, said.get(signal) ?? numbersOf(signal, []))];
    }),
  );
  const sources = new Map<string, readonly string[]>([
    ...[...texts].map(([signal, list]) => [signal, [...new Set(list.map(({ source }) => source))]] as const),
    ...[...numbers].map(([signal, columns]) => [signal, sourcesOf(columns)] as const),
  ]);
  const watched = await Promise.all(
    [...new Set([...sources.values()].flat())].map(
      async (source) => [source, await store.observed({ machine, source, ...window })] as const,
    ),
  );
  const bySource = new Map(
    watched.map(([source, now]) => [source, union([...(carry.observed.get(source) ?? []), ...now])]),
  );
  return {
    of: (signal) => (signal === undefined ? [] : (texts.get(signal) ?? [])),
    numbers: (signal) => numbers.get(signal) ?? numbersOf(signal, []),
    watched: (signal) =>
      union((signal === undefined ? [] : (sources.get(signal) ?? [])).flatMap((s) => bySource.get(s) ?? [])),
    seen,
    bySource,
    size: within.numbers.reduce((sum, { at_ns }) => sum + at_ns.length, within.texts.length),
  };
}

async function readSaid(
  store: Reads,
  query: { machine: string; texts: readonly string[]; numbers: readonly string[] } & Interval,
): Promise<SaidColumns> {
  const { texts, numbers, ...window } = query;
  const signals = [...texts, ...numbers];
  if (signals.length === 0) return { texts: [], numbers: [] };
  if (store.said) return await store.said(query);
  const said = (await store.observations({ ...window, signals })).map(saidOf);
  const bySignal = Map.groupBy(said, ({ signal }) => signal);
  return {
    texts: texts.flatMap((signal) => bySignal.get(signal) ?? []),
    numbers: numbers.map((signal) => numbersOf(signal, bySignal.get(signal) ?? [])),
  };
}

export function saidOf(o: MachineObservation): Said {
  return { signal: o.signal, source: o.source, at_ns: storedTime(o), value: o.value, native: o.native };
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

function rollover(
  signal: { on_decrease: 'reset' | 'rollover'; rollover_at?: number | undefined },
  factor: Factor,
): { rollover_at?: bigint } {
  if (signal.on_decrease !== 'rollover' || signal.rollover_at === undefined) return {};
  const rollover_at = amountOf(signal.rollover_at, factor);
  return rollover_at === undefined ? {} : { rollover_at };
}

const everBefore: Nanoseconds = -(2n ** 63n);

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
