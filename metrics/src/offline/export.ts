import { type Asset, type MachineObservation, observationFileLine } from '@benchline/model';
import type { TelemetryStore } from '@benchline/store';
import { observationStretches } from '../api/observation-lines.ts';
import { carryOf } from '../figures/gather.ts';
import { type Interval, subtract } from '../intervals.ts';

/**
 * Everything that figures of a window depend on, as lines of an observation file: what held at its start, the
 * observations in it, when sources watched, and declared gaps. Read from the file, the figures of the window are
 * those that the store gives.
 * @throws BenchlineError `store_unavailable`.
 */
export async function* exportLines(
  store: TelemetryStore,
  assets: readonly Asset[],
  window: Interval,
): AsyncGenerator<string> {
  for (const asset of assets) {
    const before = await heldAt(store, asset, window);
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
}

async function heldAt(
  store: TelemetryStore,
  asset: Asset,
  { from_ns }: Interval,
): Promise<MachineObservation[]> {
  const signals = Object.keys(asset.type.signals);
  const newest = await store.latest({ machine: asset.id, signals, at_ns: from_ns });
  // A counter that last said Bad is carried by its last value.
  const { observations } = await carryOf(store, asset, from_ns);
  const held = [...newest, ...observations];
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
