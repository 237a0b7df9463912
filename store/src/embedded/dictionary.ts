import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';

/** Things that begin alike, by what goes on; the number of a thing at its last part. */
type Branch = Map<string, Branch | number>;

/**
 * Numbers 0, 1, 2 … for things of equally many parts that repeat in every row. New numbers are provisional until the
 * transaction that stores them is committed.
 */
export class Dictionary {
  readonly #ids: Branch = new Map();
  readonly #things: (readonly string[])[] = [];
  #committed = 0;

  static async load(connection: DuckDBConnection, table: 'series' | 'origin'): Promise<Dictionary> {
    const dictionary = new Dictionary();
    const reader = await connection.runAndReadAll(`SELECT * FROM ${table} ORDER BY id`);
    for (const [, ...parts] of reader.getRows()) dictionary.number(...parts.map(String));
    dictionary.commit();
    return dictionary;
  }

  /** Of a thing that is new, the next one. */
  number(...parts: readonly string[]): number {
    const { branch, last } = this.#place(parts);
    const known = branch.get(last);
    if (typeof known === 'number') return known;
    const id = this.#things.push(parts) - 1;
    branch.set(last, id);
    return id;
  }

  /** The number of a thing, undefined when it never occurred. */
  find(...parts: readonly string[]): number | undefined {
    let found: Branch | number | undefined = this.#ids;
    for (const part of parts) found = found instanceof Map ? found.get(part) : undefined;
    return typeof found === 'number' ? found : undefined;
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
    for (const parts of this.#things.splice(this.#committed)) {
      const { branch, last } = this.#place(parts);
      branch.delete(last);
    }
  }

  /** Where the number of a thing stands or is to stand; loops over few parts, for each observation. */
  #place(parts: readonly string[]): { branch: Branch; last: string } {
    let branch = this.#ids;
    for (let i = 0; i < parts.length - 1; i += 1) {
      const known = branch.get(parts[i]!);
      const next: Branch = known instanceof Map ? known : new Map();
      if (next !== known) branch.set(parts[i]!, next);
      branch = next;
    }
    return { branch, last: parts.at(-1) ?? '' };
  }
}
