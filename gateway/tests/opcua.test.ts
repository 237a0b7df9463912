import { setTimeout as sleep } from 'node:timers/promises';
import { type Signal, status } from '@benchline/model';
import { StatusCodes } from 'node-opcua';
import { describe, expect, test } from 'vitest';
import { at, ns, power, rig, running, total } from './support/opcua-rig.ts';
import { dateTime, double, Plc, plcNamespace, start_ms, text, uint64 } from './support/plc.ts';
import { until, watch } from './support/watching.ts';

const state: Signal = {
  measurement: 'state',
  states: { RUN: 'producing', IDLE: 'waiting' },
  ignore_case: false,
};

describe.concurrent('watching a server', { timeout: 60_000 }, () => {
  test('every change arrives once, in order, with its exact source time and value', async (context) => {
    const { plc, watching } = rig(context);
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

  test("claims follow the server's clock, without a hole", async (context) => {
    const { plc, watching } = rig(context);
    const server = await plc({ power: double(1) });
    const w = watching(server.endpoint, { power });
    const claims = () => w.drafts().flatMap((d) => (d.observed ? [d.observed] : []));
    await until('several claims', () => claims().length >= 3);
    for (const [i, claim] of claims().entries())
      if (i > 0) expect(claim.from_ns).toBe(claims()[i - 1]?.until_ns);
    const behind_ms = Date.now() - Number((claims().at(-1)?.until_ns ?? 0n) / 1_000_000n);
    expect(behind_ms).toBeLessThan(3000);
  });

  test('with a simulated clock, claims say what that clock says', async (context) => {
    const { plc, watching } = rig(context);
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

  test('more tags than a request may hold are asked for in several', async (context) => {
    const { plc, watching } = rig(context);
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

  test('a tag that the server does not have is Bad, and the others are read', async (context) => {
    const { plc, watching } = rig(context);
    const server = await plc({ power: double(1) });
    const w = watching(server.endpoint, { power, total });
    await until('both', () => w.observations().length === 2);
    expect(w.observations().find((o) => o.signal === 'total')).toMatchObject({
      status: StatusCodes.BadNodeIdUnknown.value,
    });
    expect(w.source.status().problem).toContain('s=total');
  });

  test('stopping leaves no session and no subscription behind', async (context) => {
    const { plc } = rig(context);
    const server = await plc({ power: double(1) });
    const w = watch(server.endpoint, { power });
    await until('running', running(w));
    expect(server.load).toEqual({ sessions: 1, subscriptions: 1 });
    await w.stop();
    expect(server.load).toEqual({ sessions: 0, subscriptions: 0 });
  });
});

describe.concurrent('interruptions', { timeout: 60_000 }, () => {
  test('a server that was restarted is read anew, and the time between is a declared gap', async (context) => {
    const { plc, watching } = rig(context);
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

  test.for(['cut', 'freeze'] as const)(
    'a %s of the network within the queues loses nothing',
    async (how, context) => {
      const { plc, watching, wire } = rig(context);
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

  test('a connection that breaks again and again within the queues loses nothing', async (context) => {
    const { plc, watching, wire } = rig(context);
    const server = await plc({ power: double(0) });
    const cable = await wire(() => server.port);
    const w = watching(`opc.tcp://127.0.0.1:${cable.port}`, { power }, { queue_size: 1000 });
    await until('a claim', () => w.drafts().some((d) => d.observed !== undefined));
    for (let i = 1; i <= 100; i += 1) {
      // Long enough to be connected, to activate the session or to be sent something again, and no longer.
      if (i % 12 === 1) cable.cut();
      if (i % 12 === 5) cable.mend();
      server.set('power', double(i), at(i * 100));
      await sleep(70 + (i % 7) * 10);
    }
    cable.mend();
    await until('the last', () => w.observations().some((o) => o.value === 100));
    expect(w.observations().map((o) => o.value)).toEqual(Array.from({ length: 101 }, (_, i) => i));
    expect(w.gaps()).toEqual([]);
  });

  test('what overflowed a queue at the server is a declared gap', async (context) => {
    const { plc, watching, wire } = rig(context);
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

  test('a source goes on, too, whose connection is lost while it is paused', async (context) => {
    const { plc, watching, wire } = rig(context);
    const server = await plc({ power: double(0) });
    const cable = await wire(() => server.port);
    const w = watching(`opc.tcp://127.0.0.1:${cable.port}`, { power });
    await until('initial value', () => w.observations().length === 1);
    w.source.pause();
    cable.cut();
    await until('noticed', () => w.source.status().state !== 'running');
    w.source.resume();
    cable.mend();
    await until('running', running(w));
    server.set('power', double(1), at(100));
    await until('the next value', () => w.observations().some((o) => o.value === 1));
  });

  test('a paused source takes nothing, and goes on where it was', async (context) => {
    const { plc, watching } = rig(context);
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
    // Longer than a connection may be silent.
    await sleep(6000);
    expect(w.source.status().counters).toMatchObject({ connects: 1, subscriptions: 1 });
    w.source.resume();
    await until('all', () => w.observations().length === 51);
    expect(w.gaps()).toEqual([]);
  });

  test('what a queue loses while its source is paused is a gap that names the spool', async (context) => {
    const { plc, watching } = rig(context);
    const server = await plc({ power: double(0) });
    const w = watching(server.endpoint, { power }, { queue_size: 3 });
    await until('a claim', () => w.drafts().some((d) => d.observed !== undefined));
    w.source.pause();
    const sent = new Map<number, bigint>();
    for (let i = 1; i <= 50; i += 1) {
      const now = new Date();
      sent.set(i, ns(now.getTime()));
      server.set('power', double(i), now);
      // Publish requests that were on their way are still answered.
      await sleep(30);
    }
    w.source.resume();
    await until('the last', () => w.observations().some((o) => o.value === 50));
    const kept = new Set(w.observations().map((o) => o.value));
    const lost = [...sent].filter(([value]) => !kept.has(value)).map(([, time]) => time);
    expect(lost.length).toBeGreaterThan(0);
    const gaps = w.gaps().filter(({ reason }) => reason === 'spool_full');
    for (const time of lost)
      expect(gaps.some(({ from_ns, to_ns }) => from_ns < time && time < to_ns)).toBe(true);
  });
});
