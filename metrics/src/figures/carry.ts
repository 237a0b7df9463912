import { type Asset, type Nanoseconds, nsFromMs, nsPerDay, signalsOf, storedTime } from '@benchline/model';
import type { Said } from '@benchline/store';
import { firstIndex, type Interval } from '../intervals.ts';
import {
  type Carry,
  type History,
  type Reads,
  readSaid,
  risingSignals,
  type Stated,
  saidOf,
  textSignals,
} from './history.ts';
import { lastNumber } from './said-numbers.ts';

/**
 * What is carried into an instant.
 * @param back_ns how much earlier states have to be known.
 * @throws BenchlineError `store_unavailable`.
 */
export async function carryOf(
  store: Reads,
  asset: Asset,
  at_ns: Nanoseconds,
  back_ns: Nanoseconds,
): Promise<Carry> {
  const machine = asset.id;
  const { before, recent } = await carried(store, asset, { at_ns, back_ns }, ({ signals, ...window }) =>
    readSaid(store, { ...window, texts: signals, numbers: [] }),
  );
  const observations = [...before.map(saidOf), ...recent.texts];
  const observed = await Promise.all(
    [...Map.groupBy(observations, (o) => o.source)].map(async ([source, said]) => {
      const from_ns = oldest(said);
      return [source, await store.observed({ machine, source, from_ns, to_ns: at_ns })] as const;
    }),
  );
  return { observations, observed: new Map(observed) };
}

/**
 * The observations that say what holds at an instant.
 * @param back_ns how much earlier states have to be known.
 * @throws BenchlineError `store_unavailable`.
 */
export async function carriedInto<O extends Stated>(
  store: Reads<O>,
  asset: Asset,
  at_ns: Nanoseconds,
  back_ns: Nanoseconds,
): Promise<readonly O[]> {
  const { before, recent } = await carried(store, asset, { at_ns, back_ns }, async (texts) =>
    texts.signals.length === 0 ? [] : await store.observations(texts),
  );
  return [...before, ...recent];
}

/** What was said last before states have to be known, and, read as somebody wants it, what was said of them since. */
async function carried<O extends Stated, R>(
  store: Reads<O>,
  asset: Asset,
  since: Since,
  read: (texts: RecentTexts) => Promise<R>,
): Promise<{ before: readonly O[]; recent: R }> {
  const last = await lastReadings(store, asset, since.at_ns);
  const texts = recentTexts(asset, since, last);
  const [before, recent] = await Promise.all([
    latestOf(store, { ...texts, at_ns: texts.from_ns }),
    read(texts),
  ]);
  return { before: [...last, ...before], recent };
}

/** What counters last read, with a value if they ever did. */
async function lastReadings<O extends Stated>(
  store: Reads<O>,
  asset: Asset,
  at_ns: Nanoseconds,
): Promise<readonly O[]> {
  const latest = await latestOf(store, { machine: asset.id, signals: risingSignals(asset), at_ns });
  return await Promise.all(latest.map(async (o) => (o.value === undefined ? await lastValue(store, o) : o)));
}

async function latestOf<O extends Stated>(
  store: Reads<O>,
  { machine, signals, at_ns }: Parameters<Reads['latest']>[0],
): Promise<readonly O[]> {
  return signals.length === 0 ? [] : await store.latest({ machine, signals, at_ns });
}

interface RecentTexts extends Interval {
  machine: string;
  signals: readonly string[];
}

/** Where states and circumstances lie that are within the reach of dividing energy. */
function recentTexts(asset: Asset, since: Since, last: readonly Stated[]): RecentTexts {
  const energy = energySignals(asset);
  const read = last.filter((o) => energy.has(o.signal)).map(storedTime);
  const from_ns = stepsSince(asset, since, read);
  return { machine: asset.id, signals: textSignals(asset), from_ns, to_ns: since.at_ns };
}

/** Increments of a register over at most so much time may be divided among the states in it. */
export function apportionNs({
  apportion_within_s = 0,
}: {
  apportion_within_s?: number | undefined;
}): Nanoseconds {
  return nsFromMs(apportion_within_s * 1000);
}

/** An instant, and how much earlier states have to be known at least; never 0, so that a change at it is told. */
interface Since {
  at_ns: Nanoseconds;
  back_ns: Nanoseconds;
}

/**
 * Since when states have to be known: of a reading, so that energy can be divided among them, and charged to a state
 * that has held since the reading before, said again meanwhile or not; and for as long as a stop may have lasted that
 * matters when it ends.
 * @param readings when registers were last read; what is longer ago than a day is charged to no state.
 */
function stepsSince(asset: Asset, { at_ns, back_ns }: Since, readings: readonly Nanoseconds[]): Nanoseconds {
  const reaches = signalsOf(asset, 'energy').map(([, signal]) => apportionNs(signal));
  const reach = reaches.reduce((longest, each) => (each > longest ? each : longest), back_ns);
  const read = readings.filter((read_ns) => read_ns >= at_ns - nsPerDay);
  return read.reduce((first, each) => (each < first ? each : first), at_ns - reach);
}

function energySignals(asset: Asset): ReadonlySet<string> {
  return new Set(signalsOf(asset, 'energy').map(([id]) => id));
}

/**
 * What a window hands on to the next: the last observation of each signal, of a counter the last with a value; of
 * states and circumstances also those that `stepsSince` says.
 */
export function carriedOn(asset: Asset, history: History, at_ns: Nanoseconds, back_ns: Nanoseconds): Carry {
  const energy = energySignals(asset);
  const rising = risingSignals(asset).flatMap((signal) => lastNumber(history.numbers(signal)) ?? []);
  const read = rising.filter(({ signal }) => energy.has(signal)).map((said) => said.at_ns);
  const since_ns = stepsSince(asset, { at_ns, back_ns }, read);
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

/** The last observation with a value before a bad one: a counter goes on from there. Looks back at most 64 days. */
async function lastValue<O extends Stated>(store: Reads<O>, bad: O): Promise<O> {
  let to_ns = storedTime(bad) - 1n;
  for (let span = nsPerDay / 1024n; span <= 64n * nsPerDay; span *= 4n) {
    const query = { machine: bad.machine, signals: [bad.signal], from_ns: to_ns - span, to_ns };
    const good = (await store.observations(query)).findLast((o) => o.value !== undefined);
    if (good) return good;
    to_ns = query.from_ns;
  }
  return bad;
}
