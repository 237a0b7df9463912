import type { DuckDBDataChunk } from '@duckdb/node-api';
import { type SaidNumbers, saidKinds } from '../port.ts';
import { cellsOf } from './cells.ts';
import { type Ordered, type Piece, RowsBySeries } from './series-rows.ts';
import { kinds } from './values.ts';
import type { Dictionaries, Written } from './written.ts';

const kindsSaid = Uint8Array.from({ length: 256 }, (_, kind) => {
  if (kind === kinds.number) return saidKinds.double;
  return kind === kinds.integer ? saidKinds.integer : saidKinds.none;
});

interface Cells extends Ordered {
  origins: Int32Array;
  kinds: Uint8Array;
  doubles: Float64Array;
  integers: BigInt64Array;
  /** Whose memory the columns are. */
  chunk?: DuckDBDataChunk;
}

/** Rows in the order in which they were stored, put into columns by series, in time order, that outlive the chunks. */
export class NumbersList {
  static readonly columns = 'series, time, ordinal, gateway_time, origin, kind, number, integer';
  readonly #dictionaries: Dictionaries;
  readonly #rows = new RowsBySeries<Cells>();

  constructor(dictionaries: Dictionaries) {
    this.#dictionaries = dictionaries;
  }

  /** @param chunk of `columns`. */
  add(chunk: DuckDBDataChunk): void {
    const cells: Cells = {
      at_ns: cellsOf(chunk, 1, BigInt64Array),
      ordinals: cellsOf(chunk, 2, Int32Array),
      gateway_ns: cellsOf(chunk, 3, BigInt64Array),
      origins: cellsOf(chunk, 4, Int32Array),
      kinds: cellsOf(chunk, 5, Uint8Array),
      doubles: cellsOf(chunk, 6, Float64Array),
      integers: cellsOf(chunk, 7, BigInt64Array),
      chunk,
    };
    this.#rows.add(cellsOf(chunk, 0, Int32Array), cells);
  }

  /** @param written of the series that are read. */
  addWritten({ series, at_ns, ordinals, gateway_ns, origins, values }: Written): void {
    const { kinds: kindsOf, numbers: doubles, integers } = values;
    this.#rows.add(series, { at_ns, ordinals, gateway_ns, origins, kinds: kindsOf, doubles, integers });
  }

  numbers(): SaidNumbers[] {
    return this.#rows.inTimeOrder().map(([id, pieces]) => {
      const signal = this.#dictionaries.series.thing(id)[1] ?? '';
      return { signal, ...copied(pieces), source: this.#sourceOf(pieces) };
    });
  }

  #sourceOf(pieces: readonly Piece<Cells>[]): SaidNumbers['source'] {
    const nameOf = (origin: number | undefined) => this.#dictionaries.origin.thing(origin ?? -1)[0] ?? '';
    const [piece] = pieces;
    const only = piece?.cells.origins[piece.first];
    if (pieces.every((each) => isAll(each, only))) return nameOf(only);
    return pieces.flatMap(({ cells: { origins }, first, end }) =>
      Array.from(origins.subarray(first, end), nameOf),
    );
  }
}

function isAll({ cells: { origins }, first, end }: Piece<Cells>, origin: number | undefined): boolean {
  for (let row = first; row < end; row += 1) if (origins[row] !== origin) return false;
  return true;
}

/** Pieces of so few rows are copied cell by cell. */
const fewRows = 16;

function copied(pieces: readonly Piece<Cells>[]): Omit<SaidNumbers, 'signal' | 'source'> {
  const rows = pieces.reduce((sum, { first, end }) => sum + end - first, 0);
  const to = {
    at_ns: new BigInt64Array(rows),
    kinds: new Uint8Array(rows),
    doubles: new Float64Array(rows),
    integers: new BigInt64Array(rows),
  };
  let at = 0;
  for (const { cells: from, first, end } of pieces) {
    if (end - first > fewRows) {
      to.at_ns.set(from.at_ns.subarray(first, end), at);
      to.doubles.set(from.doubles.subarray(first, end), at);
      to.integers.set(from.integers.subarray(first, end), at);
    } else
      for (let row = first; row < end; row += 1) {
        to.at_ns[at + row - first] = from.at_ns[row]!;
        to.doubles[at + row - first] = from.doubles[row]!;
        to.integers[at + row - first] = from.integers[row]!;
      }
    for (let row = first; row < end; row += 1) to.kinds[at + row - first] = kindsSaid[from.kinds[row]!]!;
    at += end - first;
  }
  return to;
}
