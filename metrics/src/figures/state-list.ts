import type { Asset, CanonicalState } from '@benchline/model';
import type { TelemetryStore } from '@benchline/store';
import { type Interval, overlay, subtract, union } from '../intervals.ts';
import { canonicalState, stateSignalOf, stepsOf } from './gather.ts';

export interface StateStretch extends Interval {
  state: CanonicalState | 'unobserved';
  /** What the controller said. */
  native?: string;
}

/**
 * The states of a machine over [from, to) without holes, in order. Where nobody looked, or the state has no
 * meaning, it is unobserved. Adjoining stretches of one state are one, by its canonical and native name.
 * @throws BenchlineError `store_unavailable`.
 */
export async function stateList(
  store: Pick<TelemetryStore, 'observations' | 'latest' | 'observed'>,
  asset: Asset,
  window: Interval,
): Promise<StateStretch[]> {
  const signal = stateSignalOf(asset);
  if (signal === undefined) return [{ ...window, state: 'unobserved' }];
  const query = { machine: asset.id, signals: [signal] };
  const said = [
    ...(await store.latest({ ...query, at_ns: window.from_ns })),
    ...(await store.observations({ ...query, ...window })),
  ];
  const sources = [...new Set(said.map((o) => o.source))];
  const watched = await Promise.all(
    sources.map((source) => store.observed({ machine: asset.id, source, ...window })),
  );
  const states = stepsOf(said, canonicalState).map(({ at_ns, value }, i, steps) => ({
    from_ns: at_ns,
    to_ns: steps[i + 1]?.at_ns ?? window.to_ns,
    state: value ?? ('unobserved' as const),
    native: said[i]?.native,
  }));
  const known = overlay(states, union(watched.flat()), ({ state, native }) => ({
    state,
    ...(typeof native === 'string' && state !== 'unobserved' && { native }),
  }));
  const unknown = subtract([window], known).map((i) => ({ ...i, state: 'unobserved' as const }));
  const all: StateStretch[] = [
    ...overlay(known, [window], ({ state, native }) => ({ state, ...(native !== undefined && { native }) })),
    ...unknown,
  ];
  return joined(all.sort((a, b) => (a.from_ns < b.from_ns ? -1 : 1)));
}

function joined(stretches: readonly StateStretch[]): StateStretch[] {
  const list: StateStretch[] = [];
  for (const stretch of stretches) {
    const last = list.at(-1);
    if (last && last.state === stretch.state && last.native === stretch.native) last.to_ns = stretch.to_ns;
    else list.push({ ...stretch });
  }
  return list;
}
