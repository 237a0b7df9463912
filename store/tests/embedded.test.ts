import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedStore } from '../src/embedded/index.ts';
import { everything, kpiPoint, observation, placement, second, t0, written } from './samples.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'benchline-embedded-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A process that writes batch after batch of ten observations with its cursor, and prints what is committed. */
function startWriter(file: string) {
  const child = spawn(process.execPath, [new URL('./embedded-writer.ts', import.meta.url).pathname, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    nextCursor: async () => Number((await lines.next()).value),
    kill: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

describe('embedded store', () => {
  it('keeps data and cursor together when its process is killed', async () => {
    const file = join(folder, 'killed.duckdb');
    const writer = startWriter(file);
    let committed = 0;
    while (committed < 200) committed = await writer.nextCursor();
    await writer.kill();
    const store = await openEmbeddedStore({ file, placement });
    const cursor = (await store.cursor()) ?? 0;
    const found = await store.observations({ machine: 'mill-1', ...everything });
    await store.close();
    expect(cursor).toBeGreaterThanOrEqual(committed);
    expect(found.map(({ value }) => value)).toEqual(Array.from({ length: cursor }, (_, n) => BigInt(n)));
  });

  // DuckDB sorts by vectors of 2048 rows, and equal rows on both sides of such an edge in any order: of three and of
  // seven copies some lie there, and there is a hole before every claim.
  it.each([3, 7])(
    'keeps every hole between claims that were told %i times, compacted or not',
    async (copies) => {
      const store = await openEmbeddedStore({ file: join(folder, `told-${copies}.duckdb`), placement });
      const claims = Array.from({ length: 2000 }, (_, n) => {
        const from_ns = t0 + BigInt(n) * 2_000_000n;
        return { machine: 'mill-1', source: 'plc', from_ns, until_ns: from_ns + 1_000_000n };
      });
      for (let copy = 0; copy < copies; copy++)
        await store.write(written({ observed: copy % 2 ? claims.toReversed() : claims }));
      const told = claims.map(({ from_ns, until_ns }) => ({ from_ns, to_ns: until_ns }));
      const asked = { machine: 'mill-1', ...everything };
      expect(await store.observed(asked)).toEqual(told);
      expect(await store.observed({ ...asked, source: 'plc' })).toEqual(told);
      await store.compact();
      expect(await store.observed(asked)).toEqual(told);
      await store.close();
    },
  );

  it('says which process has the file', async () => {
    const file = join(folder, 'held.duckdb');
    const writer = startWriter(file);
    await writer.nextCursor();
    try {
      await expect(openEmbeddedStore({ file, placement })).rejects.toMatchObject({
        code: 'store_unavailable',
        message: `process ${writer.child.pid} has the store ${file} open`,
        hint: expect.stringContaining('only one process'),
      });
    } finally {
      await writer.kill();
    }
  });

  it('does not open a file twice within a process either', async () => {
    const file = join(folder, 'twice.duckdb');
    const store = await openEmbeddedStore({ file, placement });
    await expect(openEmbeddedStore({ file, placement })).rejects.toMatchObject({ code: 'store_unavailable' });
    await store.close();
    await (await openEmbeddedStore({ file, placement })).close();
  });

  it('is the same after compaction, closing and opening', async () => {
    const file = join(folder, 'nested', 'again.duckdb');
    let store = await openEmbeddedStore({ file, placement });
    const observations = ['state', 'torque', 'note'].flatMap((signal) =>
      Array.from({ length: 3000 }, (_, n) =>
        observation({ signal, source_time_ns: t0 + BigInt(n) * 1000n, value: `${signal} ${n}`, native: n }),
      ),
    );
    const claims = Array.from({ length: 100 }, (_, n) => ({
      machine: 'mill-1',
      source: 'opcua-1',
      from_ns: t0 + BigInt(n + (n >= 50 ? 1 : 0)) * second,
      until_ns: t0 + BigInt(n + (n >= 50 ? 2 : 1)) * second,
    }));
    const gap = {
      machine: 'mill-1',
      source: 'opcua-1',
      from_ns: t0,
      to_ns: t0 + 9n,
      reason: 'evicted' as const,
    };
    const half = observations.length / 2;
    await store.write(written({ observations: observations.slice(0, half), observed: claims }), {
      cursor: 1,
    });
    await store.compact();
    await store.write(written({ observations, gaps: [gap, gap] }), { cursor: 2 });
    await store.writeKpis([kpiPoint({}), kpiPoint({ revision: 1 })]);
    const look = async () => ({
      observations: await store.observations({ machine: 'mill-1', ...everything }),
      latest: await store.latest({ machine: 'mill-1', signals: ['note'], at_ns: t0 + 5_500n }),
      observed: await store.observed({ machine: 'mill-1', ...everything }),
      gaps: await store.gaps({ machine: 'mill-1', ...everything }),
      kpis: await store.kpis({ scope: kpiPoint({}).scope, period: 'hour', ...everything }),
      cursor: await store.cursor(),
    });
    const before = await look();
    expect(before.observations).toHaveLength(9000);
    expect(before.latest[0]?.value).toBe('note 5');
    expect(before.observed).toEqual([
      { from_ns: t0, to_ns: t0 + 50n * second },
      { from_ns: t0 + 51n * second, to_ns: t0 + 101n * second },
    ]);
    expect(before.gaps).toEqual([gap]);
    expect(before.kpis).toEqual([kpiPoint({ revision: 1 })]);
    expect(before.cursor).toBe(2);
    await store.compact();
    expect(await look()).toEqual(before);
    await store.close();
    store = await openEmbeddedStore({ file, placement });
    expect(await look()).toEqual(before);
    await store.close();
  });

  it('takes writes that come at once, and refuses them once closed', async () => {
    const store = await openEmbeddedStore({ file: join(folder, 'closed.duckdb'), placement });
    const writes = Array.from({ length: 20 }, (_, n) =>
      store.write(written({ observations: [observation({ source_time_ns: t0 + BigInt(n), value: n })] })),
    );
    const closing = store.close();
    expect((await Promise.all(writes)).every(({ accepted }) => accepted === 1)).toBe(true);
    await closing;
    await expect(store.write(written({}))).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(store.cursor()).rejects.toMatchObject({ code: 'store_unavailable' });
  });
});
