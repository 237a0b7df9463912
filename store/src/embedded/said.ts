import type { Value } from '@benchline/model';
import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import type { Said, SaidColumns } from '../port.ts';
import { kinds } from './append.ts';
import { NumbersList } from './numbers-list.ts';
import type { Dictionaries } from './reader.ts';
import { allObservations } from './tables.ts';

/** Numbers of series by how they are read: texts that mostly repeat, or numbers that mostly do not. */
export interface SeriesRead {
  texts: readonly number[];
  numbers: readonly number[];
}

const order = 'series, time, ordinal, gateway_time, part, row';
const changes = ['series', 'kind', 'text', 'number', 'integer', 'native_kind', 'native_text', 'origin']
  .map((name) => `${name} IS DISTINCT FROM lag(${name}) OVER ()`)
  .join(' OR ');
// No cell is null: asking each whether it is takes longer than reading it.
const columns = 'series, time, ordinal, origin, kind, coalesce(number, 0), coalesce(integer, 0)';
const texted = "coalesce(text, ''), coalesce(native_text, ''), native_text IS NOT NULL";

/**
 * What series of one machine said in (from, to], by series and time; later deliveries of an identity replace earlier
 * ones. Columns instead of rows, and few of them: reading a machine's day is mostly the making of JavaScript values.
 */
export async function readSaid(
  connection: DuckDBConnection,
  dictionaries: Dictionaries,
  window: { from_ns: bigint; to_ns: bigint },
  { texts, numbers }: SeriesRead,
): Promise<SaidColumns> {
  const read = async (
    list: { add(chunk: DuckDBDataChunk): void },
    query: (rows: string) => string,
    series: readonly number[],
  ) => {
    if (series.length === 0) return;
    // Numbers of our own in the text of the query: a list as a parameter would not skip the blocks of other series.
    const rows = `FROM ${allObservations(dictionaries.open)}
      WHERE series IN (${series.join(', ')}) AND time > $from AND time <= $to`;
    const result = await connection.stream(query(rows), { from: window.from_ns, to: window.to_ns });
    for (
      let chunk = await result.fetchChunk();
      chunk && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    )
      list.add(chunk);
  };
  const columned = new NumbersList(dictionaries);
  // Without an order of our own rows come as they were stored, which is mostly in time order: sorting them would take
  // longer than all the rest.
  await read(columned, (rows) => `SELECT ${columns}, gateway_time ${rows}`, numbers);
  const said = new SaidList(dictionaries);
  // A text that repeats the row before it is left out before the same identity is looked for: what holds stays.
  // Sorted before, not by, the window: it then takes the rows as they pass, in half the time.
  await read(
    said,
    (rows) =>
      `SELECT ${columns}, ${texted} FROM (SELECT *, ${changes} AS new FROM (SELECT * ${rows} ORDER BY ${order}))
       WHERE new`,
    texts,
  );
  return { texts: said.said, numbers: columned.numbers() };
}

class SaidList {
  readonly said: Said[] = [];
  readonly #dictionaries: Dictionaries;
  /** Identity of the last one. */
  #series: unknown;
  #ordinal: unknown;

  constructor(dictionaries: Dictionaries) {
    this.#dictionaries = dictionaries;
  }

  add(chunk: DuckDBDataChunk): void {
    const column = (index: number) => chunk.getColumnVector(index);
    const [series, time, ordinals, origins] = [column(0), column(1), column(2), column(3)];
    const [kind, number, integer] = [column(4), column(5), column(6)];
    const [texts, natives, isNamed] = [column(7), column(8), column(9)];
    const rows = chunk.rowCount;
    for (let row = 0; row < rows; row += 1) {
      const at_ns = time.getItem(row) as bigint;
      const [id, ordinal] = [series.getItem(row), ordinals.getItem(row)];
      const [, signal = ''] = this.#dictionaries.series.thing(id as number);
      const [source = ''] = this.#dictionaries.origin.thing(origins.getItem(row) as number);
      const value = valueOf(kind.getItem(row) as number, number, integer, texts, row);
      const native = isNamed.getItem(row) === true ? (natives.getItem(row) as string) : undefined;
      if (id === this.#series && ordinal === this.#ordinal && this.said.at(-1)?.at_ns === at_ns)
        this.said.pop();
      this.#series = id;
      this.#ordinal = ordinal;
      this.said.push({ signal, source, at_ns, value, native });
    }
  }
}

type Column = ReturnType<DuckDBDataChunk['getColumnVector']>;

function valueOf(
  kind: number,
  numbers: Column,
  integers: Column,
  texts: Column,
  row: number,
): Value | undefined {
  switch (kind) {
    case kinds.number:
      return numbers.getItem(row) as number;
    case kinds.integer:
      return integers.getItem(row) as bigint;
    case kinds.text:
      return texts.getItem(row) as string | undefined;
    case kinds.flag:
      return integers.getItem(row) === 1n;
    default:
      return undefined;
  }
}
