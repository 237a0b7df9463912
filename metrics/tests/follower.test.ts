import { openLog } from '@benchline/model';
import type { StoreWrite, WriteOutcome } from '@benchline/store';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Follower } from '../src/follower/follower.ts';
import { BatchMaker } from './kit/batches.ts';
import { FeedServer } from './kit/feed-server.ts';

process.env['BENCHLINE_LOG'] ??= 'silent';

let feed: FeedServer;
let maker: BatchMaker;
const stop: AbortController[] = [];
beforeEach(async () => {
  feed = await FeedServer.open();
  maker = new BatchMaker();
});
afterEach(async () => {
  for (const controller of stop.splice(0)) controller.abort();
  await feed.close();
});

const batch = (value: number) =>
  maker.make({
    machine: 'mill',
    observations: [{ signal: 'load', source_time_ns: BigInt(value), ordinal: 0, value, status: 0 }],
    observed: { from_ns: BigInt(value - 1), until_ns: BigInt(value) },
  });

/** A store that keeps values and cursor together, and can be made to fail. */
class MemoryStore {
  values: unknown[] = [];
  cursor = 0;
  line: string | undefined;
  failing = false;

  async write(
    write: StoreWrite,
    options?: { cursor?: number; cursor_line?: string | undefined },
  ): Promise<WriteOutcome> {
    if (this.failing) throw new Error('the store is away');
    this.values.push(...write.observations.map((o) => o.value));
    this.cursor = options?.cursor ?? this.cursor;
    this.line = options?.cursor_line;
    return { accepted: write.observations.length, rejected: [] };
  }
}

function follow(store: MemoryStore, url = feed.url, log = openLog('test')): Follower {
  const controller = new AbortController();
  stop.push(controller);
  const follower = new Follower({
    feed: { url, authorization: undefined },
    reader: 'metrics',
    from: { next: store.cursor, line: store.line },
    store,
    log,
    onQueryable: () => undefined,
    onEntries: async () => undefined,
    onNews: () => undefined,
    onRecords: () => undefined,
  });
  void follower.run(controller.signal);
  return follower;
}

const soon = { timeout: 10_000 };

