import type { DuckDBBlobValue, DuckDBConnection } from '@duckdb/node-api';
import type { Cursor } from './kept-write.ts';

const ofWritten = '(write BLOB)';

/**
 * `written` and `written_other` take what each write brings many of as it is kept in memory, one of them at a time: a
 * row of bytes costs a third of as many rows in columns, and each table that a write adds to as much as a thousand rows.
 * Compaction puts observations of the other, sorted, at the end of `settled`, so that reading one signal skips the row
 * groups of all others, and its claims to `observed`. Nothing has a key: an index would cost ten times the append.
 * Times are BIGINT nanoseconds at which an observation is placed: source time + ordinal.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS series (id INTEGER, machine VARCHAR, signal VARCHAR);
  CREATE TABLE IF NOT EXISTS origin (id INTEGER, source VARCHAR, gateway VARCHAR, mapping VARCHAR);
  CREATE TABLE IF NOT EXISTS written ${ofWritten};
  CREATE TABLE IF NOT EXISTS written_other ${ofWritten};
  CREATE TABLE IF NOT EXISTS settled (series INTEGER, time BIGINT, ordinal INTEGER,
    kind UTINYINT, number DOUBLE, integer BIGINT, text VARCHAR,
    native_kind UTINYINT, native_number DOUBLE, native_integer BIGINT, native_text VARCHAR,
    status UINTEGER, gateway_time BIGINT, origin INTEGER, stated_time BIGINT);
  CREATE TABLE IF NOT EXISTS observed (machine VARCHAR, source VARCHAR, from_ns BIGINT, until_ns BIGINT);
  CREATE TABLE IF NOT EXISTS gap (machine VARCHAR, source VARCHAR, from_ns BIGINT, to_ns BIGINT, reason VARCHAR);
  CREATE TABLE IF NOT EXISTS entry (id VARCHAR, subject VARCHAR, from_ns BIGINT, to_ns BIGINT, entry VARCHAR);
  CREATE TABLE IF NOT EXISTS kpi (scope VARCHAR, period VARCHAR, from_ns BIGINT, to_ns BIGINT,
    revision INTEGER, provisional BOOLEAN, figures VARCHAR);
  CREATE TABLE IF NOT EXISTS cursor (next BIGINT, line VARCHAR);`;

/** Where earlier versions kept what was not settled. */
const formerTable = 'fresh';

/** @throws Error when the file is of an earlier version. */
export async function createTables(connection: DuckDBConnection): Promise<void> {
  const former = await connection.runAndReadAll(
    `SELECT 1 FROM information_schema.tables WHERE table_name = '${formerTable}'`,
  );
  if (former.currentRowCount > 0) throw new Error('an earlier version made it');
  await connection.run(schema);
}

export type WrittenTable = 'written' | 'written_other';

export const otherThan = (table: WrittenTable): WrittenTable =>
  table === 'written' ? 'written_other' : 'written';

/** What was written to a table, write by write, as bytes. */
export async function writesIn(connection: DuckDBConnection, table: WrittenTable): Promise<Uint8Array[]> {
  const reader = await connection.runAndReadAll(`SELECT write FROM ${table}`);
  return reader.getColumns()[0]?.map((cell) => (cell as DuckDBBlobValue).bytes) ?? [];
}

/** Empties a table that takes no writes now. Runs within the caller's transaction. */
export async function emptyWritten(connection: DuckDBConnection, table: WrittenTable): Promise<void> {
  await connection.run(`CREATE OR REPLACE TABLE ${table} ${ofWritten}`);
}

const small = [
  `CREATE OR REPLACE TABLE gap AS SELECT * FROM gap
    QUALIFY row_number() OVER (PARTITION BY machine, source, reason, from_ns ORDER BY rowid DESC) = 1`,
  `CREATE OR REPLACE TABLE entry AS SELECT * FROM entry
    QUALIFY row_number() OVER (PARTITION BY id ORDER BY rowid DESC) = 1`,
  `CREATE OR REPLACE TABLE kpi AS SELECT * FROM kpi
    QUALIFY row_number() OVER (PARTITION BY scope, period, from_ns ORDER BY rowid DESC) = 1`,
];

/** What was settled last. */
export async function lastCursor(connection: DuckDBConnection): Promise<Cursor | undefined> {
  const reader = await connection.runAndReadAll('SELECT next, line FROM cursor ORDER BY rowid DESC LIMIT 1');
  const [row] = reader.getRows();
  return row && { next: Number(row[0]), line: String(row[1]) };
}

/** Drops what was replaced in the tables that stay small. Runs within the caller's transaction. */
export async function compactSmall(connection: DuckDBConnection): Promise<void> {
  for (const statement of small) await connection.run(statement);
}

/**
 * The union of claims as islands: a new one begins where nothing before reaches. A batch that was told again claims the
 * same once more: such claims become one first, since the two windows would not put them in the same order, and what
 * follows a hole then counts as what is before it.
 */
const islands = `SELECT machine, source, min(from_ns) AS from_ns, max(until_ns) AS until_ns FROM (
    SELECT *, count(*) FILTER (WHERE reach IS NULL OR from_ns > reach) OVER (
      PARTITION BY machine, source ORDER BY from_ns ROWS UNBOUNDED PRECEDING) AS island
    FROM (SELECT *, max(until_ns) OVER (PARTITION BY machine, source ORDER BY from_ns
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reach
    FROM (SELECT machine, source, from_ns, max(until_ns) AS until_ns FROM observed GROUP BY ALL))
  ) GROUP BY machine, source, island`;

/** Makes one of claims that touch. Runs within the caller's transaction. */
export async function uniteClaims(connection: DuckDBConnection): Promise<void> {
  await connection.run(`CREATE OR REPLACE TABLE observed AS ${islands}`);
}
