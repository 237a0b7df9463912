import type { MachineObservation } from '@benchline/model';
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBType,
  type DuckDBValue,
  HUGEINT,
  INTEGER,
  VARCHAR,
} from '@duckdb/node-api';
import { type Span, worked } from './calendar.ts';
import type { Delivery } from './month.ts';
import { oracleRunTimes, oracleScopes, oracleSignals, oracleUsual } from './plant.ts';
import { oracleResults, oracleTables } from './sql.ts';

type Columns = Readonly<Record<string, DuckDBType>>;

const raw: Columns = {
  machine: VARCHAR,
  signal: VARCHAR,
  source: VARCHAR,
  source_time: BIGINT,
  ordinal: INTEGER,
  gateway_time: BIGINT,
  number: DOUBLE,
  whole: BIGINT,
  text: VARCHAR,
  native: VARCHAR,
};
const spans: Columns = { machine: VARCHAR, from_ns: BIGINT, to_ns: BIGINT };

const schema: Readonly<Record<string, Columns>> = {
  raw,
  claim: { machine: VARCHAR, source: VARCHAR, from_ns: BIGINT, until_ns: BIGINT },
  work: spans,
  pause: spans,
  signal: {
    machine: VARCHAR,
    signal: VARCHAR,
    kind: VARCHAR,
    role: VARCHAR,
    nano: BIGINT,
    rollover: HUGEINT,
  },
  machine: { machine: VARCHAR, usual: VARCHAR, tally: VARCHAR, good: BOOLEAN },
  product: { product: VARCHAR, run_time: DOUBLE },
  member: { scope: VARCHAR, machine: VARCHAR, energy: BOOLEAN },
  win: { id: INTEGER, f: BIGINT, t: BIGINT },
};

const calendars = { mill: 'two-shift', lathe: 'two-shift', press: 'always' } as const;
/** Which counters a machine has; what is not counted is the rest of the total. */
const countersOf: Readonly<Record<string, string>> = {
  mill: 'total, scrap',
  lathe: 'good, scrap, rework',
  press: 'total',
};

export type OracleRow = Readonly<Record<string, DuckDBValue>>;

/** The second implementation of the accounts: a database in memory that is asked in SQL. */
export class Oracle {
  readonly #instance: DuckDBInstance;
  readonly connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.connection = connection;
  }

  /** @param threads how many cores it may use. */
  static async open(threads = 2): Promise<Oracle> {
    const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
    const oracle = new Oracle(instance, await instance.connect());
    for (const [table, columns] of Object.entries(schema))
      await oracle.connection.run(
        `CREATE TABLE ${table} (${Object.entries(columns)
          .map(([name, type]) => `${name} ${type.toString()}`)
          .join(', ')})`,
      );
    await oracle.#describePlant();
    return oracle;
  }

  async deliver({ observations, observed }: Delivery): Promise<void> {
    await this.#append('raw', observations.map(rawRow));
    await this.#append(
      'claim',
      observed.map((o) => [o.machine, o.source, o.from_ns, o.until_ns]),
    );
  }

  /** Works everything out from the raw rows, over windows that are numbered as they come. */
  async compute(windows: readonly Span[]): Promise<void> {
    await this.connection.run('DELETE FROM win');
    await this.#append(
      'win',
      windows.map(({ from_ns, to_ns }, id) => [id, from_ns, to_ns]),
    );
    for (const [name, query] of [...oracleTables, ...oracleResults])
      await this.connection.run(`CREATE OR REPLACE TEMP TABLE ${name} AS ${query}`);
  }

  async rows(table: 'sums' | 'tallies' | 'figures'): Promise<OracleRow[]> {
    return (await this.connection.runAndReadAll(`SELECT * FROM ${table}`)).getRowObjects();
  }

  close(): void {
    this.connection.closeSync();
    this.#instance.closeSync();
  }

  async #describePlant(): Promise<void> {
    for (const [machine, calendar] of Object.entries(calendars))
      for (const [table, list] of [
        ['work', worked[calendar].work],
        ['pause', worked[calendar].pauses],
      ] as const)
        await this.#append(
          table,
          list.filter((s) => s.from_ns < s.to_ns).map(({ from_ns, to_ns }) => [machine, from_ns, to_ns]),
        );
    await this.#append(
      'signal',
      oracleSignals.map((s) => [
        s.machine,
        s.signal,
        s.kind,
        s.role ?? null,
        s.nano ?? null,
        s.rollover ?? null,
      ]),
    );
    await this.#append(
      'machine',
      Object.entries(oracleUsual).map(([machine, usual]) => {
        const tally = countersOf[machine] ?? null;
        return [machine, usual, tally, tally !== null && tally !== 'total'];
      }),
    );
    await this.#append('product', Object.entries(oracleRunTimes));
    await this.#append(
      'member',
      oracleScopes.map(({ scope, machine, energy }) => [scope, machine, energy]),
    );
  }

  async #append(table: string, rows: readonly (readonly DuckDBValue[])[]): Promise<void> {
    const types = Object.values(schema[table] ?? {});
    const appender = await this.connection.createAppender(table);
    for (let from = 0; from < rows.length; from += 2048) {
      const some = rows.slice(from, from + 2048);
      const chunk = DuckDBDataChunk.create(types, some.length);
      chunk.setColumns(types.map((_, column) => some.map((row) => row[column] ?? null)));
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
  }
}

function rawRow(o: MachineObservation): DuckDBValue[] {
  const { value, native } = o;
  return [
    o.machine,
    o.signal,
    o.source,
    o.source_time_ns,
    o.ordinal,
    o.gateway_time_ns,
    typeof value === 'number' ? value : null,
    typeof value === 'bigint' ? value : null,
    typeof value === 'string' ? value : null,
    typeof native === 'string' ? native : null,
  ];
}
