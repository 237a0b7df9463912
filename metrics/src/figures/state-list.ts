import type { Asset, CanonicalState, Entry } from '@benchline/model';
import { stretches } from '../accounts/known.ts';
import { reasonsWith, stateStretches } from '../entries/effect.ts';
import type { EntryBook } from '../entries/entry-book.ts';
import { laidOver, type Stretch } from '../entries/overlay.ts';
import { relevantEntries } from '../entries/stretches.ts';
import { clippedTo, type Interval, overlay, subtract, union } from '../intervals.ts';
import { canonicalState, nativeSteps, stepsOf } from './gather.ts';
import { type Reads, saidOf, stateSignalOf } from './history.ts';
import type { Summary } from './piece-book.ts';

export interface StateStretch extends Interval {
  state: CanonicalState | 'unobserved';
  /** What the controller said. */
  native?: string;
  /** Why, as a person named it. */
  reason_code?: string;
}

/**
 * The states of a machine without holes, in order. Where nobody looked, or the state has no meaning, it is
 * unobserved. Adjoining stretches of one state are one, by its canonical and native name and the reason.
 */
export function stateSummary(store: Reads, entries: Pick<EntryBook, 'of'>): Summary<readonly StateStretch[]> {
  return {
    empty: [],
    merge: joined,
    async read(asset, span) {
      const holding = relevantEntries(await entries.of(asset.id), span);
      const known = await knownStates(store, asset, span, holding);
      const of = (window: Interval) => {
        const inside = clippedTo(known, [window]);
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

/** Where the state was watched or somebody said it, and it has a meaning. */
async function knownStates(
  store: Reads,
  asset: Asset,
  span: Interval,
  holding: readonly Entry[],
): Promise<StateStretch[]> {
  const signal = stateSignalOf(asset);
  if (signal === undefined) return [];
  const machine = asset.id;
  const signals = [signal];
  const [before, within] = await Promise.all([
    store.latest({ machine, signals, at_ns: span.from_ns }),
    store.observations({ machine, signals, ...span }),
  ]);
  const said = [...before, ...within].map(saidOf);
  const sources = [...new Set(said.map((o) => o.source))];
  const watched = await Promise.all(sources.map((source) => store.observed({ machine, source, ...span })));
  const entered = stateStretches(holding);
  const names = overlay(
    stretches(laidOver(nativeSteps(said), asUnnamed(entered), undefined), undefined),
    stretches(reasonsWith([], holding), undefined),
    (native, reason, from_ns, to_ns) => ({ from_ns, to_ns, native: native.value, reason: reason.value }),
  );
  const states = stretches(laidOver(stepsOf(said, canonicalState), entered, undefined), undefined);
  const known = overlay(states, names, ({ value: state }, { native, reason }, from_ns, to_ns) => ({
    ...{ from_ns, to_ns, state, native, reason },
  }));
  const seen = clippedTo(known, union([...watched.flat(), ...entered]));
  return clippedTo(seen, [span]).flatMap(({ state, native, reason, from_ns, to_ns }) =>
    state === undefined
      ? []
      : [
          {
            from_ns,
            to_ns,
            state,
            ...(native !== undefined && { native }),
            ...(reason !== undefined && state !== 'producing' && { reason_code: reason }),
          },
        ],
  );
}

/** What the controller said belongs to the state that it said, not to one that somebody put in its place. */
function asUnnamed(entered: readonly Interval[]): Stretch<string | undefined>[] {
  return entered.map(({ from_ns, to_ns }) => ({ from_ns, to_ns, value: undefined }));
}

function joined(first: readonly StateStretch[], second: readonly StateStretch[]): StateStretch[] {
  const list = [...first];
  for (const stretch of second) {
    const last = list.at(-1);
    if (
      last?.state === stretch.state &&
      last.native === stretch.native &&
      last.reason_code === stretch.reason_code
    )
      list[list.length - 1] = { ...last, to_ns: stretch.to_ns };
    else list.push(stretch);
  }
  return list;
}
