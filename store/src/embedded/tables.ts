import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';

/**
 * `fresh` and `fresh_other` take rows as they come, one at a time; compaction moves those of the other, sorted, to
 * the end of `settled`, so that reading one signal skips the row groups of all others. Nothing has a key: an index
 * would cost ten times the append.
 * Times are BIGINT nanoseconds at which an observation is placed: source time + ordinal.
 */
const observationColumns = `series INTEGER, time BIGINT, ordinal INTEGER,
  kind UTINYINT, number DOUBLE, integer BIGINT, text VARCHAR,
  native_kind UTINYINT, native_number DOUBLE, native_integer BIGINT, native_text VARCHAR,
  status UINTEGER, gateway_time BIGINT, origin INTEGER, stated_time BIGINT`;

const schema = `
  CREATE TABLE IF NOT EXISTS series (id INTEGER, machine VARCHAR, signal VARCHAR);
  CREATE TABLE IF NOT EXISTS origin (id INTEGER, source VARCHAR, gateway VARCHAR, mapping VARCHAR);
  CREATE TABLE IF NOT EXISTS fresh (${observationColumns});
  CREATE TABLE IF NOT EXISTS fresh_other (${observationColumns});
  CREATE TABLE IF NOT EXISTS settled (${observationColumns});
  ALTER TABLE fresh ADD COLUMN IF NOT EXISTS stated_time BIGINT;
  ALTER TABLE settled ADD COLUMN IF NOT EXISTS stated_time BIGINT;
  CREATE TABLE IF NOT EXISTS observed (machine VARCHAR, source VARCHAR, from_ns BIGINT, until_ns BIGINT);
  CREATE TABLE IF NOT EXISTS gap (machine VARCHAR, source VARCHAR, from_ns BIGINT, to_ns BIGINT, reason VARCHAR);
  CREATE TABLE IF NOT EXISTS entry (id VARCHAR, subject VARCHAR, from_ns BIGINT, to_ns BIGINT, entry VARCHAR);
  CREATE TABLE IF NOT EXISTS kpi (scope VARCHAR, period VARCHAR, from_ns BIGINT, to_ns BIGINT,
    revision INTEGER, provisional BOOLEAN, figures VARCHAR);
  CREATE TABLE IF NOT EXISTS cursor (next BIGINT);
  ALTER TABLE cursor ADD COLUMN IF NOT EXISTS line VARCHAR;`;

export async function createTables(connection: DuckDBConnection): Promise<void> {
  await connection.run(schema);
}

export type FreshTable = 'fresh' | 'fresh_other';

export const otherThan = (table: FreshTable): FreshTable => (table === 'fresh' ? 'fresh_other' : 'fresh');

/** Settled observations and those of some other tables, in this order. Each table costs as much as a small question. */
export function allObservations(unsettled: readonly FreshTable[]): string {
  return `(${['settled', ...unsettled].map((name) => `FROM ${name}`).join(' UNION ALL ')})`;
}

/**
 * The union of claims as islands: a new one begins where nothing before reaches. A batch that was told again claims the
 * same once more: such claims become one first, since the two windows would not put them in the same order, and what
 * follows a hole then counts as what is before it.
 */
function islands(claims: string, groupBy: string): string {
  return `SELECT ${groupBy}, min(from_ns) AS from_ns, max(until_ns) AS until_ns FROM (
    SELECT *, count(*) FILTER (WHERE reach IS NULL OR from_ns > reach) OVER (
      PARTITION BY ${groupBy} ORDER BY from_ns ROWS UNBOUNDED PRECEDING) AS island
    FROM (SELECT *, max(until_ns) OVER (PARTITION BY ${groupBy} ORDER BY from_ns
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reach
    FROM (SELECT ${groupBy}, from_ns, max(until_ns) AS until_ns FROM ${claims} GROUP BY ${groupBy}, from_ns))
  ) GROUP BY ${groupBy}, island`;
}

const small = [
  `CREATE OR REPLACE TABLE observed AS
    SELECT machine, source, from_ns, until_ns FROM (${islands('observed', 'machine, source')})`,
  `CREATE OR REPLACE TABLE gap AS SELECT * FROM gap
    QUALIFY row_number() OVER (PARTITION BY machine, source, reason, from_ns ORDER BY rowid DESC) = 1`,
  `CREATE OR REPLACE TABLE entry AS SELECT * FROM entry
    QUALIFY row_number() OVER (PARTITION BY id ORDER BY rowid DESC) = 1`,
  `CREATE OR REPLACE TABLE cursor AS SELECT * FROM cursor ORDER BY rowid DESC LIMIT 1`,
  `CREATE OR REPLACE TABLE kpi AS SELECT * FROM kpi
    QUALIFY row_number() OVER (PARTITION BY scope, period, from_ns ORDER BY rowid DESC) = 1`,
];

/** The row of the newest cursor; empty when there is none. Rows are only added: replacing one costs a write twice. */
export async function lastCursor(connection: DuckDBConnection): Promise<DuckDBValue[]> {
  const reader = await connection.runAndReadAll('SELECT next, line FROM cursor ORDER BY rowid DESC LIMIT 1');
  return reader.getRows()[0] ?? [];
}

/** Drops what was replaced in the tables that stay small. Runs within the caller's transaction. */
export async function compactSmall(connection: DuckDBConnection): Promise<void> {
  for (const statement of small) await connection.run(statement);
}

const observationNames = observationColumns.split(',').map((column) => column.trim().split(' ')[0]);
const isOfItsOwn = ['series', 'time', 'ordinal']
  .map((name) => `${name} IS DISTINCT FROM lag(${name}) OVER ()`)
  .join(' OR ');

/**
 * Moves the rows of a table that takes none now to `settled`, sorted, of each identity the one that holds. Runs within
 * the caller's transaction. Sorted once, the first of an identity is found as the rows pass: numbering them by identity
 * would sort them twice.
 */
export async function settle(connection: DuckDBConnection, closed: FreshTable): Promise<void> {
  if ((await rowsIn(connection, closed)) === 0) return;
  const sorted = `SELECT * FROM ${closed} ORDER BY series, time, ordinal, gateway_time DESC, rowid DESC`;
  await connection.run(`INSERT INTO settled SELECT ${observationNames.join(', ')}
    FROM (SELECT *, ${isOfItsOwn} AS is_of_its_own FROM (${sorted})) WHERE is_of_its_own`);
  await connection.run(`CREATE OR REPLACE TABLE ${closed} (${observationColumns})`);
}

/** How many rows are not settled, of each table that has any. */
export async function freshRows(connection: DuckDBConnection): Promise<Map<FreshTable, number>> {
  const counted = new Map<FreshTable, number>();
  for (const name of ['fresh', 'fresh_other'] as const) counted.set(name, await rowsIn(connection, name));
  return new Map([...counted].filter(([, rows]) => rows > 0));
}

async function rowsIn(connection: DuckDBConnection, table: FreshTable): Promise<number> {
  const reader = await connection.runAndReadAll(`SELECT count(*) FROM ${table}`);
  return Number(reader.value(0, 0));
}
