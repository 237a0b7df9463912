import { type Problem, suggestion } from '../config/problem.ts';
import type { Spot } from './draft.ts';

/** References to what is not there. */
export function unknownNames(kind: string, references: readonly Spot[], known: readonly string[]): Problem[] {
  return references.flatMap((reference): Problem[] => {
    const id = reference.text();
    if (id === undefined || known.includes(id)) return [];
    return [
      {
        path: reference.path,
        at: 'value',
        what: `there is no ${kind} '${id}'`,
        todo: suggestion(id, known, 'define it, or name one that is there'),
      },
    ];
  });
}

/** The items of a list of references behind a key. */
export function namesIn(spots: readonly Spot[], key: string): Spot[] {
  return spots.flatMap((spot) => spot.items(key));
}
