import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { Said } from '../port.ts';
import { kinds } from './append.ts';
import { cellsOf, valueIn } from './cells.ts';
import type { Dictionaries } from './reader.ts';
import { type Ordered, RowsBySeries } from './series-rows.ts';

interface Cells extends Ordered {
  /** What was said, by its place among what differs from what was stored before it. */
  said: Int32Array;
  /** Whose memory the columns are. */
  chunk: DuckDBDataChunk;
}

type Spoken = Pick<Said, 'source' | 'value' | 'native'>;

const isOtherText = ['text', 'native_text']
  .map((name) => `${name} IS DISTINCT FROM lag(${name}) OVER ()`)
  .join(' OR ');

/**
 * Rows in the order in which they were stored, most of which repeat the one before: a text is made of those only that
 * do not, and the rest know which one they repeat.
 */
export class TextsList {
  static readonly columns = `series, time, ordinal, gateway_time, (${isOtherText})::UTINYINT,
    origin, kind, number, integer, text, native_text`;
  readonly #dictionaries: Dictionaries;
  readonly #rows = new RowsBySeries<Cells>();
  readonly #said: Spoken[] = [];

  constructor(dictionaries: Dictionaries) {
    this.#dictionaries = dictionaries;
  }

  /** @param chunk of `columns`. */
  add(chunk: DuckDBDataChunk): void {
    const values = new Values(chunk);
    const said = new Int32Array(chunk.rowCount);
    for (let row = 0; row < said.length; row += 1) {
      if (values.differs(row)) this.#said.push(values.spoken(row, this.#dictionaries));
      said[row] = this.#said.length - 1;
    }
    const cells: Cells = {
      at_ns: cellsOf(chunk, 1, BigInt64Array),
      ordinals: cellsOf(chunk, 2, Int32Array),
      gateway_ns: cellsOf(chunk, 3, BigInt64Array),
      ...{ said, chunk },
    };
    this.#rows.add(cellsOf(chunk, 0, Int32Array), cells);
  }

  /** By series, without what repeats what was said before it. */
  texts(): Said[] {
    const texts: Said[] = [];
    for (const [id, pieces] of this.#rows.inTimeOrder()) {
      const signal = this.#dictionaries.series.thing(id)[1] ?? '';
      let last: number | undefined;
      for (const { cells, first, end } of pieces)
        for (let row = first; row < end; row += 1) {
          if (cells.said[row] === last) continue;
          last = cells.said[row]!;
          texts.push({ signal, at_ns: cells.at_ns[row]!, ...this.#said[last]! });
        }
    }
    return texts;
  }
}

/** What the rows of a chunk say. Comparing numbers here costs less than in SQL, other than comparing texts. */
class Values {
  readonly #chunk: DuckDBDataChunk;
  readonly #series: Int32Array;
  readonly #isOtherText: Uint8Array;
  readonly #origins: Int32Array;
  readonly #kinds: Uint8Array;
  readonly #numbers: Float64Array;
  readonly #integers: BigInt64Array;

  /** @param chunk of `TextsList.columns`. */
  constructor(chunk: DuckDBDataChunk) {
    this.#chunk = chunk;
    this.#series = cellsOf(chunk, 0, Int32Array);
    this.#isOtherText = cellsOf(chunk, 4, Uint8Array);
    this.#origins = cellsOf(chunk, 5, Int32Array);
    this.#kinds = cellsOf(chunk, 6, Uint8Array);
    this.#numbers = cellsOf(chunk, 7, Float64Array);
    this.#integers = cellsOf(chunk, 8, BigInt64Array);
  }

  /** Whether a row does not repeat the one before it, which for the first one is in another chunk. */
  differs(row: number): boolean {
    const before = row - 1;
    const kind = this.#kinds[row];
    return (
      row === 0 ||
      this.#isOtherText[row] === 1 ||
      kind !== this.#kinds[before] ||
      this.#series[row] !== this.#series[before] ||
      this.#origins[row] !== this.#origins[before] ||
      (kind === kinds.number && this.#numbers[row] !== this.#numbers[before]) ||
      ((kind === kinds.integer || kind === kinds.flag) && this.#integers[row] !== this.#integers[before])
    );
  }

  spoken(row: number, { origin }: Dictionaries): Spoken {
    const [source = ''] = origin.thing(this.#origins[row]!);
    const native = this.#chunk.getColumnVector(10).getItem(row);
    return {
      source,
      value: valueIn(this.#chunk, 7, this.#kinds[row]!, row),
      native: typeof native === 'string' ? native : undefined,
    };
  }
}
