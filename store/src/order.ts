import { type MachineObservation, storedTime } from '@benchline/model';

type Ordered = Pick<MachineObservation, 'signal' | 'source_time_ns' | 'ordinal' | 'gateway_time_ns'>;

/**
 * Observations of one machine in time order, those of one instant by signal, one of each identity. Of several
 * deliveries the one with the latest gateway time holds, among equals the last in the list.
 */
export function inTimeOrder<T extends Ordered>(observations: readonly T[]): T[] {
  const ordered: T[] = [];
  for (const observation of observations.toSorted(compareObservations)) {
    const before = ordered.at(-1);
    if (before && sameIdentity(before, observation)) ordered.pop();
    ordered.push(observation);
  }
  return ordered;
}

export function compare<T extends bigint | string | number>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function compareObservations(a: Ordered, b: Ordered): number {
  return (
    compare(storedTime(a), storedTime(b)) ||
    compare(a.signal, b.signal) ||
    compare(a.ordinal, b.ordinal) ||
    compare(a.gateway_time_ns, b.gateway_time_ns)
  );
}

function sameIdentity(a: Ordered, b: Ordered): boolean {
  return a.signal === b.signal && a.source_time_ns === b.source_time_ns && a.ordinal === b.ordinal;
}
