import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Spool } from '../src/spool/port.ts';
import { checkChain, draftOf, second } from './support/batches.ts';
import { allFrom, SpoolPlace } from './support/spool-place.ts';

let place: SpoolPlace;
beforeEach(() => {
  place = new SpoolPlace();
});
afterEach(() => place.remove());

describe('a full spool', () => {
  const bound = 60_000;

  it('first deletes what is acknowledged, and loses nothing so', async () => {
    const spool = await place.start(bound);
    for (let n = 0; n < 300; n += 1) {
      const seq = await spool.append([draftOf(n)]);
      const [batch] = await spool.read(seq - 1, 1);
      if (seq > 0) await spool.acknowledge(seq - 1, batch?.digest ?? '');
    }
    expect(spool.status()).toMatchObject({ next: 300, evicted_batches: 0 });
    expect(spool.status().bytes).toBeLessThanOrEqual(bound);
    expect(spool.floor).toBeGreaterThan(150);
  });

  it('then the oldest of the rest, and declares it for each machine and source', async () => {
    const spool = await place.start(bound);
    for (let n = 0; n < 100; n += 1)
      await spool.append([draftOf(n), draftOf(n, { machine: 'press-1', source: 'mqtt' })]);
    const { evicted_batches, bytes } = spool.status();
    expect(bytes).toBeLessThanOrEqual(bound);
    const batches = await allFrom(spool, spool.floor);
    checkChain(batches);
    expect(evicted_batches).toBe(spool.floor);
    for (const machine of ['mill-1', 'press-1']) {
      const own = batches.filter(({ content }) => content.machine === machine);
      const claims = own.flatMap(({ content }) => content.observed ?? []);
      const gaps = own.flatMap(({ content }) => content.gaps);
      expect(new Set(gaps.map(({ reason }) => reason))).toEqual(new Set(['evicted']));
      // Everything is either still claimed or declared: from the very first instant to the last.
      let known = 0n;
      const sorted = [
        ...gaps.map((g) => [g.from_ns, g.to_ns] as const),
        ...claims.map((c) => [c.from_ns, c.until_ns] as const),
      ];
      for (const [from, to] of sorted.sort((a, b) => Number(a[0] - b[0]))) {
        expect(from).toBeLessThanOrEqual(known);
        if (to > known) known = to;
      }
      expect(known).toBe(100n * second);
    }
    const dead = await place.afterKill();
    expect(dead.status().evicted_batches).toBe(evicted_batches);
  });
});

describe('what is said once and holds on', () => {
  const once = { signal: 'state', source_time_ns: 15n * second, ordinal: 0, value: 'RUN', status: 0 };
  const sayingOnce = (n: number) => draftOf(n, n === 14 ? { observations: [once] } : {});
  const wordsOf = async (spool: Spool) =>
    (await allFrom(spool, spool.floor))
      .flatMap(({ content }) => content.observations)
      .filter(({ signal }) => signal === 'state');

  it('is kept when the batch that said it has to go, however often', async () => {
    const spool = await place.start(60_000);
    for (let n = 0; n < 400; n += 1) await spool.append([sayingOnce(n)]);
    expect(spool.floor).toBeGreaterThan(250);
    expect(new Set(await wordsOf(spool))).toEqual(new Set([once]));
  });

  it('is kept when the batch that said it does not read back', async () => {
    const spool = await place.start(60_000);
    for (let n = 0; n < 40; n += 1) await spool.append([sayingOnce(n)]);
    const copy = place.copy();
    const [, damaged = ''] = readdirSync(join(copy, spool.epoch)).sort();
    truncateSync(join(copy, spool.epoch, damaged), 0);
    const dead = await place.start(60_000, copy);
    await allFrom(dead);
    expect(await wordsOf(dead)).toEqual([once]);
  });
});

