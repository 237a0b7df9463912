import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';

/**
 * Numbers 0, 1, 2 … for things that repeat in every row. New numbers are provisional until the transaction that
 * stores them is committed. No part of a thing but the last may contain a space.
 */
export class Dictionary {
  readonly #ids = new Map<string, number>();
  readonly #things: (readonly string[])[] = [];
  #committed = 0;

  static async load(connection: DuckDBConnection, table: 'series' | 'origin'): Promise<Dictionary> {
    const dictionary = new Dictionary();
    const reader = await connection.runAndReadAll(`SELECT * FROM ${table} ORDER BY id`);
    for (const [, ...parts] of reader.getRows()) dictionary.number(...parts.map(String));
    dictionary.commit();
    return dictionary;
  }

  number(...parts: readonly string[]): number {
    const key = parts.join(' ');
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    this.#ids.set(key, this.#things.length);
    return this.#things.push(parts) - 1;
  }

  /** The number of a thing, undefined when it never occurred. */
  find(...parts: readonly string[]): number | undefined {
    return this.#ids.get(parts.join(' '));
  }

  thing(id: number): readonly string[] {
    return this.#things[id] ?? [];
  }

  /** The numbers of all things that begin with a part. */
  under(first: string): number[] {
    return [...this.#things.keys()].filter((id) => this.#things[id]?.[0] === first);
  }

  /** What was numbered since the last commit, as rows of the table. */
  added(): DuckDBValue[][] {
    return this.#things.slice(this.#committed).map((parts, index) => [this.#committed + index, ...parts]);
  }

  commit(): void {
    this.#committed = this.#things.length;
  }

  rollback(): void {
    for (const parts of this.#things.splice(this.#committed)) this.#ids.delete(parts.join(' '));
  }
}
