import type { Entry } from '@benchline/model';
import type { TelemetryStore } from '@benchline/store';
import { type Due, duesOf } from '../figures/due.ts';
import type { Scope } from '../figures/scopes.ts';
import { everAfter } from './overlay.ts';

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
  const dues: Due[] = [];
  for (const [subject, said] of Map.groupBy(entries, (entry) => entry.subject)) {
    if (!scopes.has(subject)) continue;
    const all = await store.entries({ subjects: [subject], from_ns: -everAfter, to_ns: everAfter });
    const superseded = new Set(said.map(({ supersedes }) => supersedes));
    for (const entry of [...said, ...all.filter(({ id }) => superseded.has(id))])
      for (const scope of scopes.values()) dues.push(...changedIn(scope, entry));
  }
  return dues;
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
      return `${subject}/`.startsWith(`${scope.path}/`) ? duesOf(scope, { from_ns: to_ns - 1n, to_ns }) : [];
    default:
      return [];
  }
}