describe('what a ledger says', () => {
  it('is kept, forwards and backwards, also over a restart', async () => {
    const spool = await place.start();
    await spool.append([draftOf(0), draftOf(1), draftOf(2)]);
    const batches = await allFrom(spool);
    expect(spool.acked).toBe(-1);
    expect(await spool.acknowledge(2, batches[2]?.digest ?? '')).toBe(true);
    expect(await spool.acknowledge(0, batches[0]?.digest ?? '')).toBe(true);
    expect(spool.acked).toBe(0);
    await spool.close();
    const again = await place.start();
    expect(again.acked).toBe(0);
    expect(await again.acknowledge(-1, '')).toBe(true);
    expect(again.acked).toBe(-1);
  });

  it('shows a history that is not the one on disk', async () => {
    const spool = await place.start();
    await spool.append([draftOf(0)]);
    expect(await spool.acknowledge(0, 'cd'.repeat(32))).toBe(false);
    expect(await spool.acknowledge(1, 'cd'.repeat(32))).toBe(false);
    expect(await spool.acknowledge(0, '')).toBe(true);
  });

  it('leads to a new epoch that holds everything, acknowledged or not: a ledger may be lost later', async () => {
    const spool = await place.start();
    await spool.append([draftOf(0), draftOf(1), draftOf(2, { resume: 'r' })]);
    const before = await allFrom(spool);
    await spool.acknowledge(0, before[0]?.digest ?? '');
    const running = spool.append([draftOf(3)]);
    await spool.renew();
    await running;
    expect(spool.epoch > (before[0]?.content.epoch ?? '')).toBe(true);
    await spool.append([draftOf(4)]);
    const after = await allFrom(spool);
    checkChain(after);
    expect(after.map(({ content }) => content.observations)).toEqual(
      [0, 1, 2, 3, 4].map((n) => draftOf(n).observations),
    );
    expect(
      readdirSync(place.folder)
        .filter((name) => name !== 'acked')
        .sort(),
    ).toEqual(['lock', 'lock.pid', 'reserve', 'state.json', 'state-copy.json', spool.epoch].sort());
    const dead = await place.afterKill();
    expect(dead.status()).toMatchObject({ epoch: spool.epoch, next: 5, acked: -1, renewals: 1 });
    expect(dead.resumeState('mill-1', 'opc')).toMatchObject({ resume: 'r', until_ns: 5n * second });
    await spool.renew('ffff00000000-00000000');
    expect(spool.epoch > 'ffff00000000-00000000').toBe(true);
  });
});

describe('when the disk lost what had been durable', () => {
  it('begins a new epoch, and sources go on from what is left', async () => {
    const spool = await place.start();
    await spool.append([
      draftOf(0, { resume: 'a' }),
      draftOf(1, { resume: 'b' }),
      draftOf(2, { resume: 'c' }),
    ]);
    const file = place.newestSegment(spool);
    await spool.close();
    truncateSync(file, readFileSync(file).length - 5);
    const again = await place.start();
    expect(again.epoch > spool.epoch).toBe(true);
    expect(again.status()).toMatchObject({ next: 3, renewals: 1 });
    expect(again.resumeState('mill-1', 'opc')).toMatchObject({ until_ns: 2n * second, resume: 'b' });
    const batches = await allFrom(again);
    checkChain(batches);
    // What was said last is known beside the records; how far it was watched the source has to say.
    expect(batches[2]?.content).toMatchObject({ observations: draftOf(2).observations, gaps: [] });
    expect(batches[2]?.content.observed).toBeUndefined();
  });

  it('also when nothing is left', async () => {
    const spool = await place.start();
    await spool.append([draftOf(0)]);
    await spool.close();
    rmSync(join(place.folder, spool.epoch), { recursive: true });
    const again = await place.start();
    expect(again.epoch > spool.epoch).toBe(true);
    expect(await again.append([draftOf(1)])).toBe(0);
  });

  it('reads over batches in the middle that do not read back', async () => {
    const spool = await place.start(80_000);
    for (let n = 0; n < 60; n += 1) await spool.append([draftOf(n)]);
    const epoch = join(place.folder, spool.epoch);
    await spool.close();
    const files = readdirSync(epoch).sort();
    expect(files.length).toBeGreaterThan(2);
    const oldest = join(epoch, files[0] ?? '');
    const bytes = readFileSync(oldest);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    writeFileSync(oldest, bytes);
    const again = await place.start(80_000);
    expect((await again.read(0, 1))[0]?.content.seq).toBe(1);
    expect(again.next).toBe(60);
  });
});
