import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { lockFolder } from '@benchline/store/journal';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'benchline-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lockModule = pathToFileURL(join(import.meta.dirname, '../src/journal/lock.ts')).href;
const holder = `
  const { lockFolder } = await import(${JSON.stringify(lockModule)});
  const lock = await lockFolder(process.argv[1], 'spool');
  process.stdout.write('held');
  setInterval(() => lock, 1000);`;

async function startHolder() {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', holder, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

it('belongs to one process, names it to others, and is free once that was killed', async () => {
  const child = await startHolder();
  await expect(lockFolder(folder, 'spool')).rejects.toMatchObject({
    code: 'folder_locked',
    message: `the process ${child.pid} has the spool ${folder} open`,
  });
  child.kill('SIGKILL');
  await once(child, 'close');
  const lock = await lockFolder(folder, 'spool');
  await expect(lockFolder(folder, 'spool')).rejects.toMatchObject({ code: 'folder_locked' });
  lock.release();
  (await lockFolder(folder, 'spool')).release();
}, 30_000);

it('goes by the lock and not by what lies in its files', async () => {
  writeFileSync(join(folder, 'lock'), 'not empty, and no database either');
  writeFileSync(join(folder, 'lock.pid'), `${process.pid}\n`);
  const lock = await lockFolder(folder, 'spool');
  writeFileSync(join(folder, 'lock.pid'), 'nonsense');
  await expect(lockFolder(folder, 'spool')).rejects.toMatchObject({
    message: `another process has the spool ${folder} open`,
  });
  lock.release();
});
