import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flipBit, machines, SpoolStory } from './support/spool-story.ts';

let story: SpoolStory;
beforeEach(async () => {
  story = await SpoolStory.begin({ max_bytes: 20_000 });
});
afterEach(() => story.end());

/** Drains after damage, and checks that nothing is missing without a word. */
async function account(): Promise<void> {
  await story.drain(Number.POSITIVE_INFINITY);
  for (const machine of machines) expect(story.unaccounted(machine)).toEqual([]);
}

async function emitAll(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) for (const machine of machines) await story.emit(machine);
}

describe('damage that a killed gateway finds', () => {
  it('a newest segment that ends anywhere', async () => {
    await emitAll(2);
    await story.drain(3);
    for (let cut = 1; cut < 1500; cut += 37) {
      await emitAll(1);
      if (cut % 2 === 0) await story.drain(1);
      await story.restart('kill', (_files, newest) => {
        truncateSync(newest, Math.max(0, readFileSync(newest).length - cut));
      });
    }
    await account();
  }, 60_000);

  it('a flipped bit anywhere in any file', async () => {
    await emitAll(6);
    for (let share = 0.01; share < 1; share += 0.03) {
      await emitAll(1);
      await story.drain(2);
      await story.restart('kill', (files) => {
        const file = files[Math.floor(share * 97) % files.length];
        if (file !== undefined) flipBit(file, share);
      });
    }
    await account();
  }, 60_000);

  it('a batch in the middle that is lost is a gap between the words around it, and counted', async () => {
    await emitAll(8);
    await story.restart('kill', (files) => flipBit(files[1] ?? '', 0.5));
    await account();
    expect(story.spool.status().lost).toEqual({ bytes: 0, age: 0, disk: 0, damaged: 1 });
    const gaps = story.ledger.batches
      .flatMap(({ content }) => content.gaps)
      .filter(({ reason }) => reason === 'spool_damaged');
    expect(gaps).toHaveLength(1);
    // One word of one machine, and no more.
    expect((gaps[0]?.to_ns ?? 0n) - (gaps[0]?.from_ns ?? 0n)).toBe(2_000_000n);
  });

  it('a batch that a ledger has, which is lost later: then it is declared, and not before', async () => {
    const roomy = await SpoolStory.begin({ max_bytes: 2_000_000 });
    try {
      for (let n = 0; n < 6; n += 1) await roomy.emit('mill-1');
      await roomy.drain(Number.POSITIVE_INFINITY);
      await roomy.restart('kill', (files) => flipBit(files[0] ?? '', 0.6));
      await roomy.drain(Number.POSITIVE_INFINITY);
      const damaged = () =>
        roomy.ledger.batches
          .flatMap(({ content }) => content.gaps)
          .filter(({ reason }) => reason === 'spool_damaged');
      for (const restart of ['stop', 'kill'] as const) {
        await roomy.spool.renew();
        await roomy.drain(Number.POSITIVE_INFINITY);
        await roomy.restart(restart);
      }
      await roomy.drain(Number.POSITIVE_INFINITY);
      expect(damaged()).toEqual([]);
      roomy.loseLedger();
      await roomy.drain(Number.POSITIVE_INFINITY);
      await roomy.emit('mill-1');
      await roomy.drain(Number.POSITIVE_INFINITY);
      expect(damaged()).toHaveLength(1);
      for (const machine of machines) expect(roomy.unaccounted(machine)).toEqual([]);
    } finally {
      await roomy.end();
    }
  });

  it('all segments of a first life, with the end of a ledger that had them', async () => {
    const first = await SpoolStory.first({ max_bytes: 2_000_000 });
    try {
      for (let n = 0; n < 6; n += 1) for (const machine of machines) await first.emit(machine);
      await first.drain(Number.POSITIVE_INFINITY);
      await first.restart('kill', (_files, newest) => truncateSync(newest, 0));
      first.loseLedger(6);
      await first.drain(Number.POSITIVE_INFINITY);
      for (const machine of machines) {
        await first.emit(machine);
        await first.drain(Number.POSITIVE_INFINITY);
        expect(first.unaccounted(machine)).toEqual([]);
      }
    } finally {
      await first.end();
    }
  });

  it('what made room because a ledger had it, which is lost later: then it is declared, and not before', async () => {
    for (let n = 0; n < 40; n += 1) {
      await emitAll(1);
      await story.drain(Number.POSITIVE_INFINITY);
    }
    expect(story.spool.floor).toBeGreaterThan(0);
    const evicted = () =>
      story.ledger.batches
        .flatMap(({ content }) => content.gaps)
        .filter(({ reason }) => reason === 'evicted');
    expect(evicted()).toEqual([]);
    story.loseLedger();
    await story.drain(Number.POSITIVE_INFINITY);
    await emitAll(1);
    await account();
    expect(evicted()).toHaveLength(machines.length);
  });

  it('what made room because a ledger had it that comes back without its end: only what is missing is declared', async () => {
    for (let n = 0; n < 60; n += 1) {
      await emitAll(1);
      await story.drain(Number.POSITIVE_INFINITY);
    }
    const kept = 80;
    expect(story.spool.floor).toBeGreaterThan(kept);
    story.loseLedger(kept);
    await story.drain(Number.POSITIVE_INFINITY);
    await emitAll(1);
    await account();
    const evicted = story.ledger.batches.flatMap(({ content }) =>
      content.gaps.filter((g) => g.reason === 'evicted'),
    );
    expect(evicted).toHaveLength(machines.length);
    const half = story.emitted.get('mill-1')?.[20] ?? 0n;
    for (const gap of evicted) expect(gap.from_ns).toBeGreaterThan(half);
  });

  it('things in its folder that it did not put there', async () => {
    await emitAll(3);
    await story.restart('kill', (files) => {
      const epoch = dirname(files[0] ?? '');
      const folder = dirname(epoch);
      mkdirSync(join(epoch, '0000000000000900.segment'));
      writeFileSync(join(epoch, 'notes.txt'), 'hello');
      writeFileSync(join(folder, 'ffffffffffff-00000000'), 'no folder');
      mkdirSync(join(folder, 'fffffffffffe-00000000'));
    });
    await account();
  });

  it('folders in the places of its state', async () => {
    await emitAll(3);
    const { epoch } = story.spool;
    await story.restart('kill', (files) => {
      for (const state of files.filter((file) => file.endsWith('.json'))) {
        rmSync(state);
        mkdirSync(state);
      }
    });
    expect(story.spool.epoch).toBe(epoch);
    await account();
  });
});
