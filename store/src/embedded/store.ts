import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { BenchlineError, type MachineObservation } from '@benchline/model';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { inTimeOrder } from '../order.ts';
import type { KpiPoint, Placement, StoreWrite, TelemetryStore, WriteOutcome } from '../port.ts';
import { refusalOf } from '../refusal.ts';
import { appendRows, observationRow, tables } from './append.ts';
import { Dictionary } from './dictionary.ts';
import { readGaps, readKpis, readLatest, readObservations, readObserved } from './reader.ts';
import { compact, createTables, freshRows } from './tables.ts';

export interface EmbeddedStore extends TelemetryStore {
  /** `cursor` is stored in the same transaction as the data: both are there after a crash, or neither. */
  write(write: StoreWrite, options?: CursorOptions): Promise<WriteOutcome>;
  /** The cursor of the last write that had one. */
  cursor(): Promise<number | undefined>;
  /** The `cursor_line` that was written with it. */
  cursorLine(): Promise<string | undefined>;
  /** Sorts and de-duplicates what came since the last time; the store does so by itself every `compact_rows`. */
  compact(): Promise<void>;
}

interface CursorOptions {
  /** Offset of the next record of the feed. */
  cursor?: number;
  /** By which the feed tells whether the record before it is the one that was read. */
  cursor_line?: string | undefined;
}

export interface EmbeddedStoreOptions {
  /** The DuckDB file; made if missing, with its folder. */
  file: string;
  placement: Placement;
  /** Rows after which the store compacts by itself. Default 250 000: a compaction holds up writes for some 0.2 s. */
  compact_rows?: number;
}

/** DuckDB's lock is the process's: a second instance here would be let in, and its closing would lift the lock. */
const openFiles = new Set<string>();

/**
 * A store in one DuckDB file, which one process at a time may open.
 * @throws BenchlineError `store_unavailable` when another process has the file, or it cannot be read.
 */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<EmbeddedStore> {
  const file = resolve(options.file);
  if (openFiles.has(file))
    throw new BenchlineError('store_unavailable', `this process has the store ${file} open already`);
  openFiles.add(file);
  try {
    await mkdir(dirname(file), { recursive: true });
    const instance = await DuckDBInstance.create(file, { threads: '2', memory_limit: '1GB' });
    const store = new Embedded(file, instance, options);
    await store.load().catch((error: unknown) => {
      instance.closeSync();
      throw error;
    });
    return store;
  } catch (error) {
    openFiles.delete(file);
    throw failure(file, error);
  }
}

