import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { generateKeyPair, openLog, signingKey } from '@benchline/model';
import { encodeState, stateTopic } from '@benchline/model/sparkplug';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Spool } from '../src/spool/port.ts';
import { checkChain, draftOf } from './support/batches.ts';
import { Publishing, untilTrue } from './support/publishing.ts';
import { ledgerKey } from './support/scripted-ledger.ts';

let site: Publishing;
beforeEach(async () => {
  site = await Publishing.begin();
});
afterEach(() => site.end());

async function appendMany(spool: Spool, count: number, first = 0): Promise<void> {
  await spool.append(Array.from({ length: count }, (_, n) => draftOf(first + n)));
}

/** Numbers between 0 and 1 that are the same in every run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('a way that loses messages', () => {
  it('of a hundred one: everything arrives, and little is sent twice', async () => {
    const roll = dice(7);
    site.ledger.loses = () => roll() < 0.01;
    site.ledger.pause_ms = 100;
    const spool = await site.place.start();
    await appendMany(spool, 1000);
    const publisher = site.publish(spool);
    await untilTrue(() => spool.acked === 999, 60_000);
    checkChain(site.ledger.accepted);
    const { batches_sent, batches_resent } = publisher.status().counters;
    expect(batches_sent - batches_resent).toBe(1000);
    expect(batches_resent / 1000).toBeLessThan(1);
  }, 90_000);
});

it('says once why it does not publish, however often it is tried', async () => {
  let attempts = 0;
  const refusing = createServer((socket) => {
    attempts += 1;
    socket.destroy();
  });
  await new Promise<void>((done) => refusing.listen(0, '127.0.0.1', done));
  const { port } = refusing.address() as AddressInfo;
  const log = openLog('publisher-test');
  log.level = 'silent';
  const warn = vi.spyOn(log, 'warn');
  const broker = { url: `mqtt://127.0.0.1:${port}` };
  const publisher = site.publish(await site.place.start(), { broker, log });
  await untilTrue(() => attempts > 3);
  await publisher.stop();
  expect(warn).toHaveBeenCalledTimes(1);
  await new Promise((done) => refusing.close(done));
});

describe('a folder that was restored from a copy', () => {
  it('gives no number away a second time before the ledger was asked', async () => {
    const spool = await site.place.start();
    await appendMany(spool, 3);
    const copy = site.place.copy();
    const publisher = site.publish(spool);
    await appendMany(spool, 5, 3);
    await untilTrue(() => spool.acked === 7);
    await publisher.stop();
    const restored = await site.place.start(undefined, copy);
    expect(restored.doubtful_from).toBe(3);
    site.ledger.answers = false;
    await appendMany(restored, 4, 100);
    const again = site.publish(restored);
    await untilTrue(() => again.status().counters.connects === 1);
    await delay(1000);
    expect(again.status()).toMatchObject({ waiting_for: 'ledger' });
    expect(again.status().cursor).toBeLessThanOrEqual(3);
    site.ledger.answers = true;
    await untilTrue(() => restored.epoch > spool.epoch && restored.acked === restored.next - 1);
    expect(site.ledger.last?.content.observations).toEqual(draftOf(103).observations);
  });
});

describe('another gateway of the same name', () => {
  it('is left to work, and alarmed about', async () => {
    const spool = await site.place.start();
    await appendMany(spool, 3);
    const { epoch } = spool;
    site.ledger.answers = false;
    const publisher = site.publish(spool, { stall_ms: 300 });
    await untilTrue(() => publisher.status().connected);
    await site.ledger.acknowledge({ epoch: 'ffff00000000-00000000', seq: 7, digest: 'ab'.repeat(32) });
    await untilTrue(() => publisher.status().waiting_for === 'second_gateway');
    expect(publisher.status().alarms).toEqual([]);
    await site.ledger.acknowledge({ epoch: 'ffff00000000-00000000', seq: 8, digest: 'ab'.repeat(32) });
    await untilTrue(() => publisher.status().alarms.includes('second_gateway'));
    expect(spool.epoch).toBe(epoch);
    expect(spool.acked).toBe(-1);
  });

  it('does not end in each throwing the other out', async () => {
    const [older, newer] = [await site.place.start(), await site.place.start(undefined, site.place.copy())];
    await newer.renew();
    await appendMany(older, 2);
    const publishers = [older, newer].map((spool) => site.publish(spool));
    for (let n = 0; newer.acked < 20 || publishers.some((p) => !p.status().connected); n += 1) {
      await appendMany(newer, 1, n);
      await delay(100);
      expect(n).toBeLessThan(300);
    }
    expect(publishers[0]?.status().alarms).toContain('second_gateway');
  }, 60_000);
});

describe('the primary host', () => {
  const host = 'plant-host';
  const say = (online: boolean, timestamp: number) =>
    site.ledger.say(stateTopic(host), encodeState({ online, timestamp }));

  it('is waited for, and nothing is published without it', async () => {
    const spool = await site.place.start();
    await appendMany(spool, 3);
    const bd_seq_file = join(site.place.place, 'bd-seq');
    const publisher = site.publish(spool, { primary_host: host, bd_seq_file });
    await untilTrue(() => publisher.status().waiting_for === 'primary_host');
    await delay(300);
    expect(site.ledger.heard).toEqual([]);
    await say(true, 1000);
    await untilTrue(() => spool.acked === 2);
    // The will of a connection that the host has left behind.
    await say(false, 999);
    await appendMany(spool, 2, 3);
    await untilTrue(() => spool.acked === 4);
    await say(false, 1000);
    await untilTrue(() => site.ledger.deaths.length === 1);
    await appendMany(spool, 2, 5);
    await untilTrue(() => publisher.status().waiting_for === 'primary_host');
    expect(spool.acked).toBe(4);
    await say(true, 2000);
    await untilTrue(() => spool.acked === 6);
    const [first, second] = site.ledger.births;
    expect(site.ledger.deaths).toEqual([first]);
    expect(second).toBe(((first ?? 0) + 1) % 256);
    expect(readFileSync(bd_seq_file, 'utf8')).toBe(`${second}\n`);
    await publisher.stop();
    const next = site.publish(spool, { primary_host: host, bd_seq_file });
    await untilTrue(() => site.ledger.births.length === 3);
    expect(site.ledger.births[2]).toBe(((second ?? 0) + 1) % 256);
    await next.stop();
  });
});

it('counts acknowledgements that nobody trusted can have sent, by what is wrong with them, and alarms', async () => {
  const spool = await site.place.start();
  const publisher = site.publish(spool, { stall_ms: 10_000 });
  await untilTrue(() => publisher.status().counters.acks > 0);
  site.ledger.answers = false;
  await appendMany(spool, 10);
  await untilTrue(() => site.ledger.accepted.length === 10);
  const ahead = { seq: 9, digest: site.ledger.last?.digest ?? '' };
  const stranger = signingKey(generateKeyPair().privatePem);
  await site.ledger.acknowledge(ahead, stranger);
  await site.ledger.acknowledge(ahead, ledgerKey, 'ledger-2');
  await site.ledger.acknowledge({ ...ahead, gateway: 'gw-2' });
  for (const junk of ['', '[]', 'x'.repeat(10_000), '{"seq":9}'])
    await site.ledger.say('benchline/v1/ack/gw-1', junk);
  await untilTrue(() => publisher.status().counters.acks_ignored >= 6);
  const { acks_refused, alarms } = publisher.status();
  expect(acks_refused).toMatchObject({ other_gateway: 1, other_epoch: 0, stale: 0 });
  expect(acks_refused.unknown_key + acks_refused.signature_invalid).toBe(2);
  expect(acks_refused.malformed).toBeGreaterThan(2);
  expect(alarms).toEqual(['forged_acknowledgements']);
  expect(spool.acked).toBe(-1);
});
