import { entryToJson, type Log } from '@benchline/model';
import { DuckDBBlobValue, type DuckDBConnection } from '@duckdb/node-api';
import { inTimeOrder } from '../order.ts';
import type { KpiPoint, Placement, StoreWrite, TelemetryStore, WriteOutcome } from '../port.ts';
import { refusalOf } from '../refusal.ts';
import { appendRows, tables } from './append.ts';
import { Content, weightOf } from './content.ts';
import { Database } from './database.ts';
import { bytesOf, type KeptWrite } from './kept-write.ts';
import { readEntries, readGaps, readKpis, readLatest, readObservations, readObserved } from './reader.ts';
import { readSaid } from './said.ts';
import { settle } from './settle.ts';
import { compactSmall, otherThan, type WrittenTable } from './tables.ts';
import { writtenOf } from './written.ts';

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
  /** The DuckDB file; made if missing, with its folder. One that cannot be read is moved aside. */
  file: string;
  placement: Placement;
  /** Rows after which the store compacts by itself, beside the writes; a write counts as 64 at least. Default 250 000. */
  compact_rows?: number;
  log?: Log;
}

/** Rows that may wait for a running compaction, in `compact_rows`; then writes wait, too. */
const mostWaiting = 4;

/**
 * A store in one DuckDB file, which one process at a time may open.
 * @throws BenchlineError `store_unavailable` when another process has the file, or its folder cannot be used.
 */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<EmbeddedStore> {
  const content = new Content();
  const load = (connection: DuckDBConnection) => content.load(connection);
  const database = await Database.open({ file: options.file, load, log: options.log });
  const store = new Embedded(database, content, options);
  // A full disk is no reason not to serve what is there; it comes again after the next write.
  if (content.pending > 0) await store.compact().catch(() => undefined);
  return store;
}

class Embedded implements EmbeddedStore {
  readonly #database: Database;
  readonly #content: Content;
  readonly #placement: Placement;
  readonly #compactRows: number;
  #compacting: Promise<void> | undefined;

  constructor(database: Database, content: Content, options: EmbeddedStoreOptions) {
    this.#database = database;
    this.#content = content;
    this.#placement = options.placement;
    this.#compactRows = options.compact_rows ?? 250_000;
  }

  async write(write: StoreWrite, options: CursorOptions = {}): Promise<WriteOutcome> {
    const rejected: WriteOutcome['rejected'][number][] = [];
    const observations = write.observations.filter((o, index) => {
      const problem = refusalOf(o, this.#placement);
      if (problem) rejected.push({ kind: 'observation', index, ...problem });
      return problem === undefined;
    });
    const { entries = [] } = write;
    const accepted = observations.length + write.observed.length + write.gaps.length + entries.length;
    await this.#commit(weightOf(accepted), async (connection) => {
      const { series, origin, open, next } = this.#content;
      const kept: KeptWrite = {
        n: next,
        observations: writtenOf(observations, this.#content),
        claims: write.observed,
        cursor: cursorOf(options),
      };
      await appendRows(connection, tables.series, series.added());
      await appendRows(connection, tables.origin, origin.added());
      await appendRows(connection, tables[open], [[new DuckDBBlobValue(bytesOf(kept))]]);
      await appendRows(
        connection,
        tables.gap,
        write.gaps.map((g) => [g.machine, g.source, g.from_ns, g.to_ns, g.reason]),
      );
      await appendRows(
        connection,
        tables.entry,
        entries.map((e) => [
          e.id,
          e.subject,
          e.from_ns,
          e.to_ns ?? e.from_ns,
          JSON.stringify(entryToJson(e)),
        ]),
      );
      return () => this.#content.add(open, kept);
    });
    return { accepted, rejected };
  }

  async cursor(): Promise<number | undefined> {
    this.#database.assertOpen();
    return this.#content.cursor?.next;
  }

  async cursorLine(): Promise<string | undefined> {
    this.#database.assertOpen();
    return this.#content.cursor?.line || undefined;
  }

