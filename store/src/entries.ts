import { type Entry, entriesInOrder } from '@benchline/model';
import type { TelemetryStore } from './port.ts';

type Query = Parameters<TelemetryStore['entries']>[0];

/** Entries that answer a query, one of each id: of several the last in the list. */
export function entriesWithin(entries: Iterable<Entry>, { subjects, from_ns, to_ns }: Query): Entry[] {
  const found = new Map<string, Entry>();
  for (const entry of entries)
    if (
      (subjects?.includes(entry.subject) ?? true) &&
      entry.from_ns <= to_ns &&
      (entry.to_ns ?? entry.from_ns) >= from_ns
    )
      found.set(entry.id, entry);
  return entriesInOrder([...found.values()]);
}
