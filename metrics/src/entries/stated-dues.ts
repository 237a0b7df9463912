import type { Entry } from '@benchline/model';
import type { TelemetryStore } from '@benchline/store';
import { type Due, duesOf } from '../figures/due.ts';
import { isWithin, type Scope } from '../figures/scopes.ts';
import { statedAnew } from './stated-anew.ts';

/**
 * The hours, shifts and days whose figures change by new entries about scopes, those that they supersede included.
 * Entries about a single asset change its accounts instead.
 * @param store that holds the entries already.
 * @throws BenchlineError `store_unavailable`.
 */
export async function statedDues(
  entries: readonly Entry[],
  scopes: ReadonlyMap<string, Scope>,
  store: Pick<TelemetryStore, 'entries'>,
): Promise<Due[]> {
  const stated = await statedAnew(entries, (subject) => scopes.has(subject), store);
  const changed = stated.flatMap(({ said }) => said.flatMap((each) => each.changed));
  return changed.flatMap((entry) => [...scopes.values()].flatMap((scope) => changedIn(scope, entry)));
}

function changedIn(scope: Scope, { subject, from_ns, to_ns = from_ns, statement }: Entry): Due[] {
  switch (statement.kind) {
    case 'declared_input': {
      // It is never divided, so only what it lies in as a whole can have it among its inputs.
      const dues = scope.path === subject ? duesOf(scope, { from_ns, to_ns }) : [];
      return dues.filter(({ period }) => period.from_ns <= from_ns && to_ns <= period.to_ns);
    }
    case 'inspection':
      // It belongs to the windows that its end lies in.
      return isWithin(subject, scope.path) ? duesOf(scope, { from_ns: to_ns - 1n, to_ns }) : [];
    default:
      return [];
  }
}
