import type { Asset, CanonicalState } from '@benchline/model';
import { type Interval, overlay, subtract, union } from '../intervals.ts';
import { canonicalState, type Reads, stateSignalOf, stepsOf } from './gather.ts';
import type { Summary } from './piece-book.ts';

export interface StateStretch extends Interval {
  state: CanonicalState | 'unobserved';
  /** What the controller said. */
  native?: string;
}

/**
 * The states of a machine without holes, in order. Where nobody looked, or the state has no meaning, it is
 * unobserved. Adjoining stretches of one state are one, by its canonical and native name.
 */
export function stateSummary(store: Reads): Summary<readonly StateStretch[]> {
  return {
    empty: [],
    merge: joined,
    async read(asset, span) {
      const known = await knownStates(store, asset, span);
      const of = (window: Interval) => {
        const inside = overlay(known, [window], nameOf);
        const unknown = subtract([window], inside).map((i) => ({ ...i, state: 'unobserved' as const }));
        return joined(
          [],
          [...inside, ...unknown].sort((a, b) => (a.from_ns < b.from_ns ? -1 : 1)),
        );
      };
      return { of, size: known.length };
    },
  };
}

/** Where the state was watched and has a meaning. */
async function knownStates(store: Reads, asset: Asset, span: Interval): Promise<StateStretch[]> {
  const signal = stateSignalOf(asset);
  if (signal === undefined) return [];
  const machine = asset.id;
  const signals = [signal];
  const [before, within] = await Promise.all([
    store.latest({ machine, signals, at_ns: span.from_ns }),
    store.observations({ machine, signals, ...span }),
  ]);
  const said = [...before, ...within];
  const sources = [...new Set(said.map((o) => o.source))];
  const watched = await Promise.all(sources.map((source) => store.observed({ machine, source, ...span })));
  const steps = stepsOf(said, canonicalState);
  const stretches = steps.flatMap(({ at_ns, value: state }, i): StateStretch[] => {
    const native = said[i]?.native;
    const interval = { from_ns: at_ns, to_ns: steps[i + 1]?.at_ns ?? span.to_ns };
    return state ? [{ ...interval, state, ...(typeof native === 'string' && { native }) }] : [];
  });
  return overlay(stretches, union(watched.flat()), nameOf);
}

function nameOf({ state, native }: StateStretch): Omit<StateStretch, keyof Interval> {
  return { state, ...(native !== undefined && { native }) };
}

function joined(first: readonly StateStretch[], second: readonly StateStretch[]): StateStretch[] {
  const list = [...first];
  for (const stretch of second) {
    const last = list.at(-1);
    if (last && last.state === stretch.state && last.native === stretch.native)
      list[list.length - 1] = { ...last, to_ns: stretch.to_ns };
    else list.push(stretch);
  }
  return list;
}
