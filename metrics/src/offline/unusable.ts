import { canonicalStates, type Signal, type Value } from '@benchline/model';

/** Why no figure can come from a value of a signal; undefined where one can, or the signal is unknown. */
export function unusable(signal: Signal | undefined, value: Value | undefined): string | undefined {
  if (signal === undefined || value === undefined) return undefined;
  switch (signal.measurement) {
    case 'state':
      if (canonicalStates.some((state) => state === value)) return undefined;
      return 'is no state: what a controller says goes into "native", "value" is one of the states of the plant file';
    case 'count':
    case 'energy':
    case 'characteristic':
      return typeof value === 'number' || typeof value === 'bigint' ? undefined : 'is no number';
    case 'context':
      return typeof value === 'string' ? undefined : 'is no text';
    case 'signal':
      return undefined;
  }
}
