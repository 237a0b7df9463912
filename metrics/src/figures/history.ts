import { type Asset, type MachineObservation, signalsOf, storedTime } from '@benchline/model';
import {
  type Said,
  type SaidColumns,
  type SaidNumbers,
  saidKinds,
  type TelemetryStore,
} from '@benchline/store';
import { always, everAfter, everBefore, type Interval, intersect, union } from '../intervals.ts';
import { inSequence, numbersOf, sourcesOf } from './said-numbers.ts';

/** An observation as far as figures need it. */
export type Stated = Pick<
  MachineObservation,
  'machine' | 'signal' | 'source' | 'source_time_ns' | 'ordinal' | 'value' | 'native'
>;

/** What figures read of a store, or of what stands before one. */
export interface Reads<O extends Stated = Stated> extends Pick<TelemetryStore, 'said' | 'observed'> {
  observations(query: Parameters<TelemetryStore['observations']>[0]): Promise<O[]>;
  latest(query: Parameters<TelemetryStore['latest']>[0]): Promise<O[]>;
}

/** What holds, and what counters last read, at an instant; and when their sources were watched since then. */
export interface Carry {
  observations: readonly Said[];
  /** Up to the instant, by source. */
  observed: ReadonlyMap<string, readonly Interval[]>;
}

/** The signal that says the state of a machine; meters have none. Of several the plant file's first. */
export function stateSignalOf(asset: Asset): string | undefined {
  return asset.kind === 'machine' ? signalsOf(asset, 'state')[0]?.[0] : undefined;
}

/** What a machine does, and for what. */
export function textSignals(asset: Asset): string[] {
  const state = stateSignalOf(asset);
  const contexts = signalsOf(asset, 'context').filter(
    ([, { role }]) => role === 'order' || role === 'product',
  );
  return [...(state === undefined ? [] : [state]), ...contexts.map(([id]) => id)];
}

export function risingSignals(asset: Asset): string[] {
  return [...signalsOf(asset, 'count'), ...signalsOf(asset, 'energy')].map(([id]) => id);
}

/** What was said in a window and what it began with, and when the sources of each signal were watched. */
export interface History {
  of(signal: string | undefined): readonly Said[];
  numbers(signal: string): SaidNumbers;
  watched(signal: string | undefined): Interval[];
  seen: readonly Interval[];
  bySource: ReadonlyMap<string, readonly Interval[]>;
  /** How many observations lie in the window. */
  size: number;
}

export async function readHistory(
  store: Reads,
  asset: Asset,
  window: Interval,
  carry: Carry,
): Promise<History> {
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
  const speakers = new Map<string, readonly Speaker[]>([
    ...[...texts].map(([signal, list]) => [signal, speakersOf(list)] as const),
    ...[...numbers].map(([signal, columns]) => [signal, speakersOfNumbers(columns)] as const),
  ]);
  const watched = await Promise.all(
    [...new Set([...speakers.values()].flatMap((list) => list.map(({ source }) => source)))].map(
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
      union(
        (signal === undefined ? [] : (speakers.get(signal) ?? [])).flatMap(({ source, ...holds }) =>
          intersect(bySource.get(source) ?? [], [holds]),
        ),
      ),
    seen,
    bySource,
    size: within.numbers.reduce((sum, { at_ns }) => sum + at_ns.length, within.texts.length),
  };
}

/**
 * Whose word of a signal holds: a source's from its own to the next one's. That another source was watched, which has not
 * said anything yet or no longer does, tells nothing of the signal.
 */
interface Speaker extends Interval {
  source: string;
}

function speakersOf(said: readonly Pick<Said, 'source' | 'at_ns'>[]): Speaker[] {
  const speakers: Speaker[] = [];
  for (const { source, at_ns } of said) {
    const last = speakers.at(-1);
    if (last?.source === source) continue;
    if (last) last.to_ns = at_ns;
    speakers.push({ source, from_ns: last ? at_ns : everBefore, to_ns: everAfter });
  }
  return speakers;
}

function speakersOfNumbers(numbers: SaidNumbers): Speaker[] {
  const { source, at_ns, kinds } = numbers;
  if (typeof source === 'string') return sourcesOf(numbers).map((only) => ({ source: only, ...always }));
  const told = source.map((name, row) => ({ source: name, at_ns: at_ns[row]!, kind: kinds[row] }));
  return speakersOf(told.filter(({ kind }) => kind !== saidKinds.none));
}

/** From columns where the store has them. @throws BenchlineError `store_unavailable`. */
export async function readSaid(
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

export function saidOf(o: Stated): Said {
  return { signal: o.signal, source: o.source, at_ns: storedTime(o), value: o.value, native: o.native };
}