  observations(query: Parameters<TelemetryStore['observations']>[0]) {
    return this.#database.read((connection) =>
      readObservations(connection, this.#content, query, this.#seriesOf(query)),
    );
  }

  said({ machine, texts, numbers, ...window }: Parameters<NonNullable<TelemetryStore['said']>>[0]) {
    const series = {
      texts: this.#seriesOf({ machine, signals: texts }),
      numbers: this.#seriesOf({ machine, signals: numbers }),
    };
    return this.#database.read((connection) => readSaid(connection, this.#content, window, series));
  }

  latest({ machine, signals, at_ns }: Parameters<TelemetryStore['latest']>[0]) {
    const series = this.#seriesOf({ machine, signals });
    return this.#database.read(async (connection) =>
      inTimeOrder(await readLatest(connection, this.#content, at_ns, series)),
    );
  }

  observed(query: Parameters<TelemetryStore['observed']>[0]) {
    return this.#database.read((connection) => readObserved(connection, this.#content, query));
  }

  gaps(query: Parameters<TelemetryStore['gaps']>[0]) {
    return this.#database.read((connection) => readGaps(connection, query));
  }

  entries(query: Parameters<TelemetryStore['entries']>[0]) {
    return this.#database.read((connection) => readEntries(connection, query));
  }

  async writeKpis(points: readonly KpiPoint[]): Promise<void> {
    const rows = points.map((p) => [
      p.scope,
      p.period,
      p.from_ns,
      p.to_ns,
      p.revision,
      p.provisional,
      JSON.stringify(p.figures),
    ]);
    await this.#commit(rows.length, (connection) => appendRows(connection, tables.kpi, rows));
  }

  kpis(query: Parameters<TelemetryStore['kpis']>[0]) {
    return this.#database.read((connection) => readKpis(connection, query));
  }

  async compact(): Promise<void> {
    await this.#compacting;
    await this.#compact();
  }

  async close(): Promise<void> {
    await this.#compacting;
    await this.#database.close();
  }

  #seriesOf({ machine, signals }: { machine: string; signals?: readonly string[] }): number[] {
    const { series } = this.#content;
    if (signals === undefined) return series.under(machine);
    return signals.flatMap((signal) => series.find(machine, signal) ?? []);
  }

  /**
   * Commits what lets the file grow by some rows, and sees to it that it is compacted now and then. What the work hands
   * back is done once it is committed.
   */
  async #commit(
    rows: number,
    work: (connection: DuckDBConnection) => Promise<(() => void) | void>,
  ): Promise<void> {
    const content = this.#content;
    if (content.pending >= mostWaiting * this.#compactRows) await this.#compacting;
    let then: (() => void) | void;
    const settled = (committed: boolean) => {
      if (committed) then?.();
      for (const dictionary of [content.series, content.origin])
        if (committed) dictionary.commit();
        else dictionary.rollback();
    };
    await this.#database.commit(async (connection) => {
      then = await work(connection);
    }, settled);
    content.pending += rows;
    if (content.pending >= this.#compactRows && !this.#compacting)
      this.#compacting = this.#compact()
        // It comes again after the next write; the rows are there, only unsorted.
        .catch(() => undefined)
        .finally(() => {
          this.#compacting = undefined;
        });
  }

  /** Writes go on into the other table meanwhile. A crash leaves rows in both. */
  async #compact(): Promise<void> {
    const content = this.#content;
    // What a crash or a failed compaction left there.
    await this.#settle(otherThan(content.open));
    const rows = content.pending;
    const full = content.open;
    await this.#database.commit(async (connection) => {
      await compactSmall(connection);
      content.open = otherThan(full);
    });
    await this.#settle(full);
    content.pending -= rows;
  }

  async #settle(table: WrittenTable): Promise<void> {
    const generation = this.#content.generation(table);
    if (generation.isEmpty) return;
    await this.#database.aside((connection) => settle(connection, table, generation));
    this.#content.settled(table);
  }
}

function cursorOf({ cursor, cursor_line = '' }: CursorOptions): KeptWrite['cursor'] {
  return cursor === undefined ? undefined : { next: cursor, line: cursor_line };
}
