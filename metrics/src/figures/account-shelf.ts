import { createHash } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import {
  type Asset,
  describeError,
  type Log,
  type Nanoseconds,
  nsPerDay,
  type PlantIndex,
} from '@benchline/model';
import { type Account, emptyAccount } from '../accounts/account.ts';
import type { FeedPosition } from '../follower/position.ts';
import { everAfter, type Interval } from '../intervals.ts';
import { openOrSetAside, type SpoiltFileOptions } from '../spoilt-file.ts';
import type { Shelf } from './piece-book.ts';
import { quarterNs } from './pieces.ts';

/**
 * To be raised when what a field of an account means changes, or how it is worked out: accounts that were kept are made
 * anew, and published figures that change by it are revised. New fields do the former by themselves.
 */
export const accountsVersion = 8;
/** Quarter hours are kept for so long before the newest slot of their asset; days for ever. */
const quartersKept: Nanoseconds = 62n * nsPerDay;
/** Slots that may be added before old ones are looked for. */
const pruneEvery = 20_000;
/** The position is written that seldom; reading a second of the feed again changes nothing. */
const rememberEvery_ms = 1000;
/** Reading so many records again costs more than the accounts are worth. */
const mostReread = 50_000;

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS piece (asset TEXT, from_ns INTEGER, to_ns INTEGER, account BLOB,
    PRIMARY KEY (asset, from_ns, to_ns)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS asset (id TEXT PRIMARY KEY, digest TEXT) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS position (one INTEGER PRIMARY KEY CHECK (one = 1), next INTEGER, line TEXT);`;

const queries = {
  recall: 'SELECT account FROM piece WHERE asset = ? AND from_ns = ? AND to_ns = ?',
  keep: 'INSERT OR REPLACE INTO piece VALUES (?, ?, ?, ?)',
  drop: 'DELETE FROM piece WHERE asset = ? AND to_ns >= ? AND from_ns <= ?',
  prune: 'DELETE FROM piece WHERE asset = ? AND to_ns < ? AND to_ns - from_ns <= ?',
  remember: 'INSERT OR REPLACE INTO position VALUES (1, ?, ?)',
} as const;

export interface ShelfOptions extends SpoiltFileOptions {
  /** Made if missing; one that cannot be read is moved aside: what it holds can be worked out again. */
  file: string;
  plant: PlantIndex;
}

/**
 * Accounts of days and quarter hours in a file, so that a restart does not begin from raw data. The file also
 * remembers up to where of the feed it was told what is new: reading goes on from there, so what was stored but
 * not yet told when the process died still drops what it touches. Slots of an asset that the plant file describes
 * otherwise now are dropped at the start, and one that does not read back is no account.
 *
 * A write that is lost with the power takes all later ones with it, so the place in the feed is never ahead of what
 * was dropped. After an error nothing is read or written any more until the next start.
 */
export class AccountShelf implements Shelf<Account> {
  readonly #log: Log;
  readonly #database: DatabaseSync;
  readonly #statements: Readonly<Record<keyof typeof queries, StatementSync>>;
  /** No slot of an asset ends later: news after it concern none of them. */
  readonly #ends = new Map<string, Nanoseconds>();
  #added = 0;
  #remembered_ms = Number.NEGATIVE_INFINITY;
  /** Not written yet. */
  #told: FeedPosition | undefined;
  #broken = false;

  private constructor(database: DatabaseSync, { plant, log }: ShelfOptions) {
    this.#log = log;
    this.#database = database;
    database.exec(schema);
    this.#statements = Object.fromEntries(
      Object.entries(queries).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<keyof typeof queries, StatementSync>;
    this.#statements.recall.setReadBigInts(true);
    this.#dropOthers(plant);
    for (const { asset, last } of this.#all('SELECT asset, max(to_ns) AS last FROM piece GROUP BY asset'))
      this.#ends.set(String(asset), last as bigint);
  }

  /** @throws BenchlineError `store_unavailable`, see `openOrSetAside`. */
  static open(options: ShelfOptions): AccountShelf {
    return openOrSetAside(
      options.file,
      (database) => new AccountShelf(database, options),
      'the store',
      options,
    );
  }

  /**
   * Where reading the feed has to begin so that nothing new is missed, when the store itself would begin at `from`.
   * A store that begins anew, or that is far ahead, leaves no use for what is here.
   */
  resume(from: FeedPosition): FeedPosition {
    const [row] = this.#all('SELECT next, line FROM position');
    const position = row && {
      next: Number(row['next']),
      line: row['line'] === null ? undefined : String(row['line']),
    };
    if (!position || from.next === 0 || from.next - position.next > mostReread) this.#clear(from);
    return position && position.next < from.next && from.next - position.next <= mostReread ? position : from;
  }

  /** Everything of the feed before a position has been told. */
  remember(position: FeedPosition): void {
    this.#told = position;
    if (performance.now() - this.#remembered_ms >= rememberEvery_ms) this.#writeTold();
  }

  #writeTold(): void {
    const told = this.#told;
    if (!told) return;
    this.#told = undefined;
    this.#remembered_ms = performance.now();
    this.#safely(() => this.#statements.remember.run(told.next, told.line ?? null));
  }

  recall(asset: string, { from_ns, to_ns }: Interval): Account | undefined {
    if ((this.#ends.get(asset) ?? from_ns) < to_ns) return undefined;
    const row = this.#safely(() => this.#statements.recall.get(asset, from_ns, to_ns));
    if (!row) return undefined;
    const account = opened(row['account'] as Uint8Array);
    if (account) return account;
    this.#log.error({ asset, from_ns, to_ns }, 'a kept account does not read back: it is worked out anew');
    return undefined;
  }

  keep(asset: string, pieces: readonly (Interval & { summary: Account })[]): void {
    const slots = pieces.filter(
      ({ from_ns, to_ns }) => to_ns - from_ns >= quarterNs && from_ns % quarterNs === 0n,
    );
    if (slots.length === 0) return;
    this.#safely(() => {
      this.#database.exec('BEGIN');
      for (const { from_ns, to_ns, summary } of slots)
        this.#statements.keep.run(asset, from_ns, to_ns, sealed(summary));
      this.#database.exec('COMMIT');
    });
    const last = slots.map(({ to_ns }) => to_ns).reduce((a, b) => (a > b ? a : b));
    if ((this.#ends.get(asset) ?? last) <= last) this.#ends.set(asset, last);
    this.#added += slots.length;
    if (this.#added >= pruneEvery) this.#prune();
  }

  touched(asset: string, from_ns: Nanoseconds, until_ns: Nanoseconds = everAfter): void {
    const end = this.#ends.get(asset);
    if (end === undefined || end < from_ns) return;
    this.#safely(() => this.#statements.drop.run(asset, from_ns, until_ns));
    if (until_ns > end) this.#ends.set(asset, from_ns);
  }

  close(): void {
    this.#writeTold();
    this.#database.close();
  }

  #prune(): void {
    this.#added = 0;
    for (const [asset, end] of this.#ends)
      this.#safely(() => this.#statements.prune.run(asset, end - quartersKept, quarterNs));
  }

  #clear({ next, line }: FeedPosition): void {
    this.#safely(() => {
      this.#database.exec('DELETE FROM piece');
      this.#statements.remember.run(next, line ?? null);
    });
    this.#ends.clear();
  }

  #dropOthers(plant: PlantIndex): void {
    const now = new Map([...plant.assets.values()].map((asset) => [asset.id, digestOf(asset, plant)]));
    const before = new Map(
      this.#all('SELECT id, digest FROM asset').map(({ id, digest }) => [String(id), String(digest)]),
    );
    this.#database.exec('BEGIN');
    for (const [id, digest] of before)
      if (now.get(id) !== digest) this.#database.prepare('DELETE FROM piece WHERE asset = ?').run(id);
    this.#database.exec('DELETE FROM asset');
    const add = this.#database.prepare('INSERT INTO asset VALUES (?, ?)');
    for (const [id, digest] of now) add.run(id, digest);
    this.#database.exec('COMMIT');
  }

  #all(query: string) {
    const statement = this.#database.prepare(query);
    statement.setReadBigInts(true);
    return statement.all();
  }

  #safely<T>(work: () => T): T | undefined {
    if (this.#broken) return undefined;
    try {
      return work();
    } catch (error) {
      this.#broken = true;
      this.#log.warn({ reason: describeError(error) }, 'the file of accounts is not used any more');
      return undefined;
    }
  }
}

const sumBytes = 4;

/** An account as bytes behind their CRC-32: the database does not notice when a disk changes one. */
function sealed(account: Account): Uint8Array {
  const bytes = serialize(account);
  const sum = Buffer.alloc(sumBytes);
  sum.writeUInt32LE(crc32(bytes));
  return Buffer.concat([sum, bytes]);
}

function opened(sealedBytes: Uint8Array): Account | undefined {
  if (sealedBytes.length < sumBytes) return undefined;
  const bytes = sealedBytes.subarray(sumBytes);
  const sum = new DataView(sealedBytes.buffer, sealedBytes.byteOffset).getUint32(0, true);
  return crc32(bytes) === sum ? (deserialize(bytes) as Account) : undefined;
}

/** Everything of a plant file that an asset's accounts may depend on; what is resolved into the asset only for it. */
function digestOf(asset: Asset, { plant }: PlantIndex): string {
  const { enterprise: _, machine_types: __, calendars: ___, ...rest } = plant;
  const { processes: ____, chains: _____, ...common } = rest;
  const fields = Object.keys(emptyAccount).toSorted();
  const content = JSON.stringify([accountsVersion, fields, asset, common]);
  return createHash('sha256').update(content).digest('hex');
}
