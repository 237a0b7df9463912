import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { Said } from '../port.ts';
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

const isNew = ['series', 'kind', 'text', 'number', 'integer', 'native_text', 'origin']
  .map((name) => `${name} IS DISTINCT FROM lag(${name}) OVER ()`)
  .join(' OR ');

/**
 * Rows in the order in which they were stored, most of which repeat the one before: a text is made of those only that
 * do not, and the rest know which one they repeat.
 */
export class TextsList {
  static readonly columns = `series, time, ordinal, gateway_time, (${isNew})::UTINYINT,
    origin, kind, number, integer, text, native_text`;
  readonly #dictionaries: Dictionaries;
  readonly #rows = new RowsBySeries<Cells>();
  readonly #said: Spoken[] = [];

  constructor(dictionaries: Dictionaries) {
    this.#dictionaries = dictionaries;
  }

  /** @param chunk of `columns`. */
  add(chunk: DuckDBDataChunk): void {
    const news = cellsOf(chunk, 4, Uint8Array);
    const said = new Int32Array(chunk.rowCount);
    for (let row = 0; row < said.length; row += 1) {
      if (news[row] === 1) this.#said.push(this.#saidIn(chunk, row));
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

  #saidIn(chunk: DuckDBDataChunk, row: number): Spoken {
    const cell = (column: number) => chunk.getColumnVector(column).getItem(row);
    const [source = ''] = this.#dictionaries.origin.thing(Number(cell(5)));
    const native = cell(10);
    return {
      source,
      value: valueIn(chunk, 7, Number(cell(6)), row),
      native: typeof native === 'string' ? native : undefined,
    };
  }
}
