import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BatchDraft } from '../src/spool/port.ts';
import { stateFiles } from '../src/spool/state-file.ts';
import { checkChain, draftOf, second } from './support/batches.ts';
import { allFrom, SpoolPlace } from './support/spool-place.ts';

let place: SpoolPlace;
beforeEach(() => {
  place = new SpoolPlace();
});
afterEach(() => place.remove());

describe('a spool', () => {
  it('numbers, chains and signs batches, and goes on after it was opened again', async () => {
    const spool = await place.start();
    expect(await spool.append([draftOf(0), draftOf(1)])).toBe(1);
    const { epoch } = spool;
    await spool.close();
    const again = await place.start();
    expect(again.epoch).toBe(epoch);
    expect(await again.append([draftOf(2)])).toBe(2);
    const batches = await allFrom(again);
    checkChain(batches);
    expect(batches.map(({ content }) => content.observations[0]?.value)).toEqual([0, 0.5, 1]);
    expect(epoch).toMatch(/^[0-9a-f]{12}-[0-9a-f]{8}$/);
  });

  it('lets calls made at once share a commit and keeps their order', async () => {
    const spool = await place.start();
    const lasts = await Promise.all(Array.from({ length: 100 }, (_, n) => spool.append([draftOf(n)])));
    expect(lasts).toEqual(Array.from({ length: 100 }, (_, n) => n));
    checkChain(await allFrom(spool));
  });

  it('refuses only the call whose value nobody could carry', async () => {
    const spool = await place.start();
    const bad = (change: object): BatchDraft => {
      const draft = draftOf(1);
      return { ...draft, observations: draft.observations.map((o) => ({ ...o, ...change })) };
    };
    const calls = [
      draftOf(0),
      bad({ value: Number.NaN }),
      bad({ value: 2n ** 63n }),
      bad({ status: 0x8000_0000 }),
      bad({ value: 'x'.repeat(2_000_000) }),
      draftOf(2),
    ].map((draft) => spool.append([draft]));
    const outcomes = await Promise.allSettled(calls);
    expect(
      outcomes.map((o) => (o.status === 'fulfilled' ? o.value : (o.reason as { code: string }).code)),
    ).toEqual([0, 'value_unrepresentable', 'value_unrepresentable', 'batch_malformed', 'batch_malformed', 1]);
    checkChain(await allFrom(spool));
  });

  it('splits what is too large for one batch, and claims nothing before all of it is there', async () => {
    const spool = await place.start();
    const many = Array.from({ length: 10_000 }, (_, n) => ({
      signal: `s${n}`,
      source_time_ns: 5n,
      ordinal: 0,
      value: 1n,
      status: 0,
    }));
    const texts = many.slice(0, 10).map((o) => ({ ...o, value: 'x'.repeat(300_000) }));
    await spool.append([
      draftOf(0, { observations: many, resume: 'a' }),
      draftOf(1, { observations: texts }),
    ]);
    const batches = await allFrom(spool);
    checkChain(batches);
    expect(batches.flatMap(({ content }) => content.observations)).toEqual([...many, ...texts]);
    expect(batches.slice(0, 3).map(({ content }) => content.observed)).toEqual([
      undefined,
      undefined,
      { from_ns: 0n, until_ns: second },
    ]);
    expect(batches.length).toBeGreaterThan(5);
    expect(spool.resumeState('mill-1', 'opc')?.resume).toBe('a');
  });

  it('wakes who waits for a batch', async () => {
    const spool = await place.start();
    const waiting = spool.waitFor(1, new AbortController().signal);
    await spool.append([draftOf(0), draftOf(1)]);
    await waiting;
  });
});

