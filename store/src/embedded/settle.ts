import { setImmediate as turn } from 'node:timers/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { appendColumns, appendRows, type Column, tables } from './append.ts';
import type { Generation } from './content.ts';
import { type Piece, RowsBySeries } from './series-rows.ts';
import { Sparse } from './sparse.ts';
import { emptyWritten, uniteClaims, type WrittenTable } from './tables.ts';
import { kinds, type Values } from './values.ts';
import type { Written } from './written.ts';

/** Rows appended in one go, some milliseconds of work; the event loop turns in between. */
const atOnce = 16_384;

/** Puts what was written to a table, which takes no writes now, where it stays. Runs within the caller's transaction. */
export async function settle(
  connection: DuckDBConnection,
  table: WrittenTable,
  { writes, claims, cursor }: Generation,
): Promise<void> {
  await settleObservations(connection, writes);
  await appendRows(connection, tables.observed, claims.rows());
  await uniteClaims(connection);
  if (cursor) await appendRows(connection, tables.cursor, [[BigInt(cursor.next), cursor.line]]);
  await emptyWritten(connection, table);
}

/** Adds observations to the end of `settled`, sorted by series and time, of each identity the one that holds. */
async function settleObservations(connection: DuckDBConnection, writes: readonly Written[]): Promise<void> {
  const rows = new RowsBySeries<Written>();
  for (const written of writes) rows.add(written.series, written);
  const pieces = rows.inTimeOrder().flatMap(([, ofSeries]) => ofSeries);
  for (const some of portionsOf(pieces)) {
    await appendColumns(connection, tables.settled, columnsOf(some));
    await turn();
  }
}

function* portionsOf(pieces: readonly Piece<Written>[]): Generator<readonly Piece<Written>[]> {
  let portion: Piece<Written>[] = [];
  let room = atOnce;
  for (const { cells, first, end } of pieces)
    for (let from = first; from < end; ) {
      const to = Math.min(end, from + room);
      portion.push({ cells, first: from, end: to });
      room -= to - from;
      from = to;
      if (room > 0) continue;
      yield portion;
      [portion, room] = [[], atOnce];
    }
  if (portion.length > 0) yield portion;
}

function columnsOf(pieces: readonly Piece<Written>[]): Column[] {
  const rows = pieces.reduce((sum, { first, end }) => sum + end - first, 0);
  const ids = new Int32Array(rows);
  const times = new BigInt64Array(rows);
  const ordinals = new Int32Array(rows);
  const statuses = new Uint32Array(rows);
  const gatewayTimes = new BigInt64Array(rows);
  const origins = new Int32Array(rows);
  const [values, natives, stated] = [new ValueColumns(rows), new ValueColumns(rows), new ValueColumns(rows)];
  let at = 0;
  for (const { cells, first, end } of pieces) {
    ids.set(cells.series.subarray(first, end), at);
    times.set(cells.at_ns.subarray(first, end), at);
    ordinals.set(cells.ordinals.subarray(first, end), at);
    statuses.set(cells.statuses.subarray(first, end), at);
    gatewayTimes.set(cells.gateway_ns.subarray(first, end), at);
    origins.set(cells.origins.subarray(first, end), at);
    values.set(at, cells.values, first, end);
    natives.set(at, cells.natives, first, end);
    stated.set(at, cells.stated, first, end);
    at += end - first;
  }
  const proof = [statuses, gatewayTimes, origins, stated.integers];
  return [ids, times, ordinals, ...values.columns, ...natives.columns, ...proof];
}

/** Values as the four columns that they lie in. */
class ValueColumns {
  readonly #kinds: Uint8Array;
  readonly #numbers: Sparse<Float64Array>;
  readonly integers: Sparse<BigInt64Array>;
  readonly #texts: Sparse<string[]>;

  constructor(rows: number) {
    this.#kinds = new Uint8Array(rows);
    this.#numbers = new Sparse(new Float64Array(rows));
    this.integers = new Sparse(new BigInt64Array(rows));
    this.#texts = new Sparse(Array.from<string>({ length: rows }));
  }

  get columns(): Column[] {
    return [this.#kinds, this.#numbers, this.integers, this.#texts];
  }

  /** Puts rows first ≤ row < end of some values where the rows from `at` on are. */
  set(at: number, values: Values, first: number, end: number): void {
    if (values.kinds.length === 0) return;
    this.#kinds.set(values.kinds.subarray(first, end), at);
    for (let row = first; row < end; row += 1) {
      const to = at + row - first;
      switch (values.kinds[row]) {
        case kinds.number:
          this.#numbers.set(to, values.numbers[row]!);
          break;
        case kinds.integer:
        case kinds.flag:
          this.integers.set(to, values.integers[row]!);
          break;
        case kinds.text:
          this.#texts.set(to, values.texts[values.numbers[row]!]!);
      }
    }
  }
}
