import type { DuckDBDataChunk } from '@duckdb/node-api';
import { type SaidNumbers, saidKinds } from '../port.ts';
import { kinds } from './append.ts';
import type { Dictionaries } from './reader.ts';

const leastRoom = 4096;
const kindsSaid: readonly number[] = Object.assign([], {
  [kinds.number]: saidKinds.double,
  [kinds.integer]: saidKinds.integer,
});

/** Rows as they come from the database, in order of series and time, put into columns that outlive its chunks. */
export class NumbersList {
  readonly #dictionaries: Dictionaries;
  #rows = 0;
  #columns = columnsFor(leastRoom);

  constructor(dictionaries: Dictionaries) {
    this.#dictionaries = dictionaries;
  }

  /** @param chunk series, time, ordinal, origin, kind, number, integer; no cell is null. */
  add(chunk: DuckDBDataChunk): void {
    const column = (index: number) => chunk.getColumnVector(index);
    const [ids, times, places, from] = [column(0), column(1), column(2), column(3)];
    const [kindOf, numbers, whole] = [column(4), column(5), column(6)];
    const added = chunk.rowCount;
    if (this.#rows + added > this.#columns.at_ns.length) this.#grow();
    const { series, at_ns, ordinals, origins, kinds: said, doubles, integers } = this.#columns;
    let last = this.#rows - 1;
    for (let row = 0; row < added; row += 1) {
      const id = ids.getItem(row) as number;
      const at = times.getItem(row) as bigint;
      const ordinal = places.getItem(row) as number;
      // A later delivery takes the place of an earlier one.
      const again = last >= 0 && series[last] === id && ordinals[last] === ordinal && at_ns[last] === at;
      if (!again) last += 1;
      series[last] = id;
      at_ns[last] = at;
      ordinals[last] = ordinal;
      origins[last] = from.getItem(row) as number;
      said[last] = kindsSaid[kindOf.getItem(row) as number] ?? saidKinds.none;
      doubles[last] = numbers.getItem(row) as number;
      integers[last] = whole.getItem(row) as bigint;
    }
    this.#rows = last + 1;
  }

  numbers(): SaidNumbers[] {
    const { series, at_ns, origins, kinds: said, doubles, integers } = this.#columns;
    const list: SaidNumbers[] = [];
    for (let first = 0; first < this.#rows; ) {
      const id = series[first]!;
      let end = first + 1;
      while (end < this.#rows && series[end] === id) end += 1;
      list.push({
        signal: this.#dictionaries.series.thing(id)[1] ?? '',
        at_ns: at_ns.subarray(first, end),
        kinds: said.subarray(first, end),
        doubles: doubles.subarray(first, end),
        integers: integers.subarray(first, end),
        source: this.#sourceOf(origins.subarray(first, end)),
      });
      first = end;
    }
    return list;
  }

  #sourceOf(origins: Int32Array): SaidNumbers['source'] {
    const [only] = origins;
    const nameOf = (origin: number | undefined) => this.#dictionaries.origin.thing(origin ?? -1)[0] ?? '';
    if (origins.every((origin) => origin === only)) return nameOf(only);
    return Array.from(origins, nameOf);
  }

  #grow(): void {
    const larger = columnsFor(this.#columns.at_ns.length * 2);
    const { series, at_ns, ordinals, origins, kinds: said, doubles, integers } = this.#columns;
    larger.series.set(series);
    larger.at_ns.set(at_ns);
    larger.ordinals.set(ordinals);
    larger.origins.set(origins);
    larger.kinds.set(said);
    larger.doubles.set(doubles);
    larger.integers.set(integers);
    this.#columns = larger;
  }
}

/** Room for so many rows; a chunk is smaller than the least. */
function columnsFor(rows: number) {
  return {
    series: new Int32Array(rows),
    at_ns: new BigInt64Array(rows),
    ordinals: new Int32Array(rows),
    origins: new Int32Array(rows),
    kinds: new Uint8Array(rows),
    doubles: new Float64Array(rows),
    integers: new BigInt64Array(rows),
  };
}
