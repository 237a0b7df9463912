import { type MachineObservation, storedTime, type Value } from '@benchline/model';
import {
  BIGINT,
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

type Row = DuckDBValue[];

interface Table {
  name: string;
  types: readonly DuckDBType[];
}

const valueTypes = [UTINYINT, DOUBLE, BIGINT, VARCHAR] as const;
export const tables = {
  fresh: {
    name: 'fresh',
    types: [INTEGER, BIGINT, INTEGER, ...valueTypes, ...valueTypes, UINTEGER, BIGINT, INTEGER],
  },
  series: { name: 'series', types: [INTEGER, VARCHAR, VARCHAR] },
  origin: { name: 'origin', types: [INTEGER, VARCHAR, VARCHAR, VARCHAR] },
  observed: { name: 'observed', types: [VARCHAR, VARCHAR, BIGINT, BIGINT] },
  gap: { name: 'gap', types: [VARCHAR, VARCHAR, BIGINT, BIGINT, VARCHAR] },
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
  if (rows.length === 0) return;
  const appender = await connection.createAppender(table.name);
  try {
    for (let from = 0; from < rows.length; from += chunkRows) {
      const part = rows.slice(from, from + chunkRows);
      const chunk = DuckDBDataChunk.create(table.types, part.length);
      chunk.setColumns(table.types.map((_type, column) => part.map((row) => row[column] ?? null)));
      appender.appendDataChunk(chunk);
    }
  } finally {
    appender.closeSync();
  }
}

/** How a value lies in its four columns; a flag is an integer of its own kind. */
export const kinds = { none: 0, number: 1, integer: 2, text: 3, flag: 4 } as const;

function valueColumns(value: Value | undefined): [number, number | null, bigint | null, string | null] {
  switch (typeof value) {
    case 'number':
      return [kinds.number, value, null, null];
    case 'bigint':
      return [kinds.integer, null, value, null];
    case 'string':
      return [kinds.text, null, null, value];
    case 'boolean':
      return [kinds.flag, null, value ? 1n : 0n, null];
    case 'undefined':
      return [kinds.none, null, null, null];
  }
}

export function observationRow(o: MachineObservation, series: number, origin: number): Row {
  return [
    series,
    storedTime(o),
    o.ordinal,
    ...valueColumns(o.value),
    ...valueColumns(o.native),
    o.status,
    o.gateway_time_ns,
    origin,
  ];
}
