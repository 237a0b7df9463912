import { existsSync, statfsSync, writeFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { BenchlineError, type Log } from '@benchline/model';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** DuckDB's lock is the process's: a second instance here would be let in, and its closing would lift the lock. */
const openFiles = new Set<string>();

/**
 * Nothing is written while less is free: a transaction that fails half-way makes DuckDB refuse reads, too. A
 * compaction and its checkpoint need about so much; of a small disk a tenth has to do.
 */
const leastFreeBytes = 64 << 20;
const leastFreePart = 0.1;

/**
 * Each question is worked out by the thread that asks it: with one more, the two wait for each other in loops, and a
 * machine's day costs half as much CPU again. Questions of several connections still go side by side.
 * What DuckDB may hold in memory; larger sorts go to disk. The log of writes is folded into the file after each
 * compaction, outside of the way of writes; by itself only when it has grown far beyond that.
 */
const settings = {
  threads: '1',
  memory_limit: '512MB',
  wal_autocheckpoint: '256MB',
  // A file that looks like another program's would have it fetch an extension from the internet.
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
};

export interface DatabaseOptions {
  file: string;
  /** Reads what has to be known of the content. What it throws makes the file unusable. */
  load(connection: DuckDBConnection): Promise<void>;
  log?: Log | undefined;
}

/** One DuckDB file of this process: one transaction at a time writes, reads have connections of their own. */
export class Database {
  readonly file: string;
  readonly #options: DatabaseOptions;
  #instance: DuckDBInstance;
  #writer: DuckDBConnection | undefined;
  /** DuckDB has given this instance up after an error within a commit. */
  #dead = false;
  readonly #reads = new Set<Promise<unknown>>();
  /** The end of the line of writers. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(options: DatabaseOptions, file: string, opened: Opened) {
    this.#options = options;
    this.file = file;
    this.#instance = opened.instance;
    this.#writer = opened.writer;
  }

  /**
   * Opens the file, or makes it. One that cannot be read is moved aside and replaced by an empty one: what it held
   * is in the ledger.
   * @throws BenchlineError `store_unavailable` when another process has it, or the folder cannot be used.
   */
  static async open(options: DatabaseOptions): Promise<Database> {
    const file = resolve(options.file);
    if (openFiles.has(file))
      throw new BenchlineError('store_unavailable', `this process has the store ${file} open already`);
    openFiles.add(file);
    try {
      await mkdir(dirname(file), { recursive: true });
      if (existsSync(markOf(file))) await moveAside(file, 'blocks of it did not read back', options.log);
      const opened = await openFile(file, options).catch(async (error: unknown) => {
        if (!isUnreadable(error)) throw error;
        await moveAside(file, error, options.log);
        return await openFile(file, options);
      });
      return new Database(options, file, opened);
    } catch (error) {
      openFiles.delete(file);
      throw failure(file, error);
    }
  }

  /** Runs one transaction, after those that were asked for before; says how it ended before the next begins. */
  async commit(
    work: (connection: DuckDBConnection) => Promise<void>,
    settled: (committed: boolean) => void = () => undefined,
  ): Promise<void> {
    const turn = this.#last.then(async () => {
      try {
        this.#opened();
        this.#assertRoom();
        if (this.#dead) await this.#revive();
        await this.#transaction(this.#opened(), work);
        settled(true);
      } catch (error) {
        settled(false);
        throw error;
      }
    });
    this.#last = turn.catch(() => undefined);
    await turn;
  }

  /** Runs one transaction beside those of `commit`; the two must not touch the same tables. */
  aside(work: (connection: DuckDBConnection) => Promise<void>): Promise<void> {
    return this.read(async (connection) => {
      this.#assertRoom();
      await this.#transaction(connection, work);
      // Refused while somebody writes: the log is then folded in another time.
      await connection.run('CHECKPOINT').catch(() => undefined);
    });
  }

  /** On a connection of its own, so that a long read holds up neither writes nor other reads. */
  async read<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    this.#opened();
    const result = this.#onOwnConnection(work);
    this.#reads.add(result);
    try {
      return await result;
    } catch (error) {
      throw failure(this.file, error);
    } finally {
      this.#reads.delete(result);
    }
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
    openFiles.delete(this.file);
  }

  /** @throws BenchlineError `store_unavailable` when it has been closed. */
  assertOpen(): void {
    this.#opened();
  }

  #opened(): DuckDBConnection {
    if (this.#writer) return this.#writer;
    throw new BenchlineError('store_unavailable', `the store ${this.file} has been closed`);
  }

  async #onOwnConnection<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const connection = await this.#instance.connect();
    try {
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  }

  async #transaction(
    connection: DuckDBConnection,
    work: (connection: DuckDBConnection) => Promise<void>,
  ): Promise<void> {
    try {
      await connection.run('BEGIN TRANSACTION');
      await work(connection);
      await connection.run('COMMIT');
    } catch (error) {
      await connection.run('ROLLBACK').catch(() => undefined);
      if (/invalidated|FATAL/.test(textOf(error))) this.#dead = true;
      throw failure(this.file, error);
    }
  }

  /** Opens the file anew: whether the last commit reached it, only the file can tell. */
  async #revive(): Promise<void> {
    await Promise.allSettled(this.#reads);
    this.#writer?.closeSync();
    this.#instance.closeSync();
    try {
      const { instance, writer } = await openFile(this.file, this.#options);
      this.#instance = instance;
      this.#writer = writer;
      this.#dead = false;
    } catch (error) {
      throw failure(this.file, error);
    }
  }

  /** At once: a way through the thread pool would take a small write longer than the question. */
  #assertRoom(): void {
    const { bavail, blocks, bsize } = statfsSync(dirname(this.file));
    const free = bavail * bsize;
    if (free >= Math.min(leastFreeBytes, blocks * bsize * leastFreePart)) return;
    throw new BenchlineError(
      'store_unavailable',
      `only ${Math.floor(free / 1e6)} MB are free for the store ${this.file}`,
      { hint: 'make room on its disk; it goes on by itself', retryable: true },
    );
  }
}

