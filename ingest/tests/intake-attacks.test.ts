import { generateKeyPair, signingKey } from '@benchline/model';
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
  test('names both of two gateways with one id, and answers the older one with the newer epoch', async () => {
    const { url } = await works.ingest();
    const older = await new TestGateway(works).connect();
    older.commitReadings(3);
    await older.drain();
    const newer = await new TestGateway(works, { epoch: '018000000001-00000000' }).connect();
    newer.commitReadings(2);
    await newer.drain();
    older.commitReadings(1);
    await older.hello();
    await older.send(older.spool[3] as never);
    await expect.poll(async () => (await gatewayStatus(url))?.refused['older_epoch']).toBe(2);
    const status = await gatewayStatus(url);
    expect(status?.alarms).toContain('older_epoch');
    expect(status?.epochs.map(({ epoch, refused }) => [epoch, refused])).toEqual([
      [newer.epoch, 0],
      [older.epoch, 2],
    ]);
    // Signed by the ledger: the older gateway learns that somebody else speaks for it.
    expect(older.acks.at(-1)).toMatchObject({ gateway: 'gateway-1', epoch: newer.epoch, seq: 1 });
    expect(batchSeqs(await records(url), older.epoch)).toEqual([0, 1, 2]);
  });

  test('tells a restored image what the ledger holds under its number', async () => {
    const { url } = await works.ingest();
    const gateway = await new TestGateway(works).connect();
    gateway.commitReadings(6);
    await gateway.drain();
    const restored = await new TestGateway(works).connect();
    restored.spool.push(...gateway.spool.slice(0, 4));
    restored.commit([{ signal: 'power', source_time_ns: t0 + 99n, ordinal: 0, value: 7, status: 0 }]);
    await restored.send(restored.spool[4] as never);
    await expect.poll(async () => (await gatewayStatus(url))?.forks).toBe(1);
    expect((await statusOf(url)).quarantine.seen).toMatchObject({ fork: 1 });
    await expect.poll(() => restored.acks.at(-1)).toMatchObject({ seq: 5, digest: gateway.spool[5]?.digest });
    expect(restored.acks.at(-1)?.digest).not.toBe(restored.spool[4]?.digest);
  });

  test('holds back what brings more series than its gateway may have, and the gateway goes on', async () => {
    const { url } = await works.ingest(undefined, { max_series_per_gateway: 5 });
    const gateway = await new TestGateway(works).connect();
    gateway.commitReadings(2);
    const bomb = ['a', 'b', 'c'].map((name) => ({
      signal: name,
      source_time_ns: t0,
      ordinal: 0,
      value: 1,
      status: 0,
    }));
    gateway.commit(bomb);
    gateway.commitReadings(1);
    await gateway.drain();
    const all = await records(url);
    expect(batchSeqs(all)).toEqual([0, 1, 2, 3]);
    expect(all.flatMap((r) => (r.kind === 'batch' ? [r.held] : []))).toEqual([
      undefined,
      undefined,
      'series_budget',
      undefined,
    ]);
    expect((await statusOf(url)).quarantine.seen).toMatchObject({ series_budget: 1 });
    expect(await gatewayStatus(url)).toMatchObject({
      accepted: 4,
      observations: 6,
      series: { known: 3, max: 5, held_batches: 1, held_observations: 3 },
      alarms: ['series_budget'],
    });
  });

  test('shows impossible and drifting clocks', async () => {
    const { url } = await works.ingest();
    const gateway = await new TestGateway(works).connect();
    gateway.commit([{ signal: 'power', source_time_ns: 0n, ordinal: 0, value: 1, status: 0 }]);
    gateway.commit([], { observed: { from_ns: t0, until_ns: t0 + 3600n * 1_000_000_000n } });
    await gateway.drain();
    expect(await gatewayStatus(url)).toMatchObject({
      clock: { drifting: false },
      sources: { 'mill/opc': { drifting: true, insane: { before: 1, ahead: 0 } } },
      warnings: ['source_clock', 'source_time_insane'],
    });
  });

  test('lets a flood of bad messages cost little, and takes the good ones in between', async () => {
    const { url } = await works.ingest();
    const stranger = signingKey(generateKeyPair().privatePem);
    const gateway = await new TestGateway(works).connect();
    const forger = await new TestGateway(works, { key: stranger }).connect();
    gateway.commitReadings(20);
    await gateway.hello();
    for (let round = 0; round < 20; round += 1) {
      for (let i = 0; i < 20; i += 1) await forger.send(forger.commit());
      await gateway.send(gateway.spool[round] as never);
    }
    await upTo(gateway, 19);
    const { throttled, quarantine } = await statusOf(url);
    expect(throttled).toBeGreaterThan(200);
    expect(throttled + (quarantine.seen.unknown_key ?? 0)).toBe(400);
    expect(batchSeqs(await records(url))).toEqual(range(20));
  });
});
