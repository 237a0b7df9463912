import type { Entry } from '@benchline/model';
import type { Figures } from '../figures/figures.ts';
import { isWithin, type Scope } from '../figures/scopes.ts';

/** What an entry about a scope may name: its machines and meters, itself, and the scopes within it. */
export function subjectsOf(scope: Scope, scopes: ReadonlyMap<string, Scope>): string[] {
  const within = [...scopes.keys()].filter((path) => isWithin(path, scope.path));
  return [...scope.assets.map(({ id }) => id), ...within];
}

/** Everything that was ever stated about a scope and what is in it. @throws BenchlineError `store_unavailable`. */
export async function statedIn(
  { scopes, figures }: { scopes: ReadonlyMap<string, Scope>; figures: Pick<Figures, 'statedOf'> },
  scope: Scope,
): Promise<Entry[]> {
  const stated = await Promise.all(subjectsOf(scope, scopes).map((subject) => figures.statedOf(subject)));
  return stated.flat();
}
