import { join } from 'node:path';
import { loadPlant, type MachineObservation } from '@benchline/model';
import { demoPlantFile } from '@benchline/simulators';
import { placementOf } from '@benchline/store';
import { openEmbeddedStore } from '@benchline/store/embedded';
import {
  BIGINT,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  UINTEGER,
  UTINYINT,
  VARCHAR,
} from '@duckdb/node-api';
import type { Bench, Setting } from './bench.ts';
import { inTurns, perCpuSecond, perSecond, timed } from './measure.ts';
import { pieces, recordedObservations, takeForStore } from './recorded.ts';
import { compared } from './row.ts';

const rowsPerCommit = 1000;

/** The embedded store's writes beside DuckDB's appender with finished columns, in commits of the same size. */
export const embedded: Bench = {
  summary: 'rows into the embedded store, beside the plain DuckDB appender',
  async run(setting: Setting) {
    const rows = setting.quick ? 30_000 : 100_000;
    const recorded = recordedObservations();
    const placement = placementOf(loadPlant(demoPlantFile).index);
    const store = await openEmbeddedStore({ file: join(setting.folder, 'ours.duckdb'), placement });
    const bare = await BareTable.open(join(setting.folder, 'bare.duckdb'));
    try {
      const { things, limits } = await inTurns({
        turns: setting.quick ? 3 : 5,
        warm_up: true,
        most_s: setting.quick ? 5 : 15,
        signal: setting.signal,
        thing: async () => {
          const writes = pieces(takeForStore(recorded, rows), rowsPerCommit);
          return await timed(rows, async () => {
            for (const observations of writes) await store.write({ observations, observed: [], gaps: [] });
          });
        },
        limit: async () => {
          const chunks = pieces(takeForStore(recorded, rows), rowsPerCommit).map(columnsOf);
          return await timed(rows, async () => {
            for (const columns of chunks) await bare.append(columns);
          });
        },
      });
      return [
        compared({ name: 'embedded append', unit: 'rows/s' }, things.map(perSecond), limits.map(perSecond)),
        compared(
          { name: 'embedded append, CPU', unit: 'rows/CPU-s' },
          things.map(perCpuSecond),
          limits.map(perCpuSecond),
        ),
      ];
    } finally {
      await store.close();
      bare.close();
    }
  },
};

type Column = readonly [
  name: string,
  sql: string,
  type: DuckDBType,
  of: (o: MachineObservation) => DuckDBValue,
];

/** As much as the store keeps of an observation, with a fixed number for what it looks up. */
const columns: readonly Column[] = [
  ['series', 'INTEGER', INTEGER, () => 1],
  ['time', 'BIGINT', BIGINT, (o) => o.source_time_ns],
  ['ordinal', 'INTEGER', INTEGER, (o) => o.ordinal],
  ['kind', 'UTINYINT', UTINYINT, (o) => (typeof o.value === 'number' ? 1 : 3)],
  ['number', 'DOUBLE', DOUBLE, (o) => (typeof o.value === 'number' ? o.value : null)],
  ['integer', 'BIGINT', BIGINT, () => null],
  ['text', 'VARCHAR', VARCHAR, (o) => (typeof o.value === 'string' ? o.value : null)],
  ['native_kind', 'UTINYINT', UTINYINT, () => 0],
  ['native_number', 'DOUBLE', DOUBLE, () => null],
  ['native_integer', 'BIGINT', BIGINT, () => null],
  ['native_text', 'VARCHAR', VARCHAR, () => null],
  ['status', 'UINTEGER', UINTEGER, (o) => o.status],
  ['gateway_time', 'BIGINT', BIGINT, (o) => o.gateway_time_ns],
  ['origin', 'INTEGER', INTEGER, () => 1],
];

function columnsOf(observations: readonly MachineObservation[]): DuckDBValue[][] {
  return columns.map(([, , , of]) => observations.map(of));
}

class BareTable {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  static async open(file: string): Promise<BareTable> {
    const instance = await DuckDBInstance.create(file, { threads: '2' });
    const connection = await instance.connect();
    await connection.run(`CREATE TABLE bare (${columns.map(([name, sql]) => `${name} ${sql}`).join(', ')})`);
    return new BareTable(instance, connection);
  }

  async append(values: readonly DuckDBValue[][]): Promise<void> {
    const connection = this.#connection;
    await connection.run('BEGIN TRANSACTION');
    const appender = await connection.createAppender('bare');
    const chunk = DuckDBDataChunk.create(
      columns.map(([, , type]) => type),
      values[0]?.length ?? 0,
    );
    chunk.setColumns(values);
    appender.appendDataChunk(chunk);
    appender.closeSync();
    await connection.run('COMMIT');
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}
