import type { DuckDBConnection } from '@duckdb/node-api';

/**
 * `fresh` takes rows as they come; compaction moves them, sorted, to the end of `settled`, so that reading one
 * signal skips the row groups of all others. Nothing has a key: an index would cost ten times the append.
 * Times are BIGINT nanoseconds at which an observation is placed: source time + ordinal.
 */
const observationColumns = `series INTEGER, time BIGINT, ordinal INTEGER,
  kind UTINYINT, number DOUBLE, integer BIGINT, text VARCHAR,
  native_kind UTINYINT, native_number DOUBLE, native_integer BIGINT, native_text VARCHAR,
  status UINTEGER, gateway_time BIGINT, origin INTEGER`;

const schema = `
  CREATE TABLE IF NOT EXISTS series (id INTEGER, machine VARCHAR, signal VARCHAR);
  CREATE TABLE IF NOT EXISTS origin (id INTEGER, source VARCHAR, gateway VARCHAR, mapping VARCHAR);
  CREATE TABLE IF NOT EXISTS fresh (${observationColumns});
  CREATE TABLE IF NOT EXISTS settled (${observationColumns});
  CREATE TABLE IF NOT EXISTS observed (machine VARCHAR, source VARCHAR, from_ns BIGINT, until_ns BIGINT);
  CREATE TABLE IF NOT EXISTS gap (machine VARCHAR, source VARCHAR, from_ns BIGINT, to_ns BIGINT, reason VARCHAR);
  CREATE TABLE IF NOT EXISTS kpi (scope VARCHAR, period VARCHAR, from_ns BIGINT, to_ns BIGINT,
    revision INTEGER, provisional BOOLEAN, figures VARCHAR);
  CREATE TABLE IF NOT EXISTS cursor (next BIGINT);
  ALTER TABLE cursor ADD COLUMN IF NOT EXISTS line VARCHAR;`;

export async function createTables(connection: DuckDBConnection): Promise<void> {
  await connection.run(schema);
}

/** Observations of both tables; later rows of one identity have the greater (part, row). */
export const allObservations = `(
  SELECT 0 AS part, rowid AS row, * FROM settled UNION ALL SELECT 1 AS part, rowid AS row, * FROM fresh)`;

/** The union of claims of one (machine, source) as islands: a new one begins where nothing before reaches. */
export function islands(claims: string, groupBy: string): string {
  return `SELECT ${groupBy}, min(from_ns) AS from_ns, max(until_ns) AS until_ns FROM (
    SELECT *, count(*) FILTER (WHERE reach IS NULL OR from_ns > reach) OVER (
      PARTITION BY ${groupBy} ORDER BY from_ns, until_ns ROWS UNBOUNDED PRECEDING) AS island
    FROM (SELECT *, max(until_ns) OVER (PARTITION BY ${groupBy} ORDER BY from_ns, until_ns
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reach FROM ${claims})
  ) GROUP BY ${groupBy}, island`;
}

const compaction = [
  `INSERT INTO settled SELECT * FROM fresh
    QUALIFY row_number() OVER (PARTITION BY series, time, ordinal ORDER BY gateway_time DESC, rowid DESC) = 1
    ORDER BY series, time, ordinal`,
  `CREATE OR REPLACE TABLE fresh (${observationColumns})`,
  `CREATE OR REPLACE TABLE observed AS
    SELECT machine, source, from_ns, until_ns FROM (${islands('observed', 'machine, source')})`,
  `CREATE OR REPLACE TABLE gap AS SELECT * FROM gap
    QUALIFY row_number() OVER (PARTITION BY machine, source, reason, from_ns ORDER BY rowid DESC) = 1`,
  `CREATE OR REPLACE TABLE kpi AS SELECT * FROM kpi
    QUALIFY row_number() OVER (PARTITION BY scope, period, from_ns ORDER BY rowid DESC) = 1`,
];

/** Sorts what came since the last time and drops what was replaced. Runs within the caller's transaction. */
export async function compact(connection: DuckDBConnection): Promise<void> {
  for (const statement of compaction) await connection.run(statement);
}

export async function freshRows(connection: DuckDBConnection): Promise<number> {
  const reader = await connection.runAndReadAll('SELECT count(*) FROM fresh');
  return Number(reader.value(0, 0));
}
