import type { Entry } from '@benchline/model';
import type { TelemetryStore } from '@benchline/store';
import { always } from '../intervals.ts';

/** New entries about one subject. */
export interface StatedAnew {
  subject: string;
  /** What was ever stated about it, the new entries included. */
  all: readonly Entry[];
  /** Each new entry, and what is no longer as it was: that entry, and the one that it supersedes. */
  said: readonly { entry: Entry; changed: readonly Entry[] }[];
}

/**
 * New entries by their subjects.
 * @param isWanted which subjects.
 * @param store that holds the entries already.
 * @throws BenchlineError `store_unavailable`.
 */
export async function statedAnew(
  entries: readonly Entry[],
  isWanted: (subject: string) => boolean,
  store: Pick<TelemetryStore, 'entries'>,
): Promise<StatedAnew[]> {
  const wanted = entries.filter(({ subject }) => isWanted(subject));
  return await Promise.all(
    [...Map.groupBy(wanted, ({ subject }) => subject)].map(async ([subject, own]) => {
      const all = await store.entries({ subjects: [subject], ...always });
      const said = own.map((entry) => {
        const superseded = all.find(({ id }) => id === entry.supersedes);
        return { entry, changed: superseded ? [entry, superseded] : [entry] };
      });
      return { subject, all, said };
    }),
  );
}
