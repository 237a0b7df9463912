import { existsSync, renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { BenchlineError, describeError, type Log } from '@benchline/model';

export interface SpoiltFileOptions {
  log: Log;
  /** Is told when a file was moved aside. */
  onSpoilt?: (() => void) | undefined;
}

/**
 * Opens a SQLite file whose content can be made again. One that does not read back, or is no such file, is moved aside
 * (`FILE.unreadable-TIME`) for a person to look at, which the log says, and an empty one takes its place.
 * @param prepare makes what uses the file of the open database; whatever it throws is a fault of the content.
 * @param refilledFrom says where the content comes from again, for the log.
 * @throws BenchlineError `store_unavailable` when not the content is at fault but the disk, the folder, or another
 * process that has the file open: then it stays where it is.
 */
export function openOrSetAside<T>(
  file: string,
  prepare: (database: DatabaseSync) => T,
  refilledFrom: string,
  { log, onSpoilt }: SpoiltFileOptions,
): T {
  try {
    return open(file, prepare);
  } catch (error) {
    if (isOfSurroundings(error)) throw unusable(file, error);
    const aside = `${file}.unreadable-${new Date().toISOString().replace(/[^\dT]/g, '')}`;
    log.error(
      { file, aside, reason: describeError(error) },
      `a file could not be read: it was moved aside and is filled anew from ${refilledFrom}`,
    );
    for (const end of ['', '-wal', '-shm'])
      if (existsSync(`${file}${end}`)) renameSync(`${file}${end}`, `${aside}${end}`);
    onSpoilt?.();
    return open(file, prepare);
  }
}

function open<T>(file: string, prepare: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(file);
  try {
    return prepare(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Result codes of SQLite (sqlite.org/rescode.html) that say nothing of what is in a file. */
const ofSurroundings: ReadonlySet<number> = new Set([
  3, // PERM
  5, // BUSY
  6, // LOCKED
  7, // NOMEM
  8, // READONLY
  13, // FULL
  14, // CANTOPEN
  23, // AUTH
]);

function isOfSurroundings(error: unknown): boolean {
  if (!(error instanceof Error && 'errcode' in error && typeof error.errcode === 'number')) return false;
  // The upper bits only say more of the same.
  return ofSurroundings.has(error.errcode & 0xff);
}

function unusable(file: string, cause: unknown): BenchlineError {
  return new BenchlineError('store_unavailable', `the file ${file} cannot be used: ${describeError(cause)}`, {
    hint: 'check its folder, free space and permissions, and that no other process has it open',
    retryable: true,
    cause,
  });
}
