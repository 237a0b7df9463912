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
import { copyNumbers, type Numbers, Sparse } from './sparse.ts';

type Row = DuckDBValue[];
type Column = Numbers | Sparse | readonly DuckDBValue[];

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
  columns: readonly Column[],
  name = table.name,
): Promise<void> {
  const rows = columns[0]?.length ?? 0;
  if (rows === 0) return;
  const appender = await connection.createAppender(name);
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

/** How a value lies in its four columns; a flag is an integer of its own kind. */
export const kinds = { none: 0, number: 1, integer: 2, text: 3, flag: 4 } as const;

/** Observations as the columns of `fresh`. */
export function observationColumns(
  observations: readonly MachineObservation[],
  series: Dictionary,
  origin: Dictionary,
): Column[] {
  const rows = observations.length;
  const ids = new Int32Array(rows);
  const times = new BigInt64Array(rows);
  const ordinals = new Int32Array(rows);
  const statuses = new Uint32Array(rows);
  const gatewayTimes = new BigInt64Array(rows);
  const origins = new Int32Array(rows);
  const statedTimes = new Sparse(new BigInt64Array(rows));
  const [values, natives] = [new ValueColumns(rows), new ValueColumns(rows)];
  for (let row = 0; row < rows; row += 1) {
    const o = observations[row]!;
    ids[row] = series.number(o.machine, o.signal);
    times[row] = storedTime(o);
    ordinals[row] = o.ordinal;
    values.set(row, o.value);
    natives.set(row, o.native);
    statuses[row] = o.status;
    gatewayTimes[row] = o.gateway_time_ns;
    origins[row] = origin.number(o.source, o.gateway, o.mapping);
    if (o.stated_time_ns !== undefined) statedTimes.set(row, o.stated_time_ns);
  }
  const proof = [statuses, gatewayTimes, origins, statedTimes];
  return [ids, times, ordinals, ...values.columns, ...natives.columns, ...proof];
}

/** Values of observations as the four columns that they lie in. */
class ValueColumns {
  readonly #kinds: Uint8Array;
  readonly #numbers: Sparse<Float64Array>;
  readonly #integers: Sparse<BigInt64Array>;
  readonly #texts: Sparse<string[]>;

  constructor(rows: number) {
    this.#kinds = new Uint8Array(rows);
    this.#numbers = new Sparse(new Float64Array(rows));
    this.#integers = new Sparse(new BigInt64Array(rows));
    this.#texts = new Sparse(Array.from<string>({ length: rows }));
  }

  get columns(): Column[] {
    return [this.#kinds, this.#numbers, this.#integers, this.#texts];
  }

  set(row: number, value: Value | undefined): void {
    switch (typeof value) {
      case 'number':
        this.#kinds[row] = kinds.number;
        return this.#numbers.set(row, value);
      case 'bigint':
        this.#kinds[row] = kinds.integer;
        return this.#integers.set(row, value);
      case 'boolean':
        this.#kinds[row] = kinds.flag;
        return this.#integers.set(row, value ? 1n : 0n);
      case 'string':
        this.#kinds[row] = kinds.text;
        return this.#texts.set(row, value);
      case 'undefined':
        this.#kinds[row] = kinds.none;
    }
  }
}