describe('after a kill', () => {
  it('knows where each source stood as of the last commit', async () => {
    const spool = await place.start();
    await spool.append([
      draftOf(0, { resume: 'first' }),
      draftOf(3, { machine: 'press-1', source: 'mqtt', resume: '17' }),
    ]);
    await spool.append([
      draftOf(1, {
        observations: [
          { signal: 'power', source_time_ns: 9n * second, ordinal: 0, value: 1n, status: 0 },
          { signal: 'power', source_time_ns: 9n * second, ordinal: 1, value: 2n, native: 7, status: 0 },
          { signal: 'power', source_time_ns: 8n * second, ordinal: 5, value: 3n, status: 0 },
          { signal: 'state', source_time_ns: 8n * second, ordinal: 0, status: 0x808a_0000 },
        ],
      }),
    ]);
    const dead = await place.afterKill();
    expect(dead.resumeState('mill-1', 'opc')).toEqual({
      machine: 'mill-1',
      source: 'opc',
      until_ns: 2n * second,
      resume: 'first',
      last: new Map([
        [
          'power',
          { signal: 'power', source_time_ns: 9n * second, ordinal: 1, value: 2n, native: 7, status: 0 },
        ],
        ['state', { signal: 'state', source_time_ns: 8n * second, ordinal: 0, status: 0x808a_0000 }],
      ]),
    });
    expect(dead.resumeState('press-1', 'mqtt')).toMatchObject({ until_ns: 4n * second, resume: '17' });
    expect(dead.resumeState('mill-1', 'mqtt')).toBeUndefined();
    expect(dead.epoch).toBe(spool.epoch);
  });

  it('counts the end of a gap as known, too', async () => {
    const spool = await place.start();
    const { observed: _, ...unobserved } = draftOf(0);
    await spool.append([{ ...unobserved, gaps: [{ from_ns: 0n, to_ns: 70n, reason: 'gateway_restart' }] }]);
    expect((await place.afterKill()).resumeState('mill-1', 'opc')?.until_ns).toBe(70n);
  });

  it('still knows it when the batches that said it are long deleted', async () => {
    const spool = await place.start(40_000);
    await spool.append([draftOf(0, { machine: 'quiet-1', resume: 'kept' })]);
    for (let n = 0; n < 200; n += 1) {
      await spool.append([draftOf(n)]);
      await spool.acknowledge(n, (await spool.read(n, 1))[0]?.digest ?? '');
      // From here on the file of acks is behind.
      if (n === 10) await expect.poll(() => existsSync(join(place.folder, 'acked'))).toBe(true);
    }
    expect(spool.floor).toBeGreaterThan(100);
    const dead = await place.afterKill();
    expect(dead.status().lost).toEqual({ bytes: 0, age: 0, disk: 0, damaged: 0 });
    expect(dead.resumeState('quiet-1', 'opc')).toMatchObject({ until_ns: second, resume: 'kept' });
    expect(dead.resumeState('mill-1', 'opc')).toMatchObject({ until_ns: 200n * second });
    expect([dead.floor, dead.next]).toEqual([spool.floor, spool.next]);
    expect(await dead.append([draftOf(200)])).toBe(201);
    checkChain(await allFrom(dead, dead.floor));
  });

  it('does without its state files', async () => {
    const spool = await place.start();
    await spool.append([draftOf(0), draftOf(1)]);
    await spool.close();
    for (const text of ['', '{"v":1}', undefined]) {
      for (const file of stateFiles.map((name) => join(place.folder, name)))
        if (text === undefined) rmSync(file);
        else writeFileSync(file, text);
      const again = await place.start();
      expect([again.epoch, again.next]).toEqual([spool.epoch, 2]);
      expect(again.resumeState('mill-1', 'opc')?.until_ns).toBe(2n * second);
      await again.close();
    }
  });

  it('cuts a torn batch and gives its number to the next', async () => {
    const spool = await place.start();
    await spool.append([draftOf(0)]);
    await spool.append([draftOf(1)]);
    const copy = place.copy();
    const torn = place.newestSegment(spool, copy);
    truncateSync(torn, readFileSync(torn).length - 5);
    const again = await place.start(undefined, copy);
    expect([again.epoch, again.next]).toEqual([spool.epoch, 1]);
    expect(again.status().cut_bytes).toBeGreaterThan(500);
    expect(again.resumeState('mill-1', 'opc')?.until_ns).toBe(second);
    await again.append([draftOf(1)]);
    checkChain(await allFrom(again));
  });
});
