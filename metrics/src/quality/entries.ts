import { type Entry, holdingEntries } from '@benchline/model';
import type { TelemetryStore } from '@benchline/store';
import { isWithin, type Scope } from '../figures/scopes.ts';
import { always, type Interval } from '../intervals.ts';

/**
 * The entries about a scope, or anything in it, that hold and belong to (from, to]: an instant to the window that
 * it closes, as a counter's reading does, and a stretch to the one that it ends in, so that none counts twice.
 * What supersedes an entry may speak of another time, so all of a subject's are read.
 * @throws BenchlineError `store_unavailable`.
 */
export async function entriesOf(
  store: Pick<TelemetryStore, 'entries'>,
  subjects: readonly string[],
  window: Interval,
): Promise<Entry[]> {
  const all = await store.entries({ subjects, ...always });
  return holdingEntries(all).filter(({ from_ns, to_ns }) => {
    const end = to_ns ?? from_ns;
    return end > window.from_ns && end <= window.to_ns;
  });
}

/** What an entry about a scope may name: its machines and meters, itself, and the scopes within it. */
export function subjectsOf(scope: Scope, scopes: ReadonlyMap<string, Scope>): string[] {
  const within = [...scopes.keys()].filter((path) => isWithin(path, scope.path));
  return [...scope.assets.map(({ id }) => id), ...within];
}