describe('the follower', () => {
  test('takes in what is there and what comes', async () => {
    const store = new MemoryStore();
    feed.append(batch(1), batch(2));
    follow(store);
    await expect.poll(() => store.values, soon).toEqual([1, 2]);
    feed.append(batch(3));
    await expect.poll(() => store.values, soon).toEqual([1, 2, 3]);
    expect(store.cursor).toBe(3);
  });

  test('goes on where it stood after the feed is cut in the middle of a line', async () => {
    const store = new MemoryStore();
    feed.append(batch(1));
    const follower = follow(store);
    await expect.poll(() => store.values, soon).toEqual([1]);
    feed.cut();
    await expect.poll(() => follower.status().reconnects, soon).toBe(1);
    feed.append(batch(2));
    await expect.poll(() => store.values, soon).toEqual([1, 2]);
    expect(feed.asked.at(-1)?.get('from')).toBe('1');
  });

  test('offers a record again that the store could not take', async () => {
    const store = new MemoryStore();
    store.failing = true;
    feed.append(batch(1), batch(2));
    const follower = follow(store);
    await expect.poll(() => follower.status().reconnects, soon).toBeGreaterThan(0);
    store.failing = false;
    await expect.poll(() => store.values, soon).toEqual([1, 2]);
  });

  test('leaves a connection that has gone silent', async () => {
    const store = new MemoryStore();
    const follower = follow(store);
    await expect.poll(() => follower.status().connected, soon).toBe(true);
    feed.freeze(true);
    feed.append(batch(1));
    await expect.poll(() => follower.status().reconnects, soon).toBe(1);
    feed.freeze(false);
    feed.append(batch(2));
    await expect.poll(() => store.values, soon).toEqual([1, 2]);
  });

  test('reads a ledger from its start that ends before what it knew', async () => {
    const store = new MemoryStore();
    store.cursor = 7;
    feed.append(batch(1));
    follow(store);
    await expect.poll(() => store.cursor, soon).toBe(1);
    expect(store.values).toEqual([1]);
  });

  test('reads a ledger from its start that was lost and has grown again beyond what it knew', async () => {
    const store = new MemoryStore();
    feed.append(batch(1), batch(2));
    follow(store);
    await expect.poll(() => store.values, soon).toEqual([1, 2]);
    feed.lines.splice(0);
    feed.cut();
    feed.append(batch(3), batch(4), batch(5));
    await expect.poll(() => store.values, soon).toEqual([1, 2, 3, 4, 5]);
    expect(store.cursor).toBe(3);
    // After a restart it says again what it knew.
    stop.pop()?.abort();
    feed.cut();
    feed.lines.splice(0);
    feed.append(batch(6), batch(7), batch(8), batch(9));
    follow(store);
    await expect.poll(() => store.values, soon).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('goes back no further than to where both agree', async () => {
    const store = new MemoryStore();
    const follower = follow(store);
    for (let n = 1; n <= 8; n += 1) {
      feed.append(batch(n));
      await expect.poll(() => store.values.length, soon).toBe(n);
    }
    feed.lines.splice(6);
    feed.cut();
    feed.append(batch(9));
    await expect.poll(() => store.values, soon).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(follower.status().next).toBe(7);
  });

  test('reads all again that a store shows which had lost some of it', async () => {
    const store = new MemoryStore();
    feed.life = 'first';
    follow(store);
    for (const n of [1, 2, 3]) {
      feed.append(batch(n));
      await expect.poll(() => store.values.length, soon).toBe(n);
    }
    feed.life = 'second';
    feed.cut();
    await expect.poll(() => store.values, soon).toEqual([1, 2, 3, 1, 2, 3]);
    feed.cut();
    feed.append(batch(4));
    await expect.poll(() => store.values, soon).toEqual([1, 2, 3, 1, 2, 3, 4]);
  });

  test('has not caught up with a ledger of which a store holds only a part yet', async () => {
    const store = new MemoryStore();
    feed.shown = 1;
    feed.append(batch(1), batch(2), batch(3));
    const follower = follow(store);
    await expect.poll(() => store.values, soon).toEqual([1]);
    feed.beat();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(follower.status()).toMatchObject({ connected: true, pending: false, caught_up: false });
    feed.shown = Number.POSITIVE_INFINITY;
    feed.append(batch(4));
    await expect.poll(() => store.values, soon).toEqual([1, 2, 3, 4]);
    feed.beat();
    await expect.poll(() => follower.status().caught_up, soon).toBe(true);
  });

  test('begins where the ledger does when its beginning was deleted', async () => {
    const store = new MemoryStore();
    feed.append(batch(1), batch(2), batch(3));
    feed.floor = 2;
    follow(store);
    await expect.poll(() => store.values, soon).toEqual([3]);
    expect(store.cursor).toBe(3);
  });

  test('waits for an ingest that is not there yet', async () => {
    const store = new MemoryStore();
    const port = Number(new URL(feed.url).port);
    await feed.close();
    const log = openLog('test');
    const warn = vi.spyOn(log, 'warn');
    const follower = follow(store, `http://127.0.0.1:${port}`, log);
    await expect.poll(() => follower.status().reconnects, soon).toBeGreaterThan(2);
    expect(warn).toHaveBeenCalledTimes(1);
    feed = new FeedServer();
    await feed.listen(port);
    feed.append(batch(1));
    await expect.poll(() => store.values, soon).toEqual([1]);
    // The next outage is another one, though it may have the same reason.
    await feed.close();
    await expect.poll(() => warn.mock.calls.length, soon).toBeGreaterThan(1);
    await feed.listen(port);
  });

  test('measures how long batches took, and leaves simulated clocks out of it', async () => {
    const store = new MemoryStore();
    const now = BigInt(Date.now()) * 1_000_000n;
    const said = {
      machine: 'mill',
      observations: [{ signal: 'load', source_time_ns: now, ordinal: 0, value: 1, status: 0 }],
    };
    feed.append(maker.make(said), maker.make({ ...said, marks: ['simulated_clock'] }));
    const follower = follow(store);
    await expect.poll(() => store.values, soon).toEqual([1, 1]);
    const { source, gateway } = follower.lag(BigInt(Date.now()) * 1_000_000n);
    expect([source?.batches, gateway?.batches]).toEqual([1, 2]);
    expect(source?.p99_s).toBeLessThan(10);
    expect(source?.p99_s).toBeGreaterThanOrEqual(0);
  });
});
