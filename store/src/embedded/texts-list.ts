import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { Said } from '../port.ts';
import { cellsOf, valueIn } from './cells.ts';
import { type Ordered, RowsBySeries } from './series-rows.ts';
import { kinds } from './values.ts';
import type { Dictionaries, Written } from './written.ts';

interface Cells extends Ordered {
  /** What was said, by its place among what differs from what was stored before it. */
  said: Int32Array;
  /** Whose memory the columns are. */
  chunk?: DuckDBDataChunk;
}

/** Rows of which it is known what each says, and whether it is what the one before it says. */
interface Speech {
  differs(row: number): boolean;
  spoken(row: number, dictionaries: Dictionaries): Spoken;
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
    const cells = new ChunkCells(chunk);
    this.#rows.add(cells.series, {
      at_ns: cellsOf(chunk, 1, BigInt64Array),
      ordinals: cellsOf(chunk, 2, Int32Array),
      gateway_ns: cellsOf(chunk, 3, BigInt64Array),
      ...{ said: this.#placesOf(cells, chunk.rowCount), chunk },
    });
  }

  /** @param written of the series that are read. */
  addWritten(written: Written): void {
    const { series, at_ns, ordinals, gateway_ns } = written;
    const said = this.#placesOf(speechIn(written), series.length);
    this.#rows.add(series, { at_ns, ordinals, gateway_ns, said });
  }

  #placesOf(speech: Speech, rows: number): Int32Array {
    const said = new Int32Array(rows);
    for (let row = 0; row < rows; row += 1) {
      if (speech.differs(row)) this.#said.push(speech.spoken(row, this.#dictionaries));
      said[row] = this.#said.length - 1;
    }
    return said;
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

function speechIn({ series, origins, values, natives }: Written): Speech {
  return {
    differs: (row) =>
      row === 0 ||
      series[row] !== series[row - 1] ||
      origins[row] !== origins[row - 1] ||
      !values.alike(row, row - 1) ||
      !natives.alike(row, row - 1),
    spoken(row, { origin }) {
      const [source = ''] = origin.thing(origins[row]!);
      const native = natives.get(row);
      return { source, value: values.get(row), native: typeof native === 'string' ? native : undefined };
    },
  };
}

/** What the rows of a chunk say. Comparing numbers here costs less than in SQL, other than comparing texts. */
class ChunkCells implements Speech {
  readonly #chunk: DuckDBDataChunk;
  readonly series: Int32Array;
  readonly #isOtherText: Uint8Array;
  readonly #origins: Int32Array;
  readonly #kinds: Uint8Array;
  readonly #numbers: Float64Array;
  readonly #integers: BigInt64Array;

  /** @param chunk of `TextsList.columns`. */
  constructor(chunk: DuckDBDataChunk) {
    this.#chunk = chunk;
    this.series = cellsOf(chunk, 0, Int32Array);
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
      this.series[row] !== this.series[before] ||
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
