import { entryToJson, machineObservationToJson } from '@benchline/model';
import type { StoreWrite, WriteOutcome } from '@benchline/store';

/** One record of a write as JSON, for a person to see what the store refused. */
export function pointOf({ kind, index }: WriteOutcome['rejected'][number], write: StoreWrite): unknown {
  const observation = kind === 'observation' ? write.observations[index] : undefined;
  if (observation) return machineObservationToJson(observation);
  const entry = kind === 'entry' ? write.entries?.[index] : undefined;
  if (entry) return entryToJson(entry);
  const interval = kind === 'observed' ? write.observed[index] : write.gaps[index];
  return Object.fromEntries(
    Object.entries(interval ?? {}).map(([key, value]) => [
      key,
      typeof value === 'bigint' ? value.toString() : value,
    ]),
  );
}
