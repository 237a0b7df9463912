import { canonicalStates, type Plant, type Signal, type Value } from '@benchline/model';

/** Why no figure can come from a value of a signal; undefined where one can, or the signal is unknown. */
export function unusable(
  { products }: Pick<Plant, 'products'>,
  signal: Signal | undefined,
  value: Value | undefined,
): string | undefined {
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
      if (typeof value !== 'string') return 'is no text';
      // An empty text stands for the usual product.
      if (signal.role !== 'product' || value === '' || products.some(({ id }) => id === value))
        return undefined;
      return 'is no product of the plant file, so no planned run time is known';
    case 'signal':
      return undefined;
  }
}
