import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Nanoseconds, Publication, PublishedPeriod, RevisionReason } from '@benchline/model';
import { z } from 'zod';
import { type FeedPosition, feedStart } from '../follower/position.ts';
import { everAfter, type Interval } from '../intervals.ts';
import { openOrSetAside, type SpoiltFileOptions } from '../spoilt-file.ts';

type Grain = PublishedPeriod['grain'];

/** Names a period of a scope. */
export interface PeriodKey extends Interval {
  scope: string;
  grain: Grain;
}

/** A revision of a period's figures as the ledger holds it. */
export interface Revision extends Omit<PublishedPeriod, 'scope' | 'more_reasons'>, PeriodKey {
  more_reasons: number;
  /** Its record of the ledger, and when that was taken in. */
  offset: number;
  received_ns: Nanoseconds;
  by: string;
  basis: number;
  plant: string;
  formulas: string;
}

/** A publication with its place in the ledger. */
export interface PublicationRecord {
  offset: number;
  received_ns: Nanoseconds;
  publication: Publication;
}

/** How far a source has been heard of. */
export interface Claim {
  machine: string;
  source: string;
  until_ns: Nanoseconds;
  heard_ns: Nanoseconds;
  simulated: boolean;
}

type Row = Record<string, SQLOutputValue>;
type Statement =
  | 'insert'
  | 'latest'
  | 'history'
  | 'keys'
  | 'open'
  | 'shut'
  | 'opened'
  | 'claim'
  | 'claims'
  | 'entered'
  | 'entry';

const schema = `
  CREATE TABLE IF NOT EXISTS revision (
    scope TEXT, from_ns INTEGER, to_ns INTEGER, grain TEXT, revision INTEGER, offset INTEGER, received_ns INTEGER,
    basis INTEGER, principal TEXT, plant TEXT, formulas TEXT, coverage REAL, accounts TEXT, figures TEXT,
    changes TEXT, why TEXT, more_reasons INTEGER,
    PRIMARY KEY (scope, from_ns, to_ns, grain, revision)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS revision_offset ON revision (offset);
  CREATE INDEX IF NOT EXISTS revision_end ON revision (to_ns, from_ns, scope, grain);
  CREATE TABLE IF NOT EXISTS unpublished (
    scope TEXT, grain TEXT, from_ns INTEGER, to_ns INTEGER,
    PRIMARY KEY (scope, grain, from_ns, to_ns)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS claim (
    machine TEXT, source TEXT, until_ns INTEGER, heard_ns INTEGER, simulated INTEGER,
    PRIMARY KEY (machine, source)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS entry (
    subject TEXT, id TEXT, from_ns INTEGER, to_ns INTEGER, PRIMARY KEY (subject, id)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS position (one INTEGER PRIMARY KEY, next INTEGER, line TEXT);
`;

