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
import type { Dictionary } from './dictionary.ts';

type Row = DuckDBValue[];

interface Table {
  name: string;
  types: readonly DuckDBType[];
}

const valueTypes = [UTINYINT, DOUBLE, BIGINT, VARCHAR] as const;
export const tables = {
  fresh: {
    name: 'fresh',
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

/** The same with the values column by column; `name` is another table of the same columns. */
export async function appendColumns(
  connection: DuckDBConnection,
  table: Table,
  columns: readonly DuckDBValue[][],
  name = table.name,
): Promise<void> {
  const rows = columns[0]?.length ?? 0;
  if (rows === 0) return;
  const appender = await connection.createAppender(name);
  try {
    for (let from = 0; from < rows; from += chunkRows) {
      const size = Math.min(chunkRows, rows - from);
      const chunk = DuckDBDataChunk.create(table.types, size);
      for (const [index, column] of columns.entries())
        fill(chunk.getColumnVector(index), size === rows ? column : column.slice(from, from + size));
      appender.appendDataChunk(chunk);
    }
  } finally {
    appender.closeSync();
  }
}

type Vector = ReturnType<DuckDBDataChunk['getColumnVector']>;

/**
 * Puts values into a vector. Numbers go straight to where the library keeps them, and nulls into its bits, eight of
 * which are a byte: by itself it makes three bigints of each.
 */
function fill(vector: Vector, values: readonly DuckDBValue[]): void {
  const { items } = vector as unknown as { items?: unknown };
  const places = ArrayBuffer.isView(items) ? (items as unknown as DuckDBValue[]) : undefined;
  let valid: Uint8Array | undefined;
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row]!;
    if (value === null) {
      valid ??= bitsOf(vector, row);
      if (valid) valid[row >> 3]! &= ~(1 << (row & 7));
      else vector.setItem(row, null);
      continue;
    }
    if (places) places[row] = value;
    // What does not fit there is the library's to refuse.
    if (!places || places[row] !== value) vector.setItem(row, value);
  }
  vector.flush();
}

/** The bits by which a vector says which rows have a value, once it has some: after a first null. */
function bitsOf(vector: Vector, row: number): Uint8Array | undefined {
  vector.setItem(row, null);
  const { validity } = vector as unknown as { validity?: { data?: unknown } };
  const bits = validity?.data;
  if (!(bits instanceof BigUint64Array)) return undefined;
  return new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength);
}

/** How a value lies in its four columns; a flag is an integer of its own kind. */
export const kinds = { none: 0, number: 1, integer: 2, text: 3, flag: 4 } as const;

/** Observations as the columns of `fresh`. */
export function observationColumns(
  observations: readonly MachineObservation[],
  series: Dictionary,
  origin: Dictionary,
): DuckDBValue[][] {
  const column = (): DuckDBValue[] => [];
  const [ids, times, ordinals, statuses] = [column(), column(), column(), column()];
  const [gatewayTimes, origins, statedTimes] = [column(), column(), column()];
  const values: ValueColumns = [column(), column(), column(), column()];
  const natives: ValueColumns = [column(), column(), column(), column()];
  for (const o of observations) {
    ids.push(series.number(o.machine, o.signal));
    times.push(storedTime(o));
    ordinals.push(o.ordinal);
    pushValue(values, o.value);
    pushValue(natives, o.native);
    statuses.push(o.status);
    gatewayTimes.push(o.gateway_time_ns);
    origins.push(origin.number(o.source, o.gateway, o.mapping));
    statedTimes.push(o.stated_time_ns ?? null);
  }
  return [ids, times, ordinals, ...values, ...natives, statuses, gatewayTimes, origins, statedTimes];
}

type ValueColumns = readonly [DuckDBValue[], DuckDBValue[], DuckDBValue[], DuckDBValue[]];

function pushValue(
  [kindColumn, numberColumn, integerColumn, textColumn]: ValueColumns,
  value: Value | undefined,
): void {
  const [kind, number, integer, text] = valueCells(value);
  kindColumn.push(kind);
  numberColumn.push(number);
  integerColumn.push(integer);
  textColumn.push(text);
}

function valueCells(
  value: Value | undefined,
): readonly [number, number | null, bigint | null, string | null] {
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
      return noCells;
  }
}

const noCells = [kinds.none, null, null, null] as const;
