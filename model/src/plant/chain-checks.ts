import type { Problem } from '../config/problem.ts';
import type { Spot } from './draft.ts';

/** A process that a chain names twice: its yield would count squared. */
export function chainProblems(chain: Spot): Problem[] {
  const seen = new Set<string>();
  return chain.items('processes').flatMap((process): Problem[] => {
    const id = process.text();
    if (id === undefined || !seen.has(id)) {
      if (id !== undefined) seen.add(id);
      return [];
    }
    return [
      {
        path: process.path,
        at: 'value',
        what: `'${id}' is listed twice`,
        todo: 'list each process once, or define the second pass as a process of its own',
      },
    ];
  });
}
