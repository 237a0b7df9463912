import { openLog, type Signal } from '@benchline/model';
import { afterEach, expect, test } from 'vitest';
import { Backlog } from '../src/backlog.ts';
import { Committer } from '../src/committer.ts';
import { Gathering } from '../src/gathering.ts';
import { allFrom, SpoolPlace } from './support/spool-place.ts';
import { makeStream } from './support/streams.ts';

const power: Signal = { measurement: 'signal', type: 'number', unit: 'kW' };
const place = new SpoolPlace();
const timers: NodeJS.Timeout[] = [];

afterEach(async () => {
  for (const timer of timers.splice(0)) clearInterval(timer);
  await place.remove();
});

/** A machine and what was said of it so far. */
function machine(id: string) {
  const { stream } = makeStream({ power }, { machine: id });
  const said: number[] = [];
  const say = () => {
    const native = said.push(said.length + 1);
    stream.take({ signal: 'power', source_time_ns: BigInt(native), native, status: 0 });
  };
  return { stream, said, say };
}

test('while the ledger is away batches become fewer, but for who waits for the commit; then as before, and whole', {
  timeout: 30_000,
}, async () => {
  const spool = await place.start();
  const lathe = machine('lathe-1');
  const packer = machine('packer-1');
  const committed: string[] = [];
  const committer = new Committer({
    spool,
    sources: [
      { source: {}, streams: [lathe.stream] },
      { source: { committed() {} }, streams: [packer.stream] },
    ],
    backlog: new Backlog({ worthACommit() {}, full() {}, relieved() {} }),
    flush_interval_ms: 10,
    log: openLog('test'),
    committed: (draft) => committed.push(draft.machine),
  });
  /** Of the last twenty batches. */
  const ofLathe = () => committed.slice(-20).filter((id) => id === 'lathe-1').length;
  const stopping = new AbortController();
  const running = committer.run(stopping.signal);
  timers.push(setInterval(() => [lathe, packer].forEach(({ say }) => say()), 3));

  await expect.poll(() => committed.length, { timeout: 20_000, interval: 2 }).toBeGreaterThan(20);
  await expect.poll(ofLathe, { timeout: 20_000, interval: 2 }).toBeLessThan(3);
  // The ledger is back, and keeps up from now on.
  timers.push(setInterval(() => void spool.acknowledge(spool.next - 1, ''), 2));
  await expect.poll(ofLathe, { timeout: 20_000, interval: 2 }).toBe(10);
  for (const timer of timers.splice(0)) clearInterval(timer);
  stopping.abort();
  await running;

  const batches = await allFrom(spool);
  for (const [id, { said }] of Object.entries({ 'lathe-1': lathe, 'packer-1': packer })) {
    const of = batches.filter(({ content }) => content.machine === id);
    expect(of.flatMap(({ content }) => content.observations.map(({ value }) => value))).toEqual(said);
  }
});

test('nothing is gathered for more than a second, nor before the ledger is late', () => {
  const gathering = new Gathering(200);
  const spool = { epoch: '1', next: 0, acked: -1 };
  /** A ledger that is always so many batches behind, two batches a second: how long is gathered after each? */
  const gathered = (from_s: number, behind: number, seconds: number) =>
    Array.from({ length: 2 * seconds }, (_, i) => {
      spool.next += 1;
      spool.acked = Math.max(spool.acked, spool.next - 1 - behind);
      return gathering.at(spool, 1000 * from_s + 500 * i);
    });
  expect(new Set(gathered(0, 0, 10))).toEqual(new Set([200]));
  expect(new Set(gathered(10, 2, 10))).toEqual(new Set([200]));
  const away = gathered(20, 1000, 60);
  expect(away).toEqual(away.toSorted((a, b) => a - b));
  expect(Math.max(...away)).toBe(1000);
  // Another life of the spool begins with a backlog, and its numbers with 0.
  Object.assign(spool, { epoch: '2', next: 100, acked: -1 });
  gathered(80, 100, 1);
  expect(gathered(81, 0, 1)).toEqual([200, 200]);
});
