import {
  type Asset,
  type MachineObservation,
  type Nanoseconds,
  nsFromMs,
  signalsOf,
  storedTime,
} from '@benchline/model';
import type { Said } from '@benchline/store';
import { firstIndex } from '../intervals.ts';
import { type Carry, type History, type Reads, risingSignals, saidOf, textSignals } from './history.ts';
import { lastNumber } from './said-numbers.ts';

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
  const signals = risingSignals(asset);
  const latest = signals.length === 0 ? [] : await store.latest({ machine: asset.id, signals, at_ns });
  const last = await Promise.all(
    latest.map(async (o) => (o.value === undefined ? await lastValue(store, o) : o)),
  );
  return await withRecent(store, asset, last, at_ns);
}

/** Increments of a register over at most so much time may be divided among the states in it. */
export function apportionNs({
  apportion_within_s = 0,
}: {
  apportion_within_s?: number | undefined;
}): Nanoseconds {
  return nsFromMs(apportion_within_s * 1000);
}

/**
 * Since when states have to be known: of a reading, so that energy can be divided among them, and charged to a state
 * that has held since the reading before, said again meanwhile or not; of a change at the very instant at which a span
 * begins, so that it is known what it changed from.
 * @param readings when registers were last read; what is longer ago than a day is charged to no state.
 */
function stepsSince(asset: Asset, at_ns: Nanoseconds, readings: readonly Nanoseconds[]): Nanoseconds {
  const reaches = signalsOf(asset, 'energy').map(([, signal]) => apportionNs(signal));
  const reach = reaches.reduce((longest, each) => (each > longest ? each : longest), 1n);
  const read = readings.filter((read_ns) => read_ns >= at_ns - dayNs);
  return read.reduce((first, each) => (each < first ? each : first), at_ns - reach);
}

function energySignals(asset: Asset): ReadonlySet<string> {
  return new Set(signalsOf(asset, 'energy').map(([id]) => id));
}

/** What counters last read, and what states and circumstances were within the reach of dividing energy. */
async function withRecent(
  store: Reads,
  asset: Asset,
  last: readonly MachineObservation[],
  at_ns: Nanoseconds,
): Promise<readonly MachineObservation[]> {
  const signals = textSignals(asset);
  if (signals.length === 0) return last;
  const machine = asset.id;
  const energy = energySignals(asset);
  const read = last.filter((o) => energy.has(o.signal)).map(storedTime);
  const from_ns = stepsSince(asset, at_ns, read);
  const [before, recent] = await Promise.all([
    store.latest({ machine, signals, at_ns: from_ns }),
    store.observations({ machine, signals, from_ns, to_ns: at_ns }),
  ]);
  return [...last, ...before, ...recent];
}

/**
 * What a window hands on to the next: the last observation of each signal, of a counter the last with a value; of
 * states and circumstances also those within the reach of dividing energy.
 */
export function carriedOn(asset: Asset, history: History, at_ns: Nanoseconds): Carry {
  const energy = energySignals(asset);
  const rising = risingSignals(asset).flatMap((signal) => lastNumber(history.numbers(signal)) ?? []);
  const read = rising.filter(({ signal }) => energy.has(signal)).map((said) => said.at_ns);
  const since_ns = stepsSince(asset, at_ns, read);
  const observations = [
    ...textSignals(asset).flatMap((signal) => {
      const said = history.of(signal);
      return said.slice(Math.max(0, firstIndexAfter(said, since_ns) - 1));
    }),
    ...rising,
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
