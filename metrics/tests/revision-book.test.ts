import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openLog } from '@benchline/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { feedStart } from '../src/follower/position.ts';
import { RevisionBook } from '../src/revisions/book.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'benchline-book-'));
  file = join(folder, 'telemetry.revisions');
  const book = open();
  book.savePosition({ next: 42, line: 'a'.repeat(64) }, []);
  book.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (onSpoilt?: () => void) => RevisionBook.open(file, { log: openLog('test'), onSpoilt });

test('goes on from where it was', () => {
  const book = open();
  expect(book.position().next).toBe(42);
  book.close();
});

test.each([
  ['nothing but zeros', (bytes: Buffer) => bytes.fill(0)],
  ['another file', () => Buffer.from('once upon a time '.repeat(500))],
  ['zeros in its middle', (bytes: Buffer) => bytes.fill(0, bytes.length / 2)],
])('is moved aside and begun anew when the disk made %s of it', (_, spoil) => {
  writeFileSync(file, spoil(readFileSync(file)));
  let spoilt = 0;
  const book = open(() => (spoilt += 1));
  expect(spoilt).toBe(1);
  expect(book.position()).toEqual(feedStart);
  book.savePosition({ next: 7, line: undefined }, []);
  book.close();
  expect(readdirSync(folder).filter((name) => name.includes('.unreadable-'))).not.toEqual([]);
  expect(existsSync(file)).toBe(true);
});

test('stays where it is while another process has it', () => {
  const other = new DatabaseSync(file);
  other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
  expect(() => open()).toThrow(/locked/);
  other.close();
  expect(readdirSync(folder).filter((name) => name.includes('.unreadable-'))).toEqual([]);
  const book = open();
  expect(book.position().next).toBe(42);
  book.close();
});