class Embedded implements EmbeddedStore {
  readonly #file: string;
  readonly #instance: DuckDBInstance;
  readonly #placement: Placement;
  readonly #compactRows: number;
  #writer: DuckDBConnection | undefined;
  #numbers = { series: new Dictionary(), origin: new Dictionary() };
  /** Rows since the last compaction. */
  #pending = 0;
  readonly #reads = new Set<Promise<unknown>>();
  /** The end of the line of writers: one transaction at a time. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(file: string, instance: DuckDBInstance, options: EmbeddedStoreOptions) {
    this.#file = file;
    this.#instance = instance;
    this.#placement = options.placement;
    this.#compactRows = options.compact_rows ?? 250_000;
  }

  async load(): Promise<void> {
    const writer = await this.#instance.connect();
    this.#writer = writer;
    await createTables(writer);
    this.#numbers = {
      series: await Dictionary.load(writer, 'series'),
      origin: await Dictionary.load(writer, 'origin'),
    };
    this.#pending = await freshRows(writer);
    if (this.#pending > 0) await this.compact();
  }

  async write(write: StoreWrite, options: CursorOptions = {}): Promise<WriteOutcome> {
    const rejected: WriteOutcome['rejected'][number][] = [];
    const observations = write.observations.filter((o, index) => {
      const problem = refusalOf(o, this.#placement);
      if (problem) rejected.push({ kind: 'observation', index, ...problem });
      return problem === undefined;
    });
    await this.#transaction(async (connection) => {
      const rows = observations.map((o) =>
        observationRow(
          o,
          this.#numbers.series.number(o.machine, o.signal),
          this.#numbers.origin.number(o.source, o.gateway, o.mapping),
        ),
      );
      await appendRows(connection, tables.series, this.#numbers.series.added());
      await appendRows(connection, tables.origin, this.#numbers.origin.added());
      await appendRows(connection, tables.fresh, rows);
      await appendRows(
        connection,
        tables.observed,
        write.observed.map((c) => [c.machine, c.source, c.from_ns, c.until_ns]),
      );
      await appendRows(
        connection,
        tables.gap,
        write.gaps.map((g) => [g.machine, g.source, g.from_ns, g.to_ns, g.reason]),
      );
      if (options.cursor !== undefined) await setCursor(connection, options.cursor, options.cursor_line);
      return rows.length + write.observed.length + write.gaps.length;
    });
    return { accepted: observations.length + write.observed.length + write.gaps.length, rejected };
  }

  async cursor(): Promise<number | undefined> {
    return this.#read(async (connection) => {
      const [row] = (await connection.runAndReadAll('SELECT next FROM cursor')).getRows();
      return row && Number(row[0]);
    });
  }

  async cursorLine(): Promise<string | undefined> {
    return this.#read(async (connection) => {
      const [row] = (await connection.runAndReadAll('SELECT line FROM cursor')).getRows();
      return typeof row?.[0] === 'string' && row[0] !== '' ? row[0] : undefined;
    });
  }

  observations(query: Parameters<TelemetryStore['observations']>[0]) {
    return this.#read((connection) =>
      readObservations(connection, this.#numbers, query, this.#seriesOf(query)),
    );
  }

  latest({ machine, signals, at_ns }: Parameters<TelemetryStore['latest']>[0]) {
    return this.#read(async (connection) => {
      const found: MachineObservation[] = [];
      for (const series of this.#seriesOf({ machine, signals })) {
        const observation = await readLatest(connection, this.#numbers, at_ns, series);
        if (observation) found.push(observation);
      }
      return inTimeOrder(found);
    });
  }

  observed(query: Parameters<TelemetryStore['observed']>[0]) {
    return this.#read((connection) => readObserved(connection, query));
  }

  gaps(query: Parameters<TelemetryStore['gaps']>[0]) {
    return this.#read((connection) => readGaps(connection, query));
  }

  async writeKpis(points: readonly KpiPoint[]): Promise<void> {
    await this.#transaction(async (connection) => {
      const rows = points.map((p) => [
        p.scope,
        p.period,
        p.from_ns,
        p.to_ns,
        p.revision,
        p.provisional,
        JSON.stringify(p.figures),
      ]);
      await appendRows(connection, tables.kpi, rows);
      return rows.length;
    });
  }

  kpis(query: Parameters<TelemetryStore['kpis']>[0]) {
    return this.#read((connection) => readKpis(connection, query));
  }

  async compact(): Promise<void> {
    await this.#inTurn(() => this.#compact());
  }

  async close(): Promise<void> {
    await this.#last;
    const writer = this.#writer;
    if (!writer) return;
    this.#writer = undefined;
    await Promise.allSettled(this.#reads);
    // In its own thread; closing would do the same and block the loop meanwhile.
    await writer.run('CHECKPOINT').catch(() => undefined);
    writer.closeSync();
    this.#instance.closeSync();
    openFiles.delete(this.#file);
  }

  #seriesOf({ machine, signals }: { machine: string; signals?: readonly string[] }): number[] {
    if (signals === undefined) return this.#numbers.series.under(machine);
    return signals.flatMap((signal) => this.#numbers.series.find(machine, signal) ?? []);
  }

  async #read<T>(read: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    if (!this.#writer) throw closed(this.#file);
    const result = this.#onOwnConnection(read);
    this.#reads.add(result);
    try {
      return await result;
    } catch (error) {
      throw failure(this.#file, error);
    } finally {
      this.#reads.delete(result);
    }
  }

  /** So that a long read holds up neither writes nor other reads. */
  async #onOwnConnection<T>(read: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.#instance.connect();
    try {
      return await read(connection);
    } finally {
      connection.closeSync();
    }
  }

  /** Commits one transaction; `work` says by how many rows it lets the file grow. */
  async #transaction(work: (connection: DuckDBConnection) => Promise<number>): Promise<void> {
    await this.#inTurn(async () => {
      await this.#commit(work);
      if (this.#pending >= this.#compactRows) await this.#compact();
    });
  }

  #compact(): Promise<void> {
    return this.#commit(async (connection) => {
      await compact(connection);
      return -this.#pending;
    });
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    await turn;
  }

  async #commit(work: (connection: DuckDBConnection) => Promise<number>): Promise<void> {
    const writer = this.#writer;
    if (!writer) throw closed(this.#file);
    try {
      await writer.run('BEGIN TRANSACTION');
      const grown = await work(writer);
      await writer.run('COMMIT');
      this.#numbers.series.commit();
      this.#numbers.origin.commit();
      this.#pending += grown;
    } catch (error) {
      await writer.run('ROLLBACK').catch(() => undefined);
      this.#numbers.series.rollback();
      this.#numbers.origin.rollback();
      throw failure(this.#file, error);
    }
  }
}

async function setCursor(connection: DuckDBConnection, cursor: number, line = ''): Promise<void> {
  await connection.run('DELETE FROM cursor');
  await connection.run('INSERT INTO cursor (next, line) VALUES ($next, $line)', {
    next: BigInt(cursor),
    line,
  });
}

function closed(file: string): BenchlineError {
  return new BenchlineError('store_unavailable', `the store ${file} has been closed`);
}

function failure(file: string, error: unknown): BenchlineError {
  if (error instanceof BenchlineError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const holder = /Conflicting lock is held in (.*?)\(PID (\d+)\)/.exec(text);
  if (holder)
    return new BenchlineError('store_unavailable', `process ${holder[2]} has the store ${file} open`, {
      hint: 'only one process may open it: end the other one, or give this one a file of its own',
      retryable: true,
      cause: error,
    });
  return new BenchlineError('store_unavailable', `the store ${file} cannot be used: ${text}`, {
    hint: 'check the folder, its free space and its permissions',
    retryable: true,
    cause: error,
  });
}
