import type { DuckDBConnection } from '@duckdb/node-api';
import type { SaidColumns } from '../port.ts';
import type { Content } from './content.ts';
import { NumbersList } from './numbers-list.ts';
import { settledRows } from './reader.ts';
import { TextsList } from './texts-list.ts';
import { partsWithin } from './written.ts';

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
  content: Content,
  window: { from_ns: bigint; to_ns: bigint },
  { texts, numbers }: SeriesRead,
): Promise<SaidColumns> {
  const { unsettled } = content;
  const read = async (list: NumbersList | TextsList, columns: string, series: readonly number[]) => {
    if (series.length === 0) return;
    const query = `SELECT ${columns} ${settledRows(series)}`;
    const result = await connection.stream(query, { from: window.from_ns, to: window.to_ns });
    for (
      let chunk = await result.fetchChunk();
      chunk && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    )
      list.add(chunk);
    for (const written of unsettled)
      for (const part of partsWithin(written, series, window)) list.addWritten(part);
  };
  const columned = new NumbersList(content);
  const said = new TextsList(content);
  await read(columned, NumbersList.columns, numbers);
  await read(said, TextsList.columns, texts);
  return { texts: said.texts(), numbers: columned.numbers() };
}
