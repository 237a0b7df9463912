import type { DuckDBConnection } from '@duckdb/node-api';
import type { Interval } from '../intervals.ts';
import { Claims } from './claims.ts';
import { Dictionary } from './dictionary.ts';
import { type Cursor, type KeptWrite, keptWriteIn } from './kept-write.ts';
import { createTables, lastCursor, otherThan, type WrittenTable, writesIn } from './tables.ts';
import type { Written } from './written.ts';

/** What was written to one of the tables and is not settled. */
export interface Generation {
  readonly isEmpty: boolean;
  readonly writes: readonly Written[];
  readonly claims: Claims;
  /** Of the last write that had one. */
  readonly cursor: Cursor | undefined;
}

/** So many rows take up as much memory, and as much time to look through, as a write of only one. */
const rowsOfAny = 64;

/** How much a write brings nearer the next compaction; quiet plants write a row or two, for weeks. */
export function weightOf(rows: number): number {
  return Math.max(rows, rowsOfAny);
}

/** What is kept in memory of what the file holds. */
export class Content {
  /** machine, signal */
  series = new Dictionary();
  /** source, gateway, mapping */
  origin = new Dictionary();
  /** The table that takes writes; the other one is empty or being compacted. */
  open: WrittenTable = 'written';
  /** Rows of all kinds since the last compaction, see `weightOf`. */
  pending = 0;
  /** Writes are numbered in their order, across both tables. */
  next = 0;
  /** Of the last write that had one. */
  cursor: Cursor | undefined;
  #generations = noGenerations();

  async load(connection: DuckDBConnection): Promise<void> {
    await createTables(connection);
    this.series = await Dictionary.load(connection, 'series');
    this.origin = await Dictionary.load(connection, 'origin');
    this.#generations = noGenerations();
    this.cursor = await lastCursor(connection);
    const writes: [WrittenTable, KeptWrite][] = [];
    for (const table of ['written', 'written_other'] as const)
      for (const bytes of await writesIn(connection, table)) writes.push([table, keptWriteIn(bytes)]);
    writes.sort(([, a], [, b]) => a.n - b.n);
    this.pending = 0;
    for (const [table, write] of writes) {
      this.open = table;
      this.add(table, write);
      this.pending += weightOf(write.observations.series.length + write.claims.length);
    }
  }

  /**
   * Observations that are not settled, the ones stored last at the end. To be taken before the database is asked: what
   * is settled meanwhile is then read twice, which changes nothing, instead of not at all; as are claims.
   */
  get unsettled(): readonly Written[] {
    return this.#inOrder().flatMap(({ writes }) => writes);
  }

  /** What a source claimed to have watched, or any, that is not settled. */
  claimsOf(query: { machine: string; source?: string | undefined }): Interval[] {
    return this.#inOrder().flatMap(({ claims }) => claims.of(query));
  }

  generation(table: WrittenTable): Generation {
    return this.#generations[table];
  }

  /** Takes note of a write that the database holds. */
  add(table: WrittenTable, { n, observations, claims, cursor }: KeptWrite): void {
    const generation = this.#generations[table];
    generation.isEmpty = false;
    if (observations.series.length > 0) generation.writes.push(observations);
    for (const claim of claims) generation.claims.add(claim);
    if (cursor) this.cursor = generation.cursor = cursor;
    this.next = n + 1;
  }

  settled(table: WrittenTable): void {
    this.#generations[table] = noGeneration();
  }

  #inOrder(): Generation[] {
    return [otherThan(this.open), this.open].map((table) => this.#generations[table]);
  }
}

function noGeneration() {
  return {
    isEmpty: true,
    writes: [] as Written[],
    claims: new Claims(),
    cursor: undefined as Cursor | undefined,
  };
}

function noGenerations() {
  return { written: noGeneration(), written_other: noGeneration() };
}
