import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BenchlineError } from '@benchline/model';

const sqliteBusy = 5;

/** A folder that belongs to this process. */
export interface FolderLock {
  /** Gives the folder free. */
  release(): void;
}

/**
 * Takes a folder for this process alone, making it when there is none. The lock is one that the operating system
 * keeps on a file: it ends with the process, however that ends, so that a killed process leaves nothing to clear
 * away and no process id has to be trusted that may have gone to another program since.
 *
 * Node has no call for such a lock; SQLite, which is part of Node, takes one on the file of an exclusive transaction.
 * Nothing is ever written into it: it stays empty, and a full disk is no hindrance.
 * @param purpose what the folder is, for the message.
 * @throws BenchlineError `folder_locked` while another process has it.
 */
export async function lockFolder(folder: string, purpose: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'lock');
  const ownerFile = join(folder, 'lock.pid');
  const database = lockFile(file);
  if (!database) throw locked(folder, purpose, ownerFile);
  noteOwner(ownerFile);
  return { release: () => database.close() };
}

/** The database that holds the lock; undefined while another process holds it. */
function lockFile(file: string): DatabaseSync | undefined {
  // What lies in the file is of no use to anybody. Emptying it does not touch a lock that is held.
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0) truncateSync(file);
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === sqliteBusy) return undefined;
    throw error;
  }
}

/** Only for the message to whoever comes second: without it, on a full disk, the lock holds as well. */
function noteOwner(file: string): void {
  try {
    rmSync(file, { force: true, recursive: true });
    writeFileSync(file, `${process.pid}\n`);
  } catch {
    return;
  }
}

function locked(folder: string, purpose: string, ownerFile: string): BenchlineError {
  let pid = '';
  try {
    pid = readFileSync(ownerFile, 'utf8').trim();
  } catch {
    pid = '';
  }
  const owner = /^\d+$/.test(pid) ? `the process ${pid}` : 'another process';
  return new BenchlineError('folder_locked', `${owner} has the ${purpose} ${folder} open`, {
    hint: 'stop it first, or give this service a data_dir of its own',
    retryable: true,
  });
}
