import { once } from 'node:events';
import { createServer, connect as dial, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { generateKeyPair, nsNow, openLog, type Signal, signingKey } from '@benchline/model';
import { encodePayload, encodeRebirthCommand } from '@benchline/model/sparkplug';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openPublisher } from '../src/publisher/index.ts';
import type { Publisher, PublisherOptions } from '../src/publisher/port.ts';
import type { BatchDraft, Spool } from '../src/spool/port.ts';
import { checkChain, draftOf, gatewayKey } from './support/batches.ts';
import { TestBroker } from './support/broker.ts';
import { ledgerKey, ScriptedLedger, trustedLedgers } from './support/scripted-ledger.ts';
import { SpoolPlace } from './support/spool-place.ts';

const log = openLog('publisher-test');
log.level = 'silent';
const signals: Record<string, Signal> = {
  power: { measurement: 'signal', type: 'number', unit: 'kW' },
  mode: { measurement: 'context', role: 'mode' },
};

let place: SpoolPlace;
let broker: TestBroker;
let ledger: ScriptedLedger;
let publishers: Publisher[];
beforeEach(async () => {
  place = new SpoolPlace();
  broker = await TestBroker.start();
  ledger = await ScriptedLedger.start(broker);
  publishers = [];
});
afterEach(async () => {
  for (const publisher of publishers) await publisher.stop();
  await ledger.stop();
  await broker.stop();
  await place.remove();
});

function publish(spool: Spool, options: Partial<PublisherOptions> = {}): Publisher {
  const publisher = openPublisher({
    gateway: 'gw-1',
    group: 'plant',
    spool,
    key: gatewayKey,
    ledgers: trustedLedgers,
    broker: { url: broker.url },
    devices: [{ machine: 'mill-1', signals }],
    log,
    // A busy computer is not a stall: where one is wanted, the test says so.
    stall_ms: 10_000,
    ...options,
  });
  publishers.push(publisher);
  publisher.start();
  return publisher;
}

async function appendMany(spool: Spool, count: number, more: Partial<BatchDraft> = {}): Promise<void> {
  for (let n = 0; n < count; n += 1) await spool.append([draftOf(n, more)]);
}

async function untilTrue(condition: () => boolean, within_ms = 15_000): Promise<void> {
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: within_ms, interval: 10 });
}

const seqs = () => ledger.accepted.map(({ content }) => content.seq);
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('a publisher', () => {
  it('sends everything in order: the backlog as history, what comes later as it comes', async () => {
    const spool = await place.start();
    await appendMany(spool, 200);
    const publisher = publish(spool);
    await untilTrue(() => spool.acked === 199);
    await appendMany(spool, 100, { gateway_time_ns: nsNow() });
    await untilTrue(() => spool.acked === 299);
    expect(seqs()).toEqual(upTo(300));
    checkChain(ledger.accepted);
    expect(ledger.data).toEqual(upTo(300).map((seq) => ({ seq, historical: seq < 200 })));
    expect(publisher.status()).toMatchObject({
      connected: true,
      cursor: 300,
      in_flight: 0,
      counters: { batches_sent: 300, batches_resent: 0, stalls: 0, connects: 1 },
    });
  });

  it('is a Sparkplug edge node: births before data, one row of numbers, a death at the end', async () => {
    const spool = await place.start();
    await appendMany(spool, 2);
    const publisher = publish(spool, {
      devices: [
        { machine: 'mill-1', signals },
        { machine: 'press-1', signals },
      ],
    });
    await untilTrue(() => spool.acked === 1);
    await publisher.stop();
    await untilTrue(() => ledger.deaths.length > 0);
    expect(ledger.heard.map(({ type, device }) => [type, device])).toEqual([
      ['NBIRTH', undefined],
      ['DBIRTH', 'mill-1'],
      ['DBIRTH', 'press-1'],
      ['DDATA', 'mill-1'],
      ['DDATA', 'mill-1'],
      ['NDEATH', undefined],
    ]);
    expect(ledger.heard.map(({ payload }) => payload.seq)).toEqual([0, 1, 2, 3, 4, undefined]);
    expect(ledger.deaths).toEqual(ledger.births);
    const [, mill, press] = ledger.heard;
    expect(mill?.payload.metrics).toMatchObject([
      { name: 'power', datatype: 'Double', value: 0.5 },
      { name: 'mode', datatype: 'String', is_null: true },
    ]);
    expect(press?.payload.metrics.map((metric) => metric.is_null)).toEqual([true, true]);
  });

  it('stops when its window is full and nobody acknowledges, and goes on when somebody does', async () => {
    ledger.answers = false;
    const spool = await place.start();
    await appendMany(spool, 100);
    const publisher = publish(spool, { window: 20, stall_ms: 300 });
    await untilTrue(() => publisher.status().counters.stalls > 0);
    await appendMany(spool, 100);
    await delay(700);
    expect(ledger.data.map(({ seq }) => seq)).toEqual(upTo(20));
    expect(ledger.hellos.length).toBeGreaterThan(1);
    ledger.answers = true;
    await untilTrue(() => spool.acked === 199);
    expect(seqs()).toEqual(upTo(200));
  });
});

