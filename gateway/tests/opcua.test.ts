import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Signal, status } from '@benchline/model';
import { StatusCodes } from 'node-opcua';
import { afterEach, describe, expect, test } from 'vitest';
import { dateTime, double, Plc, plcNamespace, start_ms, text, uint64 } from './support/plc.ts';
import { until, type Watching, watch } from './support/watching.ts';
import { Wire } from './support/wire.ts';

const power: Signal = { measurement: 'signal', type: 'number', unit: 'kW' };
const total: Signal = { measurement: 'count', role: 'total', counts_per_item: 1, on_decrease: 'reset' };
const state: Signal = {
  measurement: 'state',
  states: { RUN: 'producing', IDLE: 'waiting' },
  ignore_case: false,
};

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
});

async function plc(...given: Parameters<typeof Plc.start>): Promise<Plc> {
  const started = await Plc.start(...given);
  endings.push(() => started.stop());
  return started;
}

function watching(...given: Parameters<typeof watch>): Watching {
  const watched = watch(...given);
  endings.push(() => watched.stop());
  return watched;
}

async function wire(target: () => number): Promise<Wire> {
  const laid = await Wire.lay(target);
  endings.push(() => laid.remove());
  return laid;
}

const running = (w: Watching) => () => w.source.status().state === 'running';
const ns = (ms: number) => BigInt(ms) * 1_000_000n;
const at = (ms: number) => new Date(start_ms + ms);

describe('watching a server', () => {
  test('every change arrives once, in order, with its exact source time and value', async () => {
    const server = await plc({ power: double(0), total: uint64(0n), state: text('IDLE') });
    const w = watching(server.endpoint, { power, total, state });
    await until('initial values', () => w.observations().length === 3);

    const big = 9_007_199_254_740_993n;
    for (let i = 1; i <= 200; i += 1) {
      server.set('power', double(i / 8), at(i * 5));
      if (i % 50 === 0) server.set('total', uint64(big + BigInt(i)), at(i * 5));
      if (i % 10 === 0) await sleep(5);
    }
    server.set('state', text('RUN'), at(1001));
    server.set('state', text('UNHEARD OF'), at(1002));
    server.set('power', double(0), at(1003), StatusCodes.BadSensorFailure);
    await until('all changes', () => w.observations().length === 3 + 200 + 4 + 3);

    const of = (signal: string) => w.observations().filter((o) => o.signal === signal);
    expect(of('power').slice(1, 201)).toEqual(
      Array.from({ length: 200 }, (_, i) => ({
        signal: 'power',
        source_time_ns: ns(start_ms + (i + 1) * 5),
        ordinal: 0,
        value: (i + 1) / 8,
        status: 0,
      })),
    );
    expect(of('power').at(-1)).toEqual({
      signal: 'power',
      source_time_ns: ns(start_ms + 1003),
      ordinal: 0,
      status: StatusCodes.BadSensorFailure.value,
    });
    expect(of('total').map((o) => o.value)).toEqual([0n, big + 50n, big + 100n, big + 150n, big + 200n]);
    expect(of('state').map((o) => [o.value, o.native, o.status])).toEqual([
      ['waiting', 'IDLE', 0],
      ['producing', 'RUN', 0],
      [undefined, 'UNHEARD OF', status.badOutOfRange],
    ]);
    expect(w.gaps()).toEqual([]);
  });

  test("claims follow the server's clock, without a hole", async () => {
    const server = await plc({ power: double(1) });
    const w = watching(server.endpoint, { power });
    const claims = () => w.drafts().flatMap((d) => (d.observed ? [d.observed] : []));
    await until('several claims', () => claims().length >= 3);
    for (const [i, claim] of claims().entries())
      if (i > 0) expect(claim.from_ns).toBe(claims()[i - 1]?.until_ns);
    const behind_ms = Date.now() - Number((claims().at(-1)?.until_ns ?? 0n) / 1_000_000n);
    expect(behind_ms).toBeLessThan(3000);
  });

  test('with a simulated clock, claims say what that clock says', async () => {
    const server = await plc({ power: double(1), clock: dateTime(start_ms) });
    const w = watching(
      server.endpoint,
      { power },
      { clock: { node: `nsu=${plcNamespace};s=clock`, simulated: true } },
    );
    await until('initial value', () => w.observations().length === 1);
    server.set('power', double(2), at(60_000));
    server.set('clock', dateTime(start_ms + 86_400_000), at(86_400_000));
    await until('claim', () => w.drafts().some((d) => d.observed !== undefined));
    expect(w.drafts().flatMap((d) => (d.observed ? [d.observed] : []))).toEqual([
      { from_ns: ns(start_ms), until_ns: ns(start_ms + 86_400_000) },
    ]);
    expect(w.observations().map((o) => o.value)).toEqual([1, 2]);
  });

  test('more tags than a request may hold are asked for in several', async () => {
    const names = Array.from({ length: 25 }, (_, i) => `tag-${i}`);
    const server = await plc(Object.fromEntries(names.map((name, i) => [name, double(i)])), {
      maxMonitoredItemsPerCall: 10,
    });
    const w = watching(server.endpoint, Object.fromEntries(names.map((name) => [name, power])));
    await until('all tags', () => w.observations().length === 25);
    expect(
      w
        .observations()
        .map((o) => o.value)
        .toSorted((a, b) => Number(a) - Number(b)),
    ).toEqual(names.map((_, i) => i));
  });

  test('a tag that the server does not have is Bad, and the others are read', async () => {
    const server = await plc({ power: double(1) });
    const w = watching(server.endpoint, { power, total });
    await until('both', () => w.observations().length === 2);
    expect(w.observations().find((o) => o.signal === 'total')).toMatchObject({
      status: StatusCodes.BadNodeIdUnknown.value,
    });
    expect(w.source.status().problem).toContain('s=total');
  });

  test('stopping leaves no session and no subscription behind', async () => {
    const server = await plc({ power: double(1) });
    const w = watch(server.endpoint, { power });
    await until('running', running(w));
    expect(server.load).toEqual({ sessions: 1, subscriptions: 1 });
    await w.stop();
    expect(server.load).toEqual({ sessions: 0, subscriptions: 0 });
  });
});

