import {
  type Asset,
  type MachineObservation,
  type Nanoseconds,
  observationFileLine,
  type PlantIndex,
  scopeOf,
} from '@benchline/model';
import type { TelemetryStore } from '@benchline/store';
import { microStopNs, microStopReach } from '../accounts/micro-stops.ts';
import { observationStretches } from '../api/observation-lines.ts';
import { EntryBook } from '../entries/entry-book.ts';
import { relevantEntries } from '../entries/stretches.ts';
import { carriedInto } from '../figures/carry.ts';
import { type Interval, subtract } from '../intervals.ts';

/**
 * Everything that figures of a window depend on, as lines of an observation file: what held at its start, the
 * observations in it, when sources watched, declared gaps, and what people entered. Read from the file, the figures of the window are
 * those that the store gives.
 * @param plant whose rules say how much earlier than the window states matter.
 * @throws BenchlineError `store_unavailable`.
 */
export async function* exportLines(
  { store, plant }: { store: TelemetryStore; plant: PlantIndex },
  assets: readonly Asset[],
  window: Interval,
): AsyncGenerator<string> {
  const back_ns = microStopReach(microStopNs(plant));
  for (const asset of assets) {
    const before = await heldAt(store, asset, window.from_ns, back_ns);
    const sources = new Set(before.map(({ source }) => source));
    yield before.map((observation) => line({ kind: 'observation', observation })).join('');
    for await (const observations of observationStretches(store, asset, window)) {
      for (const { source } of observations) sources.add(source);
      yield observations.map((observation) => line({ kind: 'observation', observation })).join('');
    }
    const from_ns = before.reduce(
      (least, o) => (o.source_time_ns < least ? o.source_time_ns : least),
      window.from_ns,
    );
    yield* claimLines(store, asset, { from_ns, to_ns: window.to_ns }, sources);
    for (const gap of await store.gaps({ machine: asset.id, ...window })) yield line({ kind: 'gap', gap });
  }
  yield* entryLines(store, assets, { ...window, from_ns: window.from_ns - back_ns });
}

/** Entries about the assets and about every scope that they stand in, as far as they hold and matter to a window. */
async function* entryLines(
  store: TelemetryStore,
  assets: readonly Asset[],
  window: Interval,
): AsyncGenerator<string> {
  const book = new EntryBook(store);
  const above = assets.flatMap((asset) => {
    const path = scopeOf(asset).split('/');
    return path.slice(0, -1).map((_, i) => path.slice(0, i + 1).join('/'));
  });
  for (const subject of new Set([...assets.map(({ id }) => id), ...above]))
    for (const entry of relevantEntries(await book.of(subject), window)) yield line({ kind: 'entry', entry });
}

async function heldAt(
  store: TelemetryStore,
  asset: Asset,
  at_ns: Nanoseconds,
  back_ns: Nanoseconds,
): Promise<MachineObservation[]> {
  const signals = Object.keys(asset.type.signals);
  const newest = await store.latest({ machine: asset.id, signals, at_ns });
  // A counter that last said Bad is carried by its last value.
  const held = [...newest, ...(await carriedInto(store, asset, at_ns, back_ns))];
  return [...new Map(held.map((o) => [`${o.signal} ${o.source_time_ns} ${o.ordinal}`, o])).values()];
}

/** A source that watched and said nothing is not known by name; what only it watched goes by `other`. */
async function* claimLines(
  store: TelemetryStore,
  { id: machine }: Asset,
  span: Interval,
  sources: ReadonlySet<string>,
): AsyncGenerator<string> {
  let rest = await store.observed({ machine, ...span });
  for (const source of sources) {
    const watched = await store.observed({ machine, source, ...span });
    rest = subtract(rest, watched);
    yield claims(machine, source, watched);
  }
  yield claims(machine, 'other', rest);
}

function claims(machine: string, source: string, watched: readonly Interval[]): string {
  return watched
    .map(({ from_ns, to_ns }) =>
      line({ kind: 'observed', observed: { machine, source, from_ns, until_ns: to_ns } }),
    )
    .join('');
}

function line(item: Parameters<typeof observationFileLine>[0]): string {
  return `${observationFileLine(item)}\n`;
}
