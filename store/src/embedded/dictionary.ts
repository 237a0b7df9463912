import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';

/**
 * Numbers 0, 1, 2 … for things that repeat in every row. New numbers are provisional until the transaction that
 * stores them is committed. No part of a thing but the last may contain a space.
 */
export class Dictionary {
  readonly #ids = new Map<string, number>();
  readonly #things: (readonly string[])[] = [];
  #committed = 0;
  /** The thing that was asked for last, since it mostly is the same again. */
  #last: { parts: readonly string[]; id: number } | undefined;

  static async load(connection: DuckDBConnection, table: 'series' | 'origin'): Promise<Dictionary> {
    const dictionary = new Dictionary();
    const reader = await connection.runAndReadAll(`SELECT * FROM ${table} ORDER BY id`);
    for (const [, ...parts] of reader.getRows()) dictionary.number(...parts.map(String));
    dictionary.commit();
    return dictionary;
  }

  number(...parts: readonly string[]): number {
    const last = this.#last;
    if (last && parts.length === last.parts.length && parts.every((part, i) => part === last.parts[i]))
      return last.id;
    const key = parts.join(' ');
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#things.push(parts) - 1;
      this.#ids.set(key, id);
    }
    this.#last = { parts, id };
    return id;
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
    this.#last = undefined;
    for (const parts of this.#things.splice(this.#committed)) this.#ids.delete(parts.join(' '));
  }
}
