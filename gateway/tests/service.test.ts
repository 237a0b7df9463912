import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Batch, readSigningKey, type SignedBatch, trustedKeys, verifyBatch } from '@benchline/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSpool } from '../src/spool/index.ts';
import { TestBroker } from './support/broker.ts';
import { configure, type Running, settled, startGateway } from './support/gateway-process.ts';
import { double, Plc, text } from './support/plc.ts';

let folder: string;
let broker: TestBroker;
const endings: (() => unknown)[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'benchline-gateway-'));
  broker = await TestBroker.start();
});

afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

const variables = Object.fromEntries(
  ['lathe-1', 'lathe-2'].flatMap((m) => [
    [`${m}.state`, text('IDLE')],
    [`${m}.power`, double(0)],
  ]),
);

async function plc(): Promise<Plc> {
  const server = await Plc.start(variables);
  endings.push(() => server.stop());
  return server;
}

async function start(file: string): Promise<Running> {
  const gateway = await startGateway(file);
  endings.push(() => gateway.child.kill('SIGKILL'));
  return gateway;
}

/** What is in the spool of a gateway that does not run, with chain and signatures checked by hand. */
async function spooled(): Promise<Batch[]> {
  const key = readSigningKey(join(folder, 'gateway.pem'));
  const spool = await openSpool({ folder: join(folder, 'data', 'spool'), gateway: 'edge-1', key });
  const batches: SignedBatch[] = [];
  while (batches.length < spool.next - spool.floor)
    batches.push(...(await spool.read(spool.floor + batches.length, 1 << 20)));
  await spool.close();
  const trusted = trustedKeys({ 'edge-1': key.publicPem });
  let prev = '';
  for (const [seq, batch] of batches.entries()) {
    verifyBatch(batch, trusted);
    expect(batch.content).toMatchObject({ seq, prev });
    prev = batch.digest;
  }
  return batches.map((b) => b.content);
}

/** Claims and gaps of a machine in order of time. */
function watched(batches: readonly Batch[], machine: string): { from: bigint; to: bigint; gap?: string }[] {
  return batches
    .flatMap((b) => {
      const gaps = b.gaps.map((g) => ({ from: g.from_ns, to: g.to_ns, gap: g.reason }));
      const claims = b.observed ? [{ from: b.observed.from_ns, to: b.observed.until_ns }] : [];
      return b.machine === machine ? [...gaps, ...claims] : [];
    })
    .toSorted((a, b) => (a.from < b.from ? -1 : 1));
}

/** Sets one lathe's power every 5 ms; says what it sent by source time. */
function drive(server: Plc): { stop(): Map<bigint, number> } {
  const sent = new Map<bigint, number>();
  const timer = setInterval(() => {
    const now = new Date();
    sent.set(BigInt(now.getTime()) * 1_000_000n, sent.size + 1);
    server.set('lathe-1.power', double(sent.size), now);
  }, 5);
  endings.push(() => clearInterval(timer));
  return {
    stop() {
      clearInterval(timer);
      return sent;
    },
  };
}

test('a gateway killed in the middle goes on: chain whole, one declared gap, nothing lost or twice outside it', {
  timeout: 60_000,
}, async () => {
  const server = await plc();
  const file = configure(folder, server.endpoint, broker.url);
  const first = await start(file);
  await settled(first, (s) => s.sources[0]?.machines[0]?.observed_until !== null);
  const driving = drive(server);
  await sleep(2500);
  const killed_ms = Date.now();
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  await sleep(1000);
  const second = await start(file);
  const before = (await second.status()).counters.observations;
  await settled(second, (s) => s.counters.observations > before + 200);
  const away_ms = Date.now() - killed_ms;
  const sent = driving.stop();
  await sleep(1500);
  second.child.kill('SIGTERM');
  const [code] = (await once(second.child, 'exit')) as [number];
  expect(code).toBe(0);
  expect(server.load.subscriptions).toBeLessThanOrEqual(1);

  const batches = await spooled();
  for (const machine of ['lathe-1', 'lathe-2']) {
    const stretches = watched(batches, machine);
    expect(stretches.flatMap((s) => s.gap ?? [])).toEqual(['gateway_restart']);
    for (const [i, s] of stretches.entries()) if (i > 0) expect(s.from).toBe(stretches[i - 1]?.to);
  }
  const gap = watched(batches, 'lathe-1').find((s) => s.gap);
  const observations = batches
    .filter((b) => b.machine === 'lathe-1')
    .flatMap((b) => b.observations)
    .filter((o) => o.signal === 'power' && o.value !== 0);
  const identities = observations.map((o) => `${o.source_time_ns}#${o.ordinal}`);
  expect(new Set(identities).size).toBe(identities.length);
  const got = new Map(observations.map((o) => [o.source_time_ns, o.value]));
  const outside = [...sent].filter(([time]) => time <= (gap?.from ?? 0n) || time > (gap?.to ?? 0n));
  expect(outside.length).toBeGreaterThan(300);
  expect(outside.filter(([time, value]) => got.get(time) !== value)).toEqual([]);
  expect(observations.every((o) => sent.get(o.source_time_ns) === o.value)).toBe(true);
  const gap_ms = Number(((gap?.to ?? 0n) - (gap?.from ?? 0n)) / 1_000_000n);
  expect(gap_ms).toBeGreaterThan(900);
  // What came last before the kill was not yet on the disk.
  expect(gap_ms).toBeLessThan(away_ms + 5000);
});

test('an orderly stop commits everything and leaves nothing at the server; starting again declares the gap', {
  timeout: 60_000,
}, async () => {
  const server = await plc();
  const file = configure(folder, server.endpoint, broker.url);
  const first = await start(file);
  const seen = new Set<string | null | undefined>();
  await settled(first, (s) => seen.add(s.sources[0]?.machines[0]?.observed_until).size > 3);
  server.set('lathe-1.state', text('RUN'), new Date());
  server.set('lathe-2.power', double(4), new Date());
  await sleep(150);
  first.child.kill('SIGTERM');
  await once(first.child, 'exit');
  expect(server.load).toEqual({ sessions: 0, subscriptions: 0 });
  const values = (await spooled()).flatMap((b) =>
    b.observations.map((o) => `${b.machine}.${o.signal}=${o.value}`),
  );
  expect(values.toSorted()).toEqual([
    'lathe-1.power=0',
    'lathe-1.state=producing',
    'lathe-1.state=waiting',
    'lathe-2.power=0',
    'lathe-2.power=4',
    'lathe-2.state=waiting',
  ]);

  const second = await start(file);
  seen.clear();
  await settled(second, (s) => seen.add(s.sources[0]?.machines[0]?.observed_until).size > 3);
  second.child.kill('SIGTERM');
  await once(second.child, 'exit');
  const all = await spooled();
  // The read-all repeats nothing that is known.
  expect(all.flatMap((b) => b.observations)).toHaveLength(6);
  expect(watched(all, 'lathe-1').flatMap((s) => s.gap ?? [])).toEqual(['gateway_restart']);
  expect(new Set(all.map((b) => b.mapping)).size).toBe(2);
  expect(all.every((b) => b.marks.includes('unauthenticated_source'))).toBe(true);
});
