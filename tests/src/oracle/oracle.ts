import type { Entry, MachineObservation } from '@benchline/model';
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
import {
  oracleCapacities,
  oracleChains,
  oracleControlled,
  oracleProducts,
  oracleScopes,
  oracleSignals,
  oracleStations,
  oracleUsual,
} from './plant.ts';
import { contextTables } from './sql-context.ts';
import { countTables } from './sql-counts.ts';
import { factTables } from './sql-facts.ts';
import { resultTables } from './sql-figures.ts';
import { lossTables } from './sql-losses.ts';

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
  upkeep: spans,
  signal: {
    machine: VARCHAR,
    signal: VARCHAR,
    kind: VARCHAR,
    role: VARCHAR,
    nano: BIGINT,
    rollover: HUGEINT,
    apportion: BIGINT,
  },
  /** What people stated, by what it changes. */
  stated: {
    machine: VARCHAR,
    id: VARCHAR,
    kind: VARCHAR,
    entered: BIGINT,
    f: BIGINT,
    t: BIGINT,
    supersedes: VARCHAR,
    state: VARCHAR,
    reason: VARCHAR,
    an_order: VARCHAR,
    product: VARCHAR,
    good: BIGINT,
    scrap: BIGINT,
    rework: BIGINT,
    signal: VARCHAR,
    last: DOUBLE,
    first: DOUBLE,
    cause: VARCHAR,
    items: BIGINT,
    process: VARCHAR,
    submitted: BIGINT,
    passed: BIGINT,
    input: VARCHAR,
    value: DOUBLE,
  },
  machine: {
    machine: VARCHAR,
    usual: VARCHAR,
    tally: VARCHAR,
    good: BOOLEAN,
    capacity: DOUBLE,
    controlled: BOOLEAN,
  },
  product: { product: VARCHAR, run_time: DOUBLE, scrap: DOUBLE },
  station: { process: VARCHAR, machine: VARCHAR, rule: VARCHAR },
  chain: { chain: VARCHAR, process: VARCHAR, place: INTEGER },
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

  async deliver({ observations, observed, entries = [] }: Delivery): Promise<void> {
    await this.#append('raw', observations.map(rawRow));
    await this.#append(
      'claim',
      observed.map((o) => [o.machine, o.source, o.from_ns, o.until_ns]),
    );
    await this.#append('stated', entries.map(statedRow));
  }

  /** Works everything out from the raw rows, over windows that are numbered as they come. */
  async compute(windows: readonly Span[]): Promise<void> {
    await this.connection.run('DELETE FROM win');
    await this.#append(
      'win',
      windows.map(({ from_ns, to_ns }, id) => [id, from_ns, to_ns]),
    );
    for (const [name, query] of [
      ...factTables,
      ...countTables,
      ...resultTables,
      ...lossTables,
      ...contextTables,
    ])
      await this.connection.run(`CREATE OR REPLACE TEMP TABLE ${name} AS ${query}`);
  }

  async rows(
    table: 'sums' | 'bars' | 'tallies' | 'orders' | 'figures' | 'context_figures',
  ): Promise<OracleRow[]> {
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
        ['upkeep', worked[calendar].maintenance],
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
        s.apportion_ns ?? null,
      ]),
    );
    await this.#append(
      'machine',
      Object.entries(oracleUsual).map(([machine, usual]) => {
        const tally = countersOf[machine] ?? null;
        const capacity = oracleCapacities[machine] ?? null;
        return [
          ...[machine, usual, tally, tally !== null && tally !== 'total'],
          ...[capacity, oracleControlled.has(machine)],
        ];
      }),
    );
    await this.#append(
      'product',
      Object.entries(oracleProducts).map(([product, planned]) => [product, ...planned]),
    );
    await this.#append(
      'station',
      oracleStations.map(([process, machine, rule]) => [process, machine, rule]),
    );
    await this.#append(
      'chain',
      Object.entries(oracleChains).flatMap(([chain, processes]) =>
        processes.map((process, i) => [chain, process, i + 1]),
      ),
    );
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

function statedRow({ subject, id, entered_ns, from_ns, to_ns, supersedes, statement }: Entry): DuckDBValue[] {
  const { kind } = statement;
  const row: Record<string, DuckDBValue> = {
    ...{ machine: subject, id, kind, entered: entered_ns, f: from_ns, t: to_ns ?? null },
    supersedes: supersedes ?? null,
  };
  switch (kind) {
    case 'order':
      Object.assign(row, { an_order: statement.order, product: statement.product });
      break;
    case 'state':
      Object.assign(row, { state: statement.state, reason: statement.reason_code ?? null });
      break;
    case 'stop_reason':
      row['reason'] = statement.reason_code;
      break;
    case 'count_correction': {
      const { good = 0, scrap = 0, rework = 0, cause = null } = statement;
      Object.assign(row, itemsOf({ good, scrap, rework }), { cause, items: BigInt(scrap + rework) });
      break;
    }
    case 'reclassify': {
      const moved = { good: 0, scrap: 0, rework: 0 };
      moved[statement.from] -= statement.items;
      moved[statement.to] += statement.items;
      const named = statement.to === 'good' ? 0 : statement.items;
      Object.assign(row, itemsOf(moved), { cause: statement.cause ?? null, items: BigInt(named) });
      break;
    }
    case 'scrap_cause':
      Object.assign(row, { cause: statement.cause, items: BigInt(statement.items) });
      break;
    case 'inspection': {
      const { process = null, submitted, passed } = statement;
      Object.assign(row, { process, submitted: BigInt(submitted), passed: BigInt(passed) });
      break;
    }
    case 'declared_input':
      Object.assign(row, { input: statement.input, value: statement.value });
      break;
    case 'register_exchange':
      Object.assign(row, { signal: statement.signal, last: statement.last, first: statement.first });
      break;
    case 'register_reading':
      Object.assign(row, { signal: statement.signal, first: statement.value });
      break;
  }
  return Object.keys(schema['stated'] ?? {}).map((column) => row[column] ?? null);
}

function itemsOf({ good, scrap, rework }: Record<'good' | 'scrap' | 'rework', number>) {
  return { kind: 'correction', good: BigInt(good), scrap: BigInt(scrap), rework: BigInt(rework) };
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