interface Opened {
  instance: DuckDBInstance;
  writer: DuckDBConnection;
}

async function openFile(file: string, { load }: DatabaseOptions): Promise<Opened> {
  const instance = await DuckDBInstance.create(file, settings);
  try {
    const writer = await instance.connect();
    await load(writer);
    return { instance, writer };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

/** Whether the file's content is at fault, and not the disk, the folder or another process. */
function isUnreadable(error: unknown): boolean {
  const text = textOf(error);
  return !/ set lock |Permission denied|No space left|Cannot open file|Too many open files|Out of Memory/i.test(
    text,
  );
}

async function moveAside(file: string, why: unknown, log: Log | undefined): Promise<void> {
  const aside = `${file}.unreadable-${new Date().toISOString().replace(/[^\dT]/g, '')}`;
  await rename(file, aside).catch(() => undefined);
  await rm(markOf(file), { force: true });
  await rename(`${file}.wal`, `${aside}.wal`).catch(() => undefined);
  log?.error(
    { file, aside, reason: textOf(why) },
    'the embedded store could not be read: it was moved aside and is filled anew from the ledger',
  );
}

/** Says to the next opening that blocks of the file do not read back: only who reads them notices. */
const markOf = (file: string) => `${file}.damaged`;

function leaveMark(file: string): void {
  try {
    writeFileSync(markOf(file), '');
  } catch {
    // The disk itself may be what is broken; reading will complain again.
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function failure(file: string, error: unknown): BenchlineError {
  if (error instanceof BenchlineError) return error;
  const text = textOf(error);
  const holder = /Conflicting lock is held in (.*?)\(PID (\d+)\)/.exec(text);
  if (holder)
    return new BenchlineError('store_unavailable', `process ${holder[2]} has the store ${file} open`, {
      hint: 'only one process may open it: end the other one, or give this one a file of its own',
      retryable: true,
      cause: error,
    });
  const damaged = /checksum|corrupt/i.test(text);
  if (damaged) leaveMark(file);
  return new BenchlineError('store_unavailable', `the store ${file} cannot be used: ${text}`, {
    hint: damaged
      ? 'restart the service: it moves the file aside and fills a new one from the ledger'
      : 'check the folder, its free space and its permissions',
    retryable: true,
    cause: error,
  });
}
