import { type Entry, holdingEntries, type Nanoseconds, type PlantIndex } from '@benchline/model';
import type { TelemetryStore } from '@benchline/store';
import { microStopNs } from '../accounts/micro-stops.ts';
import type { Interval } from '../intervals.ts';
import { statedAnew } from './stated-anew.ts';
import { entryReach, touchedBy } from './stretches.ts';

/** An asset, and the time of which accounts change by an entry about it; its ends belong to it. */
export interface EntryNews extends Interval {
  machine: string;
  entry: Entry;
}

/**
 * What new entries change: the time that they speak of, and that of which an entry speaks that they supersede.
 * Entries about more than one asset change no account.
 * @param store that holds the entries already.
 * @throws BenchlineError `store_unavailable`.
 */
export async function entryNews(
  entries: readonly Entry[],
  plant: PlantIndex,
  store: Pick<TelemetryStore, 'entries'>,
): Promise<EntryNews[]> {
  const stated = await statedAnew(entries, (subject) => plant.assets.has(subject), store);
  const micro_stop_ns = microStopNs(plant);
  return stated.flatMap(({ subject: machine, all, said }) => {
    const asset = plant.assets.get(machine);
    if (!asset) return [];
    const holding = holdingEntries(all);
    return said.flatMap(({ entry, changed }) =>
      changed.map((each) => {
        const touched = touchedBy(each, holding, entryReach(each, asset, micro_stop_ns));
        return { machine, entry, ...touched };
      }),
    );
  });
}

/** With an end that has come: what is yet to be known is computed when it is. */
export function untilNow<T extends Interval>(news: T, now_ns: Nanoseconds): T {
  const to_ns = news.to_ns > now_ns ? now_ns : news.to_ns;
  return { ...news, to_ns: to_ns > news.from_ns ? to_ns : news.from_ns };
}