describe('what is lost on the way is sent again', () => {
  it('when the broker is killed and comes back with nothing', async () => {
    const spool = await place.start();
    const publisher = publish(spool);
    const writing = (async () => {
      for (let n = 0; n < 150; n += 1) {
        await spool.append([draftOf(n)]);
        await delay(10);
      }
    })();
    await untilTrue(() => spool.acked > 20);
    await broker.stop();
    await delay(300);
    await broker.start();
    await untilTrue(() => spool.acked > 60);
    await broker.stop();
    await broker.start();
    await writing;
    await untilTrue(() => spool.acked === 149, 20_000);
    expect(seqs()).toEqual(upTo(150));
    checkChain(ledger.accepted);
    expect(publisher.status().counters.connects).toBe(3);
  }, 60_000);

  it('when single messages do not arrive', async () => {
    for (const seq of [0, 7, 8, 40]) ledger.drop.add(seq);
    const spool = await place.start();
    await appendMany(spool, 50);
    const publisher = publish(spool, { stall_ms: 300 });
    await untilTrue(() => spool.acked === 49);
    expect(seqs()).toEqual(upTo(50));
    expect(publisher.status().counters.stalls).toBeGreaterThan(0);
    expect(ledger.data.filter(({ seq }) => seq === 7).map(({ historical }) => historical)).toContain(true);
  });

  it('when the ledger has lost what it had', async () => {
    const spool = await place.start();
    const publisher = publish(spool);
    await appendMany(spool, 30);
    await untilTrue(() => spool.acked === 29);
    ledger.accepted.length = 10;
    await ledger.acknowledge();
    await untilTrue(() => ledger.accepted.length === 30);
    expect(seqs()).toEqual(upTo(30));
    await untilTrue(() => spool.acked === 29);
    expect(publisher.status().counters).toMatchObject({ rewinds: 1, batches_resent: 20 });
    expect(ledger.data.slice(30).every(({ historical }) => historical)).toBe(true);
  });

  it('when the connection is dead without anybody saying so', async () => {
    const port = Number(new URL(broker.url).port);
    const sockets: Socket[] = [];
    const proxy = createServer((near) => {
      const far = dial(port, '127.0.0.1');
      sockets.push(near, far);
      for (const socket of [near, far]) socket.on('error', () => undefined);
      near.pipe(far);
      far.pipe(near);
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const address = proxy.address();
    const url = `mqtt://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const spool = await place.start();
    const publisher = publish(spool, { broker: { url } });
    await appendMany(spool, 5);
    await untilTrue(() => spool.acked === 4);
    const frozen = sockets.splice(0);
    for (const socket of frozen) {
      socket.unpipe();
      socket.pause();
    }
    await appendMany(spool, 5);
    const since = Date.now();
    await untilTrue(() => spool.acked === 9, 20_000);
    // 1.5 × 3 s of silence, then the back-off; a frozen TCP connection alone would last for minutes.
    expect(Date.now() - since).toBeLessThan(10_000);
    expect(publisher.status().counters.connects).toBe(2);
    await publisher.stop();
    for (const socket of [...frozen, ...sockets]) socket.destroy();
    proxy.close();
  }, 40_000);
});

describe('what it does not believe', () => {
  it.each<[string, () => Promise<void>]>([
    ['an unknown key', () => ledger.acknowledge({ seq: 9 }, signingKey(generateKeyPair().privatePem))],
    ['an unknown ledger', () => ledger.acknowledge({ seq: 9 }, ledgerKey, 'ledger-2')],
    ['an acknowledgement of another gateway', () => ledger.acknowledge({ seq: 9, gateway: 'gw-2' })],
    ['an older epoch', () => ledger.acknowledge({ seq: 9, epoch: '000000000000-00000000' })],
    ['no acknowledgement at all', () => ledger.say('benchline/v1/ack/gw-1', '{"seq":9}')],
  ])('%s changes nothing and is counted', async (_, speak) => {
    const spool = await place.start();
    const publisher = publish(spool);
    await untilTrue(() => publisher.status().counters.acks > 0);
    ledger.answers = false;
    await appendMany(spool, 10);
    await untilTrue(() => ledger.accepted.length === 10);
    await speak();
    await untilTrue(() => publisher.status().counters.acks_ignored === 1);
    expect(spool.acked).toBe(-1);
    ledger.answers = true;
    await ledger.acknowledge();
    await untilTrue(() => spool.acked === 9);
  });

  it('an old acknowledgement that a restarted broker remembered', async () => {
    const spool = await place.start();
    const publisher = publish(spool);
    await appendMany(spool, 10);
    await untilTrue(() => spool.acked === 9);
    await ledger.acknowledge({ seq: 3, digest: ledger.accepted[3]?.digest, at_ns: 1n });
    await untilTrue(() => publisher.status().counters.acks_ignored === 1);
    expect(spool.acked).toBe(9);
  });

  it('any command but a rebirth', async () => {
    const spool = await place.start();
    const publisher = publish(spool);
    await untilTrue(() => ledger.births.length === 1);
    const command = 'spBv1.0/plant/NCMD/gw-1';
    await ledger.say(command, encodePayload({ metrics: [{ name: 'power', datatype: 'Double', value: 1 }] }));
    await ledger.say(command, 'Node Control/Rebirth');
    await untilTrue(() => publisher.status().counters.commands_ignored === 2);
    expect(ledger.births.length).toBe(1);
    await ledger.say(command, encodeRebirthCommand(Date.now()));
    await untilTrue(() => ledger.births.length === 2);
    expect(publisher.status().counters.rebirths).toBe(1);
    expect(new Set(ledger.births).size).toBe(1);
  });
});

describe('a spool that cannot give everything', () => {
  it('says so in its hello, and goes on from what it has', async () => {
    const spool = await place.start(30_000);
    await appendMany(spool, 100);
    expect(spool.floor).toBeGreaterThan(20);
    publish(spool);
    await untilTrue(() => spool.acked === spool.next - 1);
    expect(ledger.losses).toEqual([[0, (ledger.accepted[0]?.content.seq ?? 0) - 1]]);
    checkChain(ledger.accepted);
  });

  it('also when that happens while it is connected', async () => {
    const spool = await place.start(30_000);
    await appendMany(spool, 5);
    publish(spool, { stall_ms: 300 });
    await untilTrue(() => spool.acked === 4);
    ledger.answers = false;
    await appendMany(spool, 100);
    expect(spool.floor).toBeGreaterThan(20);
    ledger.answers = true;
    await untilTrue(() => spool.acked === spool.next - 1);
    expect(ledger.last?.content.seq).toBe(spool.next - 1);
    const lost = ledger.losses.reduce((sum, [from, to]) => sum + to - from + 1, 0);
    expect(ledger.accepted.length + lost).toBe(spool.next);
  });

  it('begins a new epoch when the ledger holds another history', async () => {
    const spool = await place.start();
    await appendMany(spool, 3);
    const before = spool.epoch;
    publish(spool);
    await untilTrue(() => spool.acked === 2);
    ledger.answers = false;
    await appendMany(spool, 4);
    await untilTrue(() => ledger.accepted.length === 7);
    await ledger.acknowledge({ seq: 5, digest: 'ee'.repeat(32) });
    ledger.answers = true;
    await untilTrue(() => spool.epoch > before && spool.acked === 6);
    const renewed = ledger.accepted.slice(7);
    checkChain(renewed);
    // What the other history's ledger had acknowledged, too: it may be lost one day.
    expect(renewed.map(({ content }) => content.observations)).toEqual(
      [0, 1, 2, 0, 1, 2, 3].map((n) => draftOf(n).observations),
    );
  });
});
