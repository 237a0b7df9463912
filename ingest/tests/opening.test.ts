import { readFile } from 'node:fs/promises';
import { openLog } from '@benchline/model';
import type { ReadyAnswer } from '@benchline/model/health';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadIngestConfig } from '../src/config.ts';
import { openLedger } from '../src/ledger/open.ts';
import { onceTheDiskWorks } from '../src/opening.ts';
import { freePort, Works } from './kit/works.ts';

const log = openLog('test');
log.level = 'silent';
/** Linux answers a read of a page that is not mapped as a disk answers one of a bad sector. */
const unreadable = '/proc/self/mem';

let works: Works;
beforeEach(() => {
  works = new Works();
});
afterEach(() => works.close());

/** Opens a ledger whose disk fails while `broken` says so. */
function opening(broken: () => boolean, signal: AbortSignal) {
  const config = loadIngestConfig(works.config());
  const opened = new AsyncDisposableStack();
  works.defer(() => opened.disposeAsync());
  let attempts = 0;
  const result = onceTheDiskWorks(
    async (attempt) => {
      attempts += 1;
      if (broken()) await readFile(unreadable);
      const { ledger } = await openLedger({ folder: config.data_dir, ledger_id: 'ledger-1', log });
      attempt.defer(() => ledger.close());
      return ledger;
    },
    { config, log, signal, opened },
  );
  return { result, attempts: () => attempts };
}

test('a disk that cannot be read is waited for, and the door says so', { timeout: 20_000 }, async () => {
  const port = await freePort();
  works.http = { port };
  let broken = true;
  const { result } = opening(() => broken, new AbortController().signal);
  const ask = async (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  const statusOf = async (path: string) => (await ask(path).catch(() => undefined))?.status;
  await expect.poll(() => statusOf('/readyz'), { timeout: 10_000 }).toBe(503);
  const { stages } = (await (await ask('/readyz')).json()) as ReadyAnswer;
  expect(stages).toMatchObject([
    { stage: 'ledger', reason: expect.stringContaining('EIO'), hint: expect.stringContaining('disk') },
  ]);
  expect(await statusOf('/healthz')).toBe(503);
  broken = false;
  const { result: ledger, port: listened } = await result;
  expect(ledger.next).toBe(0);
  expect(listened).toBe(port);
  // The place at the door is free for the service itself.
  expect(await statusOf('/readyz')).toBeUndefined();
});

test('a process that is told to end does not wait for its disk', async () => {
  const stop = new AbortController();
  const { result, attempts } = opening(() => true, stop.signal);
  setTimeout(() => stop.abort(), 200);
  await expect(result).rejects.toThrow('EIO');
  expect(attempts()).toBe(2);
});

test('what no disk has said is not waited for', async () => {
  const config = loadIngestConfig(works.config());
  const opened = new AsyncDisposableStack();
  const failing = onceTheDiskWorks(() => Promise.reject(new Error('of our own making')), {
    config,
    log,
    signal: new AbortController().signal,
    opened,
  });
  await expect(failing).rejects.toThrow('of our own making');
});
