import type { DuckDBDataChunk } from '@duckdb/node-api';
import { type SaidNumbers, saidKinds } from '../port.ts';
import { kinds } from './append.ts';
import type { Dictionaries } from './reader.ts';

const leastRoom = 2048;
const kindsSaid: readonly number[] = Object.assign([], {
  [kinds.number]: saidKinds.double,
  [kinds.integer]: saidKinds.integer,
});

/** Rows in the order in which they were stored, put into columns by series, in time order, that outlive the chunks. */
export class NumbersList {
  readonly #dictionaries: Dictionaries;
  readonly #series = new Map<number, SeriesColumns>();

  constructor(dictionaries: Dictionaries) {
    this.#dictionaries = dictionaries;
  }

  /** @param chunk series, time, ordinal, origin, kind, number, integer, gateway time; no cell is null. */
  add(chunk: DuckDBDataChunk): void {
    const series = cellsOf(chunk, 0, Int32Array);
    const cells: Cells = {
      at_ns: cellsOf(chunk, 1, BigInt64Array),
      ordinals: cellsOf(chunk, 2, Int32Array),
      origins: cellsOf(chunk, 3, Int32Array),
      kinds: cellsOf(chunk, 4, Uint8Array),
      doubles: cellsOf(chunk, 5, Float64Array),
      integers: cellsOf(chunk, 6, BigInt64Array),
      gateway_ns: cellsOf(chunk, 7, BigInt64Array),
    };
    for (let first = 0; first < series.length; ) {
      const id = series[first]!;
      let end = first + 1;
      while (end < series.length && series[end] === id) end += 1;
      this.#of(id).add(cells, first, end);
      first = end;
    }
  }

  numbers(): SaidNumbers[] {
    return [...this.#series]
      .sort(([a], [b]) => a - b)
      .map(([id, columns]) => {
        const { at_ns, origins, kinds: stored, doubles, integers } = columns.inTimeOrder();
        return {
          ...{ signal: this.#dictionaries.series.thing(id)[1] ?? '', at_ns, doubles, integers },
          kinds: stored.map((kind) => kindsSaid[kind] ?? saidKinds.none),
          source: this.#sourceOf(origins),
        };
      });
  }

  #of(id: number): SeriesColumns {
    let columns = this.#series.get(id);
    if (!columns) this.#series.set(id, (columns = new SeriesColumns()));
    return columns;
  }

  #sourceOf(origins: Int32Array): SaidNumbers['source'] {
    const [only] = origins;
    const nameOf = (origin: number | undefined) => this.#dictionaries.origin.thing(origin ?? -1)[0] ?? '';
    if (origins.every((origin) => origin === only)) return nameOf(only);
    return Array.from(origins, nameOf);
  }
}

type Cells = ReturnType<typeof columnsFor>;

/** Numbers of rows. */
type Rows = Uint32Array<ArrayBuffer>;

/** The rows of one series. Most lie in time order; what came late begins another run of rows that do. */
class SeriesColumns {
  #cells = columnsFor(leastRoom);
  #rows = 0;
  /** Where runs begin. */
  readonly #runs: number[] = [0];

