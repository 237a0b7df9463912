import { pathText } from '../config/path.ts';
import type { Problem } from '../config/problem.ts';
import type { Spot } from './draft.ts';

/** Ids that a second definition takes again. */
export function duplicates(kind: string, spots: readonly Spot[]): Problem[] {
  const first = new Map<string, Spot>();
  return spots.flatMap((spot) => {
    const id = spot.text('id');
    if (id === undefined) return [];
    const earlier = first.get(id);
    if (!earlier) {
      first.set(id, spot);
      return [];
    }
    return [
      {
        path: [...spot.path, 'id'],
        at: 'value',
        what: `the ${kind} '${id}' is there already, at ${pathText(earlier.path)}`,
        todo: 'give one of them another id',
      } satisfies Problem,
    ];
  });
}
