import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeyPair, signBatch, signingKey } from '@benchline/model';
import { encodePayload, sparkplugTopic } from '@benchline/model/sparkplug';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { batchSeqs, range, upTo } from './kit/looks.ts';
import { TestGateway, t0 } from './kit/test-gateway.ts';
import { gatewayStatus, records, statusOf, Works } from './kit/works.ts';

let works: Works;
beforeEach(async () => {
  works = await Works.open();
});
afterEach(() => works.close());

describe('ingest', () => {
  test('takes signed batches into the ledger, in order, and says so signed', async () => {
    const { url } = await works.ingest();
    const gateway = await new TestGateway(works).connect();
    gateway.commitReadings(50);
    await gateway.hello();
    await gateway.sendAll();
    await upTo(gateway, 49);

    const all = await records(url);
    expect(all.map((r) => r.offset)).toEqual(range(51));
    expect(all[0]).toMatchObject({ kind: 'plant', yaml: expect.stringContaining('enterprise') });
    expect(batchSeqs(all)).toEqual(range(50));
    const last = all.at(-1);
    expect(last?.kind === 'batch' && last.batch.digest).toBe(gateway.spool[49]?.digest);
    expect(gateway.acks.at(-1)).toMatchObject({ seq: 49, digest: gateway.spool[49]?.digest });
    const status = await statusOf(url);
    expect(status.gateways['gateway-1']).toMatchObject({
      seq: 49,
      accepted: 50,
      observations: 100,
      online: true,
    });
    expect(status.ledger.next).toBe(51);
    expect(status.broker.connected).toBe(true);
  });

  test('stores what is repeated once, and a hole only after it has been filled', async () => {
    const { url } = await works.ingest();
    const gateway = await new TestGateway(works).connect();
    gateway.commitReadings(10);
    for (const seq of [0, 1, 1, 0, 5, 6, 2]) await gateway.send(gateway.spool[seq] as never);
    await upTo(gateway, 2);
    expect(batchSeqs(await records(url))).toEqual([0, 1, 2]);
    await gateway.drain();
    expect(batchSeqs(await records(url))).toEqual(range(10));
    expect(await gatewayStatus(url)).toMatchObject({ duplicates: 2, holes: 2 });
  });

  test('keeps out what is forged, misplaced or no batch at all, and keeps its bytes', async () => {
    const { url } = await works.ingest();
    const stranger = signingKey(generateKeyPair().privatePem);
    const gateway = await new TestGateway(works).connect();
    const forger = await new TestGateway(works, { key: stranger }).connect();
    const unknown = await new TestGateway(works, { id: 'gateway-9', key: stranger }).connect();
    gateway.commitReadings(2);
    const [first, second] = gateway.spool as [never, never];
    await gateway.send(first);
    forger.spool.push(first);
    await forger.send(forger.commit());
    // Its own key id, somebody else's signature.
    await gateway.send(forgedProof(gateway) as never);
    await unknown.send(unknown.commit());
    await gateway.send(second, 'press');
    const topic = sparkplugTopic({ group: 'site', type: 'DDATA', node: 'gateway-1', device: 'mill' });
    await gateway.client.publishAsync(topic, Buffer.from('rubbish'), { qos: 1 });
    await gateway.send({ ...gateway.spool[1], digest: '00'.repeat(32) } as never);
    await forger.hello();
    await gateway.send(second);
    await upTo(gateway, 1);

    expect(batchSeqs(await records(url))).toEqual([0, 1]);
    const status = await statusOf(url);
    expect(status.quarantine.seen).toEqual({
      unknown_key: 3,
      signature_invalid: 1,
      wrong_topic: 1,
      malformed: 2,
    });
    expect(Object.keys(status.gateways)).toEqual(['gateway-1']);
    const kept = readdirSync(join(works.folder, 'data', 'quarantine'));
    expect(kept.filter((name) => name.endsWith('.bin'))).toHaveLength(7);
    for (const name of kept.filter((each) => each !== 'resubmit'))
      expect(name).toMatch(/^[0-9a-f]{64}\.(bin|json)$/);
    const rubbish = kept.find(
      (name) =>
        name.endsWith('.bin') &&
        readFileSync(join(works.folder, 'data', 'quarantine', name), 'utf8') === 'rubbish',
    );
    expect(rubbish).toBeDefined();
  });

  test('keeps out a second history and raises an alarm', async () => {
    const { url } = await works.ingest();
    const gateway = await new TestGateway(works).connect();
    const twin = await new TestGateway(works).connect();
    gateway.commitReadings(5);
    await gateway.drain();
    twin.commit([{ signal: 'power', source_time_ns: t0, ordinal: 0, value: 999, status: 0 }]);
    twin.commitReadings(5);
    await twin.sendAll();
    await gateway.drain();
    await expect.poll(async () => (await gatewayStatus(url))?.forks).toBe(6);
    gateway.commitReadings(1);
    await gateway.drain();
    const all = await records(url);
    expect(batchSeqs(all)).toEqual(range(6));
    expect(JSON.stringify(all)).not.toContain('"value":999');
    expect((await gatewayStatus(url))?.alarms).toEqual(['fork']);
  });

  test('records as lost what the gateway says it no longer has, and goes on behind it', async () => {
    const { url } = await works.ingest();
    const gateway = await new TestGateway(works).connect();
    gateway.commitReadings(3);
    await gateway.drain();
    gateway.commitReadings(10);
    gateway.floor = 8;
    await gateway.drain();
    const all = await records(url);
    expect(batchSeqs(all)).toEqual([0, 1, 2, 8, 9, 10, 11, 12]);
    expect(all.filter((r) => r.kind === 'loss')).toMatchObject([
      {
        offset: 4,
        loss: { gateway: 'gateway-1', epoch: gateway.epoch, from_seq: 3, to_seq: 7, reason: 'not_retained' },
      },
    ]);
    expect(await gatewayStatus(url)).toMatchObject({ losses: 1, lost_batches: 5 });
    // One of the lost turns up after all: too late, the record of its loss stands.
    await gateway.send(gateway.spool[4] as never);
    await expect.poll(async () => (await gatewayStatus(url))?.refused).toEqual({ recorded_as_lost: 1 });
  });

  test('refuses an older epoch once a newer one is known, also after a restart', async () => {
    const first = await works.ingest();
    const older = await new TestGateway(works).connect();
    const newer = await new TestGateway(works, { epoch: '018000000001-00000000' }).connect();
    older.commitReadings(4);
    await older.drain();
    newer.commitReadings(2);
    await newer.drain();
    await first.close();

    const { url } = await works.ingest();
    await expect.poll(async () => (await statusOf(url)).broker.connected).toBe(true);
    older.commitReadings(2);
    await older.sendAll();
    newer.commitReadings(1);
    await newer.drain();
    expect(batchSeqs(await records(url), older.epoch)).toEqual([0, 1, 2, 3]);
    expect(batchSeqs(await records(url), newer.epoch)).toEqual([0, 1, 2]);
    expect(await gatewayStatus(url)).toMatchObject({
      epoch: newer.epoch,
      refused: { older_epoch: 6 },
      alarms: ['older_epoch'],
    });
  });

  test('trusts a gateway whose key arrives while it runs', async () => {
    const { url } = await works.ingest();
    const pair = generateKeyPair();
    const gateway = await new TestGateway(works, {
      id: 'gateway-2',
      key: signingKey(pair.privatePem),
    }).connect();
    gateway.commitReadings(1);
    await gateway.sendAll();
    await expect.poll(async () => (await statusOf(url)).quarantine.seen).toEqual({ unknown_key: 1 });
    works.trust('gateway-2', pair.publicPem);
    await gateway.drain();
    expect(batchSeqs(await records(url))).toEqual([0]);
  });

  test('counts what other programs send, and what the plant file does not know', async () => {
    const { url } = await works.ingest();
    const gateway = await new TestGateway(works).connect();
    const payload = encodePayload({
      timestamp_ms: 0,
      seq: 0,
      metrics: [{ name: 'temperature', datatype: 'Double', value: 20 }],
    });
    await gateway.client.publishAsync('spBv1.0/site/DDATA/other/oven', Buffer.from(payload), { qos: 1 });
    await gateway.client.publishAsync('spBv1.0/site/nonsense', 'x', { qos: 1 });
    gateway.commit([
      { signal: 'constructor', source_time_ns: t0, ordinal: 0, value: 1, status: 0 },
      { signal: 'power', source_time_ns: t0, ordinal: 0, value: 1, status: 0 },
    ]);
    gateway.commit([{ signal: 'power', source_time_ns: t0, ordinal: 0, value: 1, status: 0 }], {
      machine: 'oven',
    });
    await gateway.drain();
    const status = await statusOf(url);
    expect(status.foreign.names).toEqual({ 'spBv1.0/site/DDATA/other/oven': 1, 'spBv1.0/site/nonsense': 1 });
    expect(status.unmapped.names).toEqual({ 'mill/constructor': 1, 'oven/power': 1 });
    expect(status.quarantine.seen).toEqual({});
    expect(batchSeqs(await records(url))).toEqual([0, 1]);
  });

  test('keeps every version of the plant file, each once', async () => {
    const first = await works.ingest();
    await first.close();
    const second = await works.ingest();
    expect((await records(second.url)).map((r) => r.kind)).toEqual(['plant']);
    await second.close();
    works.write(
      'plant.yaml',
      readFileSync(join(works.folder, 'plant.yaml'), 'utf8').replace('Mill }', 'The mill }'),
    );
    const third = await works.ingest();
    expect((await records(third.url)).map((r) => r.kind)).toEqual(['plant', 'plant']);
  });

  test('goes on after the broker was away', async () => {
    const { url } = await works.ingest();
    const gateway = await new TestGateway(works).connect();
    gateway.commitReadings(5);
    await gateway.drain();
    await works.stopBroker();
    await expect.poll(async () => (await statusOf(url)).broker.connected).toBe(false);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    gateway.commitReadings(5);
    await works.startBroker();
    await gateway.drain();
    expect(batchSeqs(await records(url))).toEqual(range(10));
  });
});

/** The proof of a batch as somebody without the key would have to make it up: the right key id, a wrong signature. */
function forgedProof(gateway: TestGateway) {
  const content = { ...(gateway.spool[1] as (typeof gateway.spool)[0]).content, source: 'forged' };
  const forged = signBatch(content, signingKey(generateKeyPair().privatePem));
  return { content, digest: forged.digest, signature: forged.signature, key_id: gateway.spool[0]?.key_id };
}
