import type { Problem } from '../config/problem.ts';
import type { Spot } from './draft.ts';

/** Something of the plant file that holds from a local date on, `YYYY-MM-DD`. */
interface Version {
  valid_from: string;
}

/** Of several versions the one with the latest start that has come by a local date; undefined before the first of them. */
export function versionOn<V extends Version>(versions: readonly V[], date: string): V | undefined {
  const begun = versions.filter(({ valid_from }) => valid_from <= date);
  return begun.toSorted((a, b) => (a.valid_from < b.valid_from ? -1 : 1)).at(-1);
}

/** Versions of one thing that begin on the same date. */
export function sameDateProblems(thing: Spot): Problem[] {
  const starts = new Set<string>();
  return thing.items('versions').flatMap((version): Problem[] => {
    const start = version.text('valid_from');
    if (start === undefined || !starts.has(start)) {
      if (start !== undefined) starts.add(start);
      return [];
    }
    const { path } = version.get('valid_from');
    return [{ path, at: 'value', what: `another version begins on ${start}`, todo: 'keep one of the two' }];
  });
}