  /** Adds rows first ≤ row < end. */
  add(cells: Cells, first: number, end: number): void {
    const from = this.#rows;
    const rows = from + end - first;
    if (rows > this.#cells.at_ns.length) this.#grow(rows);
    copy(cells, this.#cells, { first, end, at: from });
    this.#rows = rows;
    const { at_ns, ordinals } = this.#cells;
    for (let row = Math.max(1, from); row < rows; row += 1)
      if (at_ns[row]! <= at_ns[row - 1]!)
        if (at_ns[row]! < at_ns[row - 1]! || ordinals[row]! <= ordinals[row - 1]!) this.#runs.push(row);
  }

  /** Of several deliveries of one identity the one with the latest gateway time, of these the one stored last. */
  inTimeOrder(): Cells {
    const filled = columnsFor(this.#rows);
    copy(this.#cells, filled, { first: 0, end: this.#rows, at: 0 });
    return this.#runs.length === 1 ? filled : picked(filled, this.#merged());
  }

  /** Rows in time order, one of each identity. */
  #merged(): Rows {
    let runs = this.#runs.map((first, i) => {
      const end = this.#runs[i + 1] ?? this.#rows;
      return Uint32Array.from({ length: end - first }, (_, row) => first + row);
    });
    while (runs.length > 1)
      runs = runs.flatMap((run, i) => (i % 2 === 1 ? [] : [this.#mergedTwo(run, runs[i + 1])]));
    return runs[0] ?? new Uint32Array();
  }

  /** @param later was stored after the other. */
  #mergedTwo(run: Rows, later: Rows = new Uint32Array()): Rows {
    const merged = new Uint32Array(run.length + later.length);
    let [i, j, rows] = [0, 0, 0];
    for (; i < run.length || j < later.length; rows += 1) {
      const order = i === run.length ? 1 : j === later.length ? -1 : this.#compare(run[i]!, later[j]!);
      if (order === 0) {
        const { gateway_ns } = this.#cells;
        merged[rows] = gateway_ns[later[j]!]! >= gateway_ns[run[i]!]! ? later[j]! : run[i]!;
        i += 1;
        j += 1;
      } else merged[rows] = order < 0 ? run[i++]! : later[j++]!;
    }
    return merged.subarray(0, rows);
  }

  #compare(a: number, b: number): number {
    const { at_ns, ordinals } = this.#cells;
    const [first, second] = [at_ns[a]!, at_ns[b]!];
    if (first !== second) return first < second ? -1 : 1;
    return ordinals[a]! - ordinals[b]!;
  }

  #grow(rows: number): void {
    const larger = columnsFor(Math.max(rows, this.#cells.at_ns.length * 2));
    copy(this.#cells, larger, { first: 0, end: this.#rows, at: 0 });
    this.#cells = larger;
  }
}

function columnsFor(rows: number) {
  return {
    at_ns: new BigInt64Array(rows),
    ordinals: new Int32Array(rows),
    origins: new Int32Array(rows),
    kinds: new Uint8Array(rows),
    doubles: new Float64Array(rows),
    integers: new BigInt64Array(rows),
    gateway_ns: new BigInt64Array(rows),
  };
}

function copy(from: Cells, to: Cells, { first, end, at }: { first: number; end: number; at: number }): void {
  to.at_ns.set(from.at_ns.subarray(first, end), at);
  to.ordinals.set(from.ordinals.subarray(first, end), at);
  to.origins.set(from.origins.subarray(first, end), at);
  to.kinds.set(from.kinds.subarray(first, end), at);
  to.doubles.set(from.doubles.subarray(first, end), at);
  to.integers.set(from.integers.subarray(first, end), at);
  to.gateway_ns.set(from.gateway_ns.subarray(first, end), at);
}

function picked(from: Cells, rows: Rows): Cells {
  const to = columnsFor(rows.length);
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at]!;
    to.at_ns[at] = from.at_ns[row]!;
    to.ordinals[at] = from.ordinals[row]!;
    to.origins[at] = from.origins[row]!;
    to.kinds[at] = from.kinds[row]!;
    to.doubles[at] = from.doubles[row]!;
    to.integers[at] = from.integers[row]!;
    to.gateway_ns[at] = from.gateway_ns[row]!;
  }
  return to;
}

interface TypedArrays<A> {
  new (length: number): A;
  from(cells: Iterable<unknown>): A;
}

/**
 * A column's cells as they lie in memory. The library keeps them to itself, and hands them out one by one, which takes
 * longer than the database does.
 */
function cellsOf<A extends object>(chunk: DuckDBDataChunk, index: number, type: TypedArrays<A>): A {
  const column = chunk.getColumnVector(index);
  const { items } = column as unknown as { items?: unknown };
  if (items instanceof type) return items;
  return type.from(Array.from({ length: chunk.rowCount }, (_, row) => column.getItem(row)));
}