describe('interruptions', () => {
  test('a server that was restarted is read anew, and the time between is a declared gap', async () => {
    const first = await Plc.start({ power: double(1) });
    const { port } = first;
    const w = watching(first.endpoint, { power });
    await until('a claim', () => w.drafts().some((d) => d.observed !== undefined));
    await first.stop();
    await until('noticed', () => !w.source.status().connected);
    const lastClaim = w.drafts().findLast((d) => d.observed)?.observed?.until_ns;

    const second = await plc({ power: double(7) }, { port, before: ['urn:test:new-module'] });
    await until('read anew', () => w.gaps().length === 1 && w.observations().length === 2);
    expect(w.gaps()).toMatchObject([{ from_ns: lastClaim, reason: 'source_restarted' }]);
    expect(w.observations().at(-1)).toMatchObject({ value: 7, source_time_ns: ns(start_ms) });

    // The namespace has another index now; the mapping names it by URI.
    second.set('power', double(8), at(1000));
    await until('a change', () => w.observations().length === 3);
    const after = w.drafts().findLast((d) => d.observed)?.observed;
    await until('claims go on', () => w.drafts().findLast((d) => d.observed)?.observed !== after);
    expect(w.gaps()).toHaveLength(1);
  });

  test.each(['cut', 'freeze'] as const)(
    'a %s of the network within the queues loses nothing',
    async (how) => {
      const server = await plc({ power: double(0) });
      const cable = await wire(() => server.port);
      const w = watching(`opc.tcp://127.0.0.1:${cable.port}`, { power }, { queue_size: 1000 });
      await until('a claim', () => w.drafts().some((d) => d.observed !== undefined));
      cable[how]();
      for (let i = 1; i <= 60; i += 1) {
        server.set('power', double(i), at(i * 100));
        await sleep(100);
      }
      expect(w.observations().length).toBeLessThan(60);
      cable.mend();
      await until('all', () => w.observations().length === 61);
      await sleep(1200);
      expect(w.observations().map((o) => o.value)).toEqual(Array.from({ length: 61 }, (_, i) => i));
      expect(w.gaps()).toEqual([]);
      expect(server.load).toEqual({ sessions: 1, subscriptions: 1 });
    },
  );

  test('a server that forgets its sessions is read anew after a declared gap', async () => {
    const server = await plc({ power: double(1) });
    const w = watching(server.endpoint, { power });
    await until('a claim', () => w.drafts().some((d) => d.observed !== undefined));
    server.dropSessions();
    await until('a gap', () => w.gaps().length === 1);
    expect(w.gaps()).toMatchObject([{ reason: 'source_disconnected' }]);
    server.set('power', double(2), at(1000));
    await until('a change', () => w.observations().some((o) => o.value === 2));
    expect(server.load).toEqual({ sessions: 1, subscriptions: 1 });
  });

  test('a server without room for another session is asked less and less often, and read when it has', async () => {
    const server = await plc({ power: double(1) }, { maxSessions: 1 });
    const first = watch(server.endpoint, { power });
    await until('running', running(first));
    const second = watching(server.endpoint, { power });
    await until('refused', () => /BadTooManySessions/.test(second.source.status().problem ?? ''));
    expect(second.source.status().problem).toContain('no room for another client');
    await sleep(3000);
    expect(second.source.status().counters['failed_attempts']).toBeLessThan(8);
    expect(first.source.status().counters['connects']).toBe(1);
    await first.stop();
    await until('running', running(second));
  });

  test('what a server has no room to watch is asked for again', async () => {
    const server = await plc({ power: double(1), total: uint64(5n) }, { maxMonitoredItems: 2 });
    const w = watching(server.endpoint, { power, total });
    await until('running', running(w));
    await until('refused', () => /refuses 1 nodes/.test(w.source.status().problem ?? ''));
    server.setMaxMonitoredItems(10);
    await until('taken', () => w.source.status().problem === undefined);
    const { source } = w;
    expect(source.status().counters).toMatchObject({ sessions: 1, subscriptions: 1 });
    server.set('total', uint64(6n), at(1000));
    server.set('power', double(2), at(1000));
    await until('both', () =>
      [6n, 2].every((value) => w.observations().some((observation) => observation.value === value)),
    );
  });

  test('what overflowed a queue at the server is a declared gap', async () => {
    const server = await plc({ power: double(0), total: uint64(0n) });
    const cable = await wire(() => server.port);
    const w = watching(`opc.tcp://127.0.0.1:${cable.port}`, { power, total }, { queue_size: 5 });
    await until('a claim', () => w.drafts().some((d) => d.observed !== undefined));
    cable.cut();
    const sent = new Map<number, bigint>();
    for (let i = 1; i <= 20; i += 1) {
      const now = new Date();
      sent.set(i, ns(now.getTime()));
      server.set('power', double(i), now);
      await sleep(20);
    }
    cable.mend();
    await until('the last', () => w.observations().some((o) => o.value === 20));
    const kept = new Set(w.observations().map((o) => o.value));
    const lost = [...sent].filter(([value]) => !kept.has(value)).map(([, time]) => time);
    expect(lost.length).toBeGreaterThan(0);
    const [gap, ...others] = w.gaps();
    expect(others).toEqual([]);
    expect(gap?.reason).toBe('queue_overflow');
    for (const time of lost) {
      expect(time).toBeGreaterThan(gap?.from_ns ?? 0n);
      expect(time).toBeLessThan(gap?.to_ns ?? 0n);
    }
  });

  test('a paused source takes nothing, and goes on where it was', async () => {
    const server = await plc({ power: double(0) });
    const w = watching(server.endpoint, { power }, { queue_size: 1000 });
    await until('running', running(w));
    await until('initial value', () => w.observations().length === 1);
    w.source.pause();
    await sleep(300);
    const before = w.observations().length;
    for (let i = 1; i <= 50; i += 1) {
      server.set('power', double(i), at(i));
      await sleep(10);
    }
    await sleep(300);
    // Publish requests that were on their way are still answered.
    expect(w.observations().length - before).toBeLessThan(50);
    w.source.resume();
    await until('all', () => w.observations().length === 51);
    expect(w.gaps()).toEqual([]);
  });
});

