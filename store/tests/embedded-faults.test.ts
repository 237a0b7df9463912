import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Log, openLog } from '@benchline/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../src/embedded/index.ts';
import { temporaryFolder } from './influx-fixture.ts';
import { everything, observation, placement, t0, written } from './samples.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let file: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  file = join(folder.path, 'store.duckdb');
});
afterEach(() => folder[Symbol.asyncDispose]());

/** A log that keeps what is said as an error. */
function errorsOf(): { log: Log; errors: unknown[] } {
  const errors: unknown[] = [];
  const log = openLog('test');
  log.level = 'silent';
  log.error = (facts: unknown) => errors.push(facts);
  return { log, errors };
}

const readings = (count: number, from = 0) =>
  written({
    observations: Array.from({ length: count }, (_, n) =>
      observation({ source_time_ns: t0 + BigInt(from + n), value: `a text of some length ${from + n}` }),
    ),
  });

async function fill(count: number): Promise<void> {
  const store = await openEmbeddedStore({ file, placement });
  await store.write(readings(count), { cursor: count });
  await store.compact();
  await store.close();
}

const look = async (store: Awaited<ReturnType<typeof openEmbeddedStore>>) =>
  await store.observations({ machine: 'mill-1', ...everything });

describe('an embedded store that cannot be read', () => {
  it.each<[string, () => unknown]>([
    ['rubbish', () => writeFileSync(file, randomBytes(100_000))],
    ['another kind of file', () => writeFileSync(file, `SQLite format 3\0${'x'.repeat(8192)}`)],
    ['cut off', () => truncateSync(file, 5000)],
    [
      'overwritten at its beginning',
      () => {
        const bytes = readFileSync(file);
        writeFileSync(file, Buffer.concat([Buffer.alloc(4096 * 3, 0xff), bytes.subarray(4096 * 3)]));
      },
    ],
  ])('%s: is moved aside, said, and begins anew', async (_what, damage) => {
    await fill(100);
    damage();
    const { log, errors } = errorsOf();
    const store = await openEmbeddedStore({ file, placement, log });
    expect(await store.cursor()).toBeUndefined();
    await store.write(readings(10), { cursor: 10 });
    expect(await look(store)).toHaveLength(10);
    await store.close();
    expect(errors).toMatchObject([{ file, aside: expect.stringContaining('unreadable-') }]);
    expect(readdirSync(folder.path).some((name) => name.includes('.unreadable-'))).toBe(true);
  });

  it('of another program: its tables are in the way, and it is moved aside', async () => {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    await connection.run('CREATE TABLE series (something VARCHAR); INSERT INTO series VALUES (1)');
    await connection.run('CREATE VIEW fresh AS SELECT 1');
    connection.closeSync();
    instance.closeSync();
    const { log, errors } = errorsOf();
    const store = await openEmbeddedStore({ file, placement, log });
    await store.write(readings(3), { cursor: 3 });
    expect(await store.cursor()).toBe(3);
    await store.close();
    expect(errors).toHaveLength(1);
  });

  it('in blocks that only reading finds: says so, and begins anew when it is opened again', async () => {
    await fill(200_000);
    const bytes = readFileSync(file);
    for (let at = 4096 * 3 + 100_000; at < bytes.length; at += 20_000) bytes[at] = (bytes[at] ?? 0) ^ 0x10;
    writeFileSync(file, bytes);
    const { log, errors } = errorsOf();
    const first = await openEmbeddedStore({ file, placement, log });
    const refusal = await look(first).then(
      () => undefined,
      (error: unknown) => error,
    );
    await first.close();
    // Where the damage hit what opening reads, it has begun anew at once.
    if (errors.length === 0) {
      expect(refusal).toMatchObject({ code: 'store_unavailable', hint: expect.stringContaining('restart') });
      const second = await openEmbeddedStore({ file, placement, log });
      expect(await look(second)).toEqual([]);
      await second.close();
    }
    expect(errors).toHaveLength(1);
  });
});

describe('an embedded store on a full disk', () => {
  const disk = () => join(folder.path, 'disk');

  it('goes on being read, refuses writes, and goes on when there is room', async ({ skip }) => {
    mkdirSync(disk());
    const refused = mounted(disk());
    skip(refused !== undefined, refused);
    try {
      file = join(disk(), 'store.duckdb');
      const store = await openEmbeddedStore({ file, placement });
      await store.write(readings(5000), { cursor: 5000 });
      const ballast = join(disk(), 'ballast');
      execFileSync('sh', ['-c', 'head -c 200M /dev/zero > "$0" || true', ballast], { stdio: 'ignore' });
      expect(statSync(ballast).size).toBeGreaterThan(0);
      await expect(store.write(readings(5000, 5000), { cursor: 10_000 })).rejects.toMatchObject({
        code: 'store_unavailable',
        retryable: true,
        hint: expect.stringContaining('make room'),
      });
      expect(await look(store)).toHaveLength(5000);
      expect(await store.cursor()).toBe(5000);
      await rm(ballast);
      await store.write(readings(5000, 5000), { cursor: 10_000 });
      expect(await look(store)).toHaveLength(10_000);
      await store.close();
    } finally {
      execFileSync('umount', ['--lazy', disk()], { stdio: 'ignore' });
    }
  });
});

/** Puts a small disk over a folder; says why it cannot. */
function mounted(path: string): string | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', path], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'a small disk needs Linux and the right to mount one';
  }
}

it('takes writes while it compacts, and loses none of them', async () => {
  const store = await openEmbeddedStore({ file, placement, compact_rows: 2000 });
  for (let from = 0; from < 40_000; from += 1000)
    await store.write(readings(1000, from), { cursor: from + 1000 });
  const found = await look(store);
  expect(found).toHaveLength(40_000);
  expect(found.map(({ value }) => value)).toEqual(readings(40_000).observations.map(({ value }) => value));
  await store.close();
  const again = await openEmbeddedStore({ file, placement });
  expect(await look(again)).toHaveLength(40_000);
  expect(await again.cursor()).toBe(40_000);
  await again.close();
});
