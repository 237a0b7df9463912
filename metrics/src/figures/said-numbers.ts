import type { Value } from '@benchline/model';
import { type Said, type SaidNumbers, saidKinds } from '@benchline/store';

/** What one signal said, in time order, as columns; what is no number says nothing. */
export function numbersOf(signal: string, said: readonly Said[]): SaidNumbers {
  return {
    signal,
    at_ns: BigInt64Array.from(said, ({ at_ns }) => at_ns),
    kinds: Uint8Array.from(said, ({ value }) => kindOf(value)),
    doubles: Float64Array.from(said, ({ value }) => (typeof value === 'number' ? value : 0)),
    integers: BigInt64Array.from(said, ({ value }) => (typeof value === 'bigint' ? value : 0n)),
    source: said.map(({ source }) => source),
  };
}

/** What was said before and after of one signal. */
export function inSequence(before: SaidNumbers, after: SaidNumbers): SaidNumbers {
  const [length, rows] = [before.at_ns.length, before.at_ns.length + after.at_ns.length];
  const joined = {
    signal: after.signal,
    at_ns: new BigInt64Array(rows),
    kinds: new Uint8Array(rows),
    doubles: new Float64Array(rows),
    integers: new BigInt64Array(rows),
  };
  for (const [part, at] of [
    [before, 0],
    [after, length],
  ] as const) {
    joined.at_ns.set(part.at_ns, at);
    joined.kinds.set(part.kinds, at);
    joined.doubles.set(part.doubles, at);
    joined.integers.set(part.integers, at);
  }
  return { ...joined, source: sourceOfBoth(before, after) };
}

/** The last number, or what else was said last; undefined when nothing was. */
export function lastNumber(numbers: SaidNumbers): Said | undefined {
  const { at_ns, kinds } = numbers;
  let row = kinds.findLastIndex((kind) => kind !== saidKinds.none);
  if (row < 0) row = at_ns.length - 1;
  return row < 0 ? undefined : saidAt(numbers, row);
}

/** Each source that said something, once. */
export function sourcesOf({ source, at_ns }: SaidNumbers): readonly string[] {
  if (typeof source !== 'string') return [...new Set(source)];
  return at_ns.length > 0 ? [source] : [];
}

function saidAt({ signal, at_ns, kinds, doubles, integers, source }: SaidNumbers, row: number): Said {
  const numeric = kinds[row] === saidKinds.integer ? integers[row] : doubles[row];
  return {
    signal,
    source: typeof source === 'string' ? source : (source[row] ?? ''),
    at_ns: at_ns[row]!,
    value: kinds[row] === saidKinds.none ? undefined : numeric,
    native: undefined,
  };
}

function sourceOfBoth(before: SaidNumbers, after: SaidNumbers): SaidNumbers['source'] {
  const sources = new Set([...sourcesOf(before), ...sourcesOf(after)]);
  const [only] = sources;
  if (sources.size === 1 && only !== undefined) return only;
  return [before, after].flatMap(({ source, at_ns }) =>
    typeof source === 'string' ? Array.from(at_ns, () => source) : source,
  );
}

function kindOf(value: Value | undefined): number {
  if (typeof value === 'number') return saidKinds.double;
  return typeof value === 'bigint' ? saidKinds.integer : saidKinds.none;
}