const sql: Readonly<Record<Statement, string>> = {
  insert: 'INSERT OR REPLACE INTO revision VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  latest: `SELECT * FROM revision WHERE scope = ? AND from_ns = ? AND to_ns = ? AND (? IS NULL OR grain = ?)
    ORDER BY revision DESC LIMIT 1`,
  history: `SELECT * FROM revision WHERE scope = ? AND from_ns >= ? AND from_ns < ? AND (? IS NULL OR grain = ?)
    ORDER BY from_ns, to_ns, grain, revision LIMIT ?`,
  keys: `SELECT DISTINCT to_ns, from_ns, scope, grain FROM revision
    WHERE (to_ns, from_ns, scope, grain) < (?, ?, ?, ?)
    ORDER BY to_ns DESC, from_ns DESC, scope DESC, grain DESC LIMIT ?`,
  open: 'INSERT OR IGNORE INTO unpublished VALUES (?, ?, ?, ?)',
  shut: 'DELETE FROM unpublished WHERE scope = ? AND grain = ? AND from_ns = ? AND to_ns = ?',
  opened: 'SELECT * FROM unpublished',
  claim: 'INSERT OR REPLACE INTO claim VALUES (?, ?, ?, ?, ?)',
  claims: 'SELECT * FROM claim',
  entered: 'INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)',
  entry: 'SELECT from_ns, to_ns FROM entry WHERE subject = ? AND id = ?',
};

const Figures = z.record(z.string(), z.object({ value: z.number().optional(), status: z.string() }));
const Changes = z.record(z.string(), z.object({ old: Figures.valueType, new: Figures.valueType }));

/**
 * What of the ledger's publications a metrics service has read, and what it needs to go on with them: periods that
 * have data and are not published, how far the sources have been heard of, and up to where of the feed all this
 * is true. All of it comes from the ledger; without the file it is read again from there.
 */
export class RevisionBook {
  readonly #database: DatabaseSync;
  readonly #statements: Readonly<Record<Statement, StatementSync>>;

  /**
   * Opens the file, or makes it. What one that cannot be read held is read from the ledger again.
   * @param file `:memory:` keeps nothing.
   * @throws BenchlineError `store_unavailable`, see `openOrSetAside`.
   */
  static open(file: string, options: SpoiltFileOptions): RevisionBook {
    return openOrSetAside(file, (database) => new RevisionBook(database), 'the ledger', options);
  }

  private constructor(database: DatabaseSync) {
    this.#database = database;
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    const verdict = database.prepare('PRAGMA quick_check(1)').get();
    if (verdict?.['quick_check'] !== 'ok')
      throw new Error(`quick_check says ${String(verdict?.['quick_check'])}`);
    database.exec(schema);
    const prepared = Object.entries(sql).map(([name, query]) => {
      const statement = this.#database.prepare(query);
      statement.setReadBigInts(true);
      return [name, statement];
    });
    this.#statements = Object.fromEntries(prepared) as Record<Statement, StatementSync>;
  }

  close(): void {
    this.#database.close();
  }

  /** Up to where of the feed everything is in here. */
  position(): FeedPosition {
    const row = this.#database.prepare('SELECT next, line FROM position').get();
    return row ? { next: Number(row['next']), line: text(row['line']) || undefined } : feedStart;
  }

  savePosition({ next, line }: FeedPosition, claims: readonly Claim[]): void {
    this.#atOnce(() => {
      for (const { machine, source, until_ns, heard_ns, simulated } of claims)
        this.#statements.claim.run(machine, source, until_ns, heard_ns, simulated ? 1 : 0);
      this.#database.prepare('INSERT OR REPLACE INTO position VALUES (1, ?, ?)').run(next, line ?? '');
    });
  }

  claims(): Claim[] {
    return this.#statements.claims.all().map((row) => ({
      machine: text(row['machine']),
      source: text(row['source']),
      until_ns: big(row['until_ns']),
      heard_ns: big(row['heard_ns']),
      simulated: big(row['simulated']) === 1n,
    }));
  }

  /** Notes that a period has data and is not published. */
  open({ scope, grain, from_ns, to_ns }: PeriodKey): void {
    this.#statements.open.run(scope, grain, from_ns, to_ns);
  }

  opened(): PeriodKey[] {
    return this.#statements.opened.all().map(keyFrom);
  }

  /** Notes over which time an entry matters. */
  entered(subject: string, id: string, { from_ns, to_ns }: Interval): void {
    this.#statements.entered.run(subject, id, from_ns, to_ns);
  }

  /** The time over which an entry mattered. */
  entry(subject: string, id: string): Interval | undefined {
    const row = this.#statements.entry.get(subject, id);
    return row && { from_ns: big(row['from_ns']), to_ns: big(row['to_ns']) };
  }

  /** Takes in a publication; a second time changes nothing. */
  take({ offset, received_ns, publication }: PublicationRecord): void {
    const { by, basis, plant, formulas, periods } = publication;
    this.#atOnce(() => {
      for (const p of periods) {
        const { insert, shut } = this.#statements;
        insert.run(
          ...[p.scope, p.from_ns, p.to_ns, p.grain, p.revision],
          ...[offset, received_ns, basis, by, plant, formulas],
          ...[p.coverage, p.accounts, JSON.stringify(p.figures)],
          ...[JSON.stringify(p.changes ?? {}), JSON.stringify(p.why ?? []), p.more_reasons ?? 0],
        );
        shut.run(p.scope, p.grain, p.from_ns, p.to_ns);
      }
    });
  }

  /** Forgets what was published from an offset on: it comes again, or the ledger holds something else there. */
  forget(from: number): void {
    this.#atOnce(() => {
      const first = 'SELECT scope, grain, from_ns, to_ns FROM revision WHERE offset >= ? AND revision = 1';
      this.#database.prepare(`INSERT OR IGNORE INTO unpublished ${first}`).run(from);
      this.#database.prepare('DELETE FROM revision WHERE offset >= ?').run(from);
    });
  }

  /** Offset of the newest publication; undefined when there is none. */
  newest(): number | undefined {
    const newest = this.#database.prepare('SELECT max(offset) AS newest FROM revision').get()?.['newest'];
    return newest === null || newest === undefined ? undefined : Number(newest);
  }

  /** The latest revision of a period; of any grain where none is named. */
  latest(scope: string, { from_ns, to_ns }: Interval, grain: Grain | null = null): Revision | undefined {
    const row = this.#statements.latest.get(scope, from_ns, to_ns, grain, grain);
    return row && revisionFrom(row);
  }

  /** Every revision of the periods of a scope that begin in a window, in order. */
  history(scope: string, { from_ns, to_ns }: Interval, grain: Grain | undefined, most: number): Revision[] {
    const of = grain ?? null;
    return this.#statements.history.all(scope, from_ns, to_ns, of, of, most).map(revisionFrom);
  }

  /** Published periods, the latest to end first; those that come after one in that order. */
  keysAfter(after: PeriodKey | undefined, most: number): PeriodKey[] {
    const { scope, from_ns, to_ns, grain } = after ?? { scope: '', from_ns: 0n, to_ns: everAfter, grain: '' };
    return this.#statements.keys.all(to_ns, from_ns, scope, grain, most).map(keyFrom);
  }

  #atOnce(write: () => void): void {
    this.#database.exec('BEGIN');
    try {
      write();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

function keyFrom(row: Row): PeriodKey {
  const from_ns = big(row['from_ns']);
  return { scope: text(row['scope']), grain: text(row['grain']) as Grain, from_ns, to_ns: big(row['to_ns']) };
}

function revisionFrom(row: Row): Revision {
  const coverage = row['coverage'];
  return {
    ...keyFrom(row),
    revision: Number(row['revision']),
    offset: Number(row['offset']),
    received_ns: big(row['received_ns']),
    by: text(row['principal']),
    basis: Number(row['basis']),
    plant: text(row['plant']),
    formulas: text(row['formulas']),
    coverage: coverage === null ? null : Number(coverage),
    accounts: text(row['accounts']),
    figures: Figures.parse(JSON.parse(text(row['figures']))),
    changes: Changes.parse(JSON.parse(text(row['changes']))),
    why: JSON.parse(text(row['why'])) as RevisionReason[],
    more_reasons: Number(row['more_reasons']),
  };
}

function text(value: SQLOutputValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function big(value: SQLOutputValue | undefined): bigint {
  return typeof value === 'bigint' ? value : 0n;
}
