import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  UINTEGER,
  UTINYINT,
  VARCHAR,
} from '@duckdb/node-api';
import { copyNumbers, type Numbers, Sparse } from './sparse.ts';

type Row = DuckDBValue[];
export type Column = Numbers | Sparse | readonly DuckDBValue[];

interface Table {
  name: string;
  types: readonly DuckDBType[];
}

const valueTypes = [UTINYINT, DOUBLE, BIGINT, VARCHAR] as const;
export const tables = {
  written: { name: 'written', types: [BLOB] },
  written_other: { name: 'written_other', types: [BLOB] },
  settled: {
    name: 'settled',
    types: [INTEGER, BIGINT, INTEGER, ...valueTypes, ...valueTypes, UINTEGER, BIGINT, INTEGER, BIGINT],
  },
  series: { name: 'series', types: [INTEGER, VARCHAR, VARCHAR] },
  origin: { name: 'origin', types: [INTEGER, VARCHAR, VARCHAR, VARCHAR] },
  observed: { name: 'observed', types: [VARCHAR, VARCHAR, BIGINT, BIGINT] },
  gap: { name: 'gap', types: [VARCHAR, VARCHAR, BIGINT, BIGINT, VARCHAR] },
  entry: { name: 'entry', types: [VARCHAR, VARCHAR, BIGINT, BIGINT, VARCHAR] },
  cursor: { name: 'cursor', types: [BIGINT, VARCHAR] },
  kpi: { name: 'kpi', types: [VARCHAR, VARCHAR, BIGINT, BIGINT, INTEGER, BOOLEAN, VARCHAR] },
} as const satisfies Record<string, Table>;

/** Rows of a chunk: DuckDB's vector size. */
const chunkRows = 2048;

/** Appends rows to a table within the connection's transaction. */
export async function appendRows(
  connection: DuckDBConnection,
  table: Table,
  rows: readonly Row[],
): Promise<void> {
  const columns = table.types.map((_type, column) => rows.map((row) => row[column] ?? null));
  await appendColumns(connection, table, columns);
}

/** The same with the values column by column. */
export async function appendColumns(
  connection: DuckDBConnection,
  table: Table,
  columns: readonly Column[],
): Promise<void> {
  const rows = columns[0]?.length ?? 0;
  if (rows === 0) return;
  const appender = await connection.createAppender(table.name);
  try {
    for (let from = 0; from < rows; from += chunkRows) {
      const size = Math.min(chunkRows, rows - from);
      const chunk = DuckDBDataChunk.create(table.types, size);
      for (const [index, column] of columns.entries()) fill(chunk.getColumnVector(index), column, from, size);
      appender.appendDataChunk(chunk);
    }
  } finally {
    appender.closeSync();
  }
}

type Vector = ReturnType<DuckDBDataChunk['getColumnVector']>;

/** Puts the values of a column from a row on into a vector, which has room for so many. */
function fill(vector: Vector, column: Column, from: number, size: number): void {
  if (column instanceof Sparse) column.copyInto(vector, from, size);
  else if (ArrayBuffer.isView(column)) copyNumbers(column, vector, from, size);
  else for (let row = 0; row < size; row += 1) vector.setItem(row, column[from + row] ?? null);
  vector.flush();
}
