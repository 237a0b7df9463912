import type { Value } from '@benchline/model';
import type { DuckDBDataChunk } from '@duckdb/node-api';
import { kinds } from './values.ts';

interface TypedArrays<A> {
  new (length: number): A;
  from(cells: Iterable<unknown>): A;
}

/**
 * A column's cells as they lie in memory, for as long as the chunk is there; what stands for null is no value. The
 * library keeps them to itself, and hands them out one by one, which takes longer than the database does.
 */
export function cellsOf<A extends object>(chunk: DuckDBDataChunk, index: number, type: TypedArrays<A>): A {
  const column = chunk.getColumnVector(index);
  const { items } = column as unknown as { items?: unknown };
  if (items instanceof type) return items;
  const none = new type(1) instanceof BigInt64Array ? 0n : 0;
  return type.from(Array.from({ length: chunk.rowCount }, (_, row) => column.getItem(row) ?? none));
}

/** The value of a row, by its kind, out of three columns: number, integer, text. */
export function valueIn(
  chunk: DuckDBDataChunk,
  firstColumn: number,
  kind: number,
  row: number,
): Value | undefined {
  const cell = (column: number) => chunk.getColumnVector(firstColumn + column).getItem(row);
  switch (kind) {
    case kinds.number:
      return cell(0) as number;
    case kinds.integer:
      return cell(1) as bigint;
    case kinds.flag:
      return cell(1) === 1n;
    case kinds.text:
      return cell(2) as string;
    default:
      return undefined;
  }
}
