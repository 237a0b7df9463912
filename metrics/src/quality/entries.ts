import { isWithin, type Scope } from '../figures/scopes.ts';

/** What an entry about a scope may name: its machines and meters, itself, and the scopes within it. */
export function subjectsOf(scope: Scope, scopes: ReadonlyMap<string, Scope>): string[] {
  const within = [...scopes.keys()].filter((path) => isWithin(path, scope.path));
  return [...scope.assets.map(({ id }) => id), ...within];
}
