import type { DuckDBDataChunk } from '@duckdb/node-api';

export type Numbers = Uint8Array | Int32Array | Uint32Array | Float64Array | BigInt64Array;
type Vector = ReturnType<DuckDBDataChunk['getColumnVector']>;

/** Numbers or texts of many rows, of which only some have one. */
export class Sparse<A extends Numbers | string[] = Numbers | string[]> {
  readonly #items: A;
  /** A bit for each row, eight of them in a byte, as the library keeps them. */
  readonly #has: Uint8Array;

  /** @param items with room for so many rows, which it takes for its own. */
  constructor(items: A) {
    this.#items = items;
    this.#has = new Uint8Array((items.length + 7) >> 3);
  }

  get length(): number {
    return this.#items.length;
  }

  set(row: number, value: A[number]): void {
    this.#items[row] = value;
    this.#has[row >> 3]! |= 1 << (row & 7);
  }

  /**
   * Puts what the rows from one on have, which a multiple of eight is before, into a vector with room for so many; bits
   * go straight to where the library keeps them: by itself it makes three bigints of each.
   */
  copyInto(vector: Vector, from: number, size: number): void {
    if (ArrayBuffer.isView(this.#items)) copyNumbers(this.#items, vector, from, size);
    else
      for (let row = 0; row < size; row += 1)
        if (this.#isSet(from + row)) vector.setItem(row, this.#items[from + row]!);
    const missing = this.#firstMissing(from, size);
    if (missing === undefined) return;
    const bits = bitsOf(vector, missing);
    if (bits) bits.set(this.#has.subarray(from >> 3, (from + size + 7) >> 3));
    else
      for (let row = missing; row < size; row += 1) if (!this.#isSet(from + row)) vector.setItem(row, null);
  }

  #isSet(row: number): boolean {
    return (this.#has[row >> 3]! & (1 << (row & 7))) !== 0;
  }

  #firstMissing(from: number, size: number): number | undefined {
    for (let row = 0; row < size; row += 1) if (!this.#isSet(from + row)) return row;
    return undefined;
  }
}

/** Puts numbers from a row on to where the library keeps those of a vector; where it does not say, one by one. */
export function copyNumbers(numbers: Numbers, vector: Vector, from: number, size: number): void {
  const { items } = vector as unknown as { items?: unknown };
  if (isAlike(numbers, items)) items.set(numbers.subarray(from, from + size) as never);
  else for (let row = 0; row < size; row += 1) vector.setItem(row, numbers[from + row]!);
}

function isAlike<A extends Numbers>(numbers: A, items: unknown): items is A {
  return ArrayBuffer.isView(items) && items.constructor === numbers.constructor;
}

/** The bits by which a vector says which rows have a value; it has them after a first null, in a row without one. */
function bitsOf(vector: Vector, row: number): Uint8Array | undefined {
  vector.setItem(row, null);
  const { validity } = vector as unknown as { validity?: { data?: unknown } };
  const bits = validity?.data;
  if (!(bits instanceof BigUint64Array)) return undefined;
  return new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength);
}