test.each(['SignAndEncrypt', 'None'] as const)(
  'a source ends at once although its server (%s) does not answer',
  async (mode) => {
    const server = createServer(() => {});
    await once(server.listen(0, '127.0.0.1'), 'listening');
    endings.push(async () => void server.close());
    const { port } = server.address() as AddressInfo;
    const security = mode === 'None' ? ({ mode, accept: 'unauthenticated' } as const) : ({ mode } as const);
    const w = watch(`opc.tcp://127.0.0.1:${port}`, { power }, { security });
    await sleep(800);
    const begun_ms = Date.now();
    await w.stop();
    expect(Date.now() - begun_ms).toBeLessThan(2500);
  },
);

describe('certificates', () => {
  test('an unknown one is refused and laid aside; once trusted, the server is read', async () => {
    const serverPki = mkdtempSync(join(tmpdir(), 'benchline-server-pki-'));
    endings.push(async () => rmSync(serverPki, { recursive: true, force: true }));
    const server = await plc({ power: double(1) }, { pki: serverPki });
    const w = watching(server.endpoint, { power }, { security: { mode: 'SignAndEncrypt' } });
    await until('refused', () => /nobody has accepted/.test(w.source.status().problem ?? ''));
    expect(w.source.status().problem).toContain(join(w.pki, 'rejected'));
    const rejected = readdirSync(join(w.pki, 'rejected')).filter((f) => f.endsWith('.pem'));
    expect(rejected).toHaveLength(1);
    await sleep(2000);
    expect(w.source.status().counters['failed_attempts']).toBeLessThan(8);
    expect(w.observations()).toEqual([]);

    for (const file of rejected)
      copyFileSync(join(w.pki, 'rejected', file), join(w.pki, 'trusted', 'certs', file));
    await until('read', () => w.observations().length === 1);
    expect(w.source.status()).toMatchObject({ state: 'running', problem: undefined });
  });

  test('another one than was trusted is refused: a person has to look', async () => {
    const folders = [1, 2].map(() => mkdtempSync(join(tmpdir(), 'benchline-server-pki-')));
    const [before = '', after = ''] = folders;
    endings.push(async () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
    const first = await Plc.start({ power: double(1) }, { pki: before });
    const { port } = first;
    const w = watching(first.endpoint, { power }, { security: { mode: 'SignAndEncrypt' } });
    const rejected = () => readdirSync(join(w.pki, 'rejected')).filter((f) => f.endsWith('.pem'));
    await until('laid aside', () => existsSync(join(w.pki, 'rejected')) && rejected().length === 1);
    const trust = () => {
      for (const file of rejected())
        renameSync(join(w.pki, 'rejected', file), join(w.pki, 'trusted', 'certs', file));
    };
    trust();
    await until('a claim', () => w.drafts().some((d) => d.observed !== undefined));
    await first.stop();

    await plc({ power: double(2) }, { pki: after, port });
    await until('refused', () => /nobody has accepted/.test(w.source.status().problem ?? ''));
    const attempts = () => w.source.status().counters['failed_attempts'] ?? 0;
    const begun = attempts();
    await sleep(3000);
    expect(attempts() - begun).toBeLessThan(4);
    expect(w.observations().some((o) => o.value === 2)).toBe(false);
    await until('laid aside', () => rejected().length === 1);
    trust();
    await until('read', () => w.observations().some((o) => o.value === 2));
    expect(w.gaps()).toHaveLength(1);
  });
});
