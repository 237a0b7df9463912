import type { DuckDBConnection } from '@duckdb/node-api';

/**
 * Numbers for things that repeat in every row. New numbers are provisional until the transaction that stores
 * them is committed.
 */
export class Dictionary {
  readonly #ids = new Map<string, number>();
  #added: [id: number, ...parts: string[]][] = [];

  static async load(connection: DuckDBConnection, table: 'series' | 'origin'): Promise<Dictionary> {
    const dictionary = new Dictionary();
    const reader = await connection.runAndReadAll(`SELECT * FROM ${table}`);
    for (const [id, ...parts] of reader.getRows())
      dictionary.#ids.set(parts.map(String).join(' '), Number(id));
    return dictionary;
  }

  /** The number of a thing, undefined when it never occurred. No part but the last may contain a space. */
  find(...parts: string[]): number | undefined {
    return this.#ids.get(parts.join(' '));
  }

  number(...parts: string[]): number {
    const key = parts.join(' ');
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#ids.size;
    this.#ids.set(key, id);
    this.#added.push([id, ...parts]);
    return id;
  }

  /** Numbers given since the last commit, as rows. */
  get added(): readonly (readonly [id: number, ...parts: string[]])[] {
    return this.#added;
  }

  commit(): void {
    this.#added = [];
  }

  rollback(): void {
    for (const [, ...parts] of this.#added) this.#ids.delete(parts.join(' '));
    this.#added = [];
  }

  /** The rest of the keys that begin with a part, with their numbers. */
  under(first: string): { rest: string; id: number }[] {
    const prefix = `${first} `;
    return [...this.#ids]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, id]) => ({ rest: key.slice(prefix.length), id }));
  }
}
