import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import type { SaidColumns } from '../port.ts';
import { NumbersList } from './numbers-list.ts';
import { type Dictionaries, rowsOf } from './reader.ts';
import { TextsList } from './texts-list.ts';

/** Numbers of series by how they are read: texts that mostly repeat, or numbers that mostly do not. */
export interface SeriesRead {
  texts: readonly number[];
  numbers: readonly number[];
}

/**
 * What series of one machine said in (from, to], by series and time; later deliveries of an identity replace earlier
 * ones. Columns instead of rows, and few of them: reading a machine's day is mostly the making of JavaScript values.
 * Without an order of our own rows come as they were stored, which is mostly in time order: sorting them would take
 * longer than all the rest.
 */
export async function readSaid(
  connection: DuckDBConnection,
  dictionaries: Dictionaries,
  window: { from_ns: bigint; to_ns: bigint },
  { texts, numbers }: SeriesRead,
): Promise<SaidColumns> {
  const read = async (
    list: { add(chunk: DuckDBDataChunk): void },
    columns: string,
    series: readonly number[],
  ) => {
    if (series.length === 0) return;
    const query = `SELECT ${columns} ${rowsOf(dictionaries, series)}`;
    const result = await connection.stream(query, { from: window.from_ns, to: window.to_ns });
    for (
      let chunk = await result.fetchChunk();
      chunk && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    )
      list.add(chunk);
  };
  const columned = new NumbersList(dictionaries);
  const said = new TextsList(dictionaries);
  await read(columned, NumbersList.columns, numbers);
  await read(said, TextsList.columns, texts);
  return { texts: said.texts(), numbers: columned.numbers() };
}
