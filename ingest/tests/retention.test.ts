import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nsFromMs, openLog } from '@benchline/model';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Readers } from '../src/feed/readers.ts';
import { decodeRecord } from '../src/ledger/record-line.ts';
import { retire, wantedFloor } from '../src/ledger/retention.ts';
import { Desk, PlainGateway } from './kit/desk.ts';
import { plantText } from './kit/works.ts';

const log = openLog('test');
log.level = 'silent';
const plant = { kind: 'plant' as const, digest: 'other', yaml: plantText };
const day_ms = 86_400_000;

describe('the policy', () => {
  const now = 100 * day_ms;
  const summary = (end: number, bytes: number, days: number) => ({
    end,
    bytes,
    received_to_ns: nsFromMs(now - days * day_ms).toString(),
  });
  const segments = [summary(10, 50, 9), summary(20, 50, 5), summary(30, 50, 2), summary(40, 0, 0)];

  test('wants whole segments gone, the oldest first, and never the one that is written to', () => {
    expect(wantedFloor({}, segments, now)).toBe(0);
    expect(wantedFloor({ keep_days: 4 }, segments, now)).toBe(20);
    expect(wantedFloor({ max_bytes: 100 }, segments, now)).toBe(10);
    expect(wantedFloor({ max_bytes: 1, keep_days: 6 }, segments, now)).toBe(30);
    expect(wantedFloor({ keep_days: 1 }, [summary(10, 50, 9)], now)).toBe(0);
  });
});

describe('a ledger that forgets', { timeout: 30_000 }, () => {
  let desk: Desk;
  let gateway: PlainGateway;
  beforeEach(() => {
    gateway = new PlainGateway('a');
    desk = new Desk(gateway);
  });
  afterEach(async () => {
    await desk.close();
    desk.remove();
  });

  test('says what is gone, can be verified, and goes on where it was', async () => {
    const ledger = await desk.open();
    for (let round = 0; round < 15; round += 1) {
      gateway.commit(5);
      await desk.drain(gateway);
    }
    const bytes = ledger.bytes;
    const policy = { max_bytes: Math.round(bytes / 2) };
    const lastLine = await ledger.lineDigest(20);
    await retire(ledger, policy, { held: 3, plant, log, now_ms: Date.now() });
    expect(ledger.floor).toBe(0);
    await retire(ledger, policy, { held: 1000, plant, log, now_ms: Date.now() });
    const { floor } = ledger;
    expect(floor).toBeGreaterThan(20);
    expect(ledger.bytes).toBeLessThan(bytes);
    await expect(ledger.read(floor - 1, 1000)).rejects.toMatchObject({ code: 'ledger_retired' });
    expect(await ledger.lineDigest(floor - 1)).toMatch(/^[0-9a-f]{64}$/);
    expect(await ledger.lineDigest(20)).not.toBe(lastLine);
    const [first] = await ledger.read(floor, 1);
    expect(first && decodeRecord(first.data).offset).toBe(floor);
    await desk.close();

    const again = await desk.open();
    expect(again.floor).toBe(floor);
    expect(again.holes('a')).toEqual([]);
    expect(again.book.plant?.offset).toBeGreaterThan(floor);
    gateway.commit(10);
    await desk.drain(gateway);
    await desk.close();
    const report = await desk.check();
    expect(report.faults.filter(({ kind }) => kind !== 'plant')).toEqual([]);
    expect(report.gateways['a']?.head.seq).toBe(84);
    expect(report.floor).toBe(floor);
  });
});

test('readers that gave a name hold back what they have not read, also after a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'benchline-readers-'));
  try {
    const file = join(folder, 'readers.json');
    const readers = await Readers.open(file, log);
    expect(readers.held(0)).toBe(Number.POSITIVE_INFINITY);
    readers.asks('metrics', 10, 0);
    readers.asks('audit', 500, 0);
    readers.sent('metrics', 400, 1000);
    expect(readers.held(2000)).toBe(10);
    // Sent ten minutes ago, and not asked for again since.
    readers.sent('metrics', 400, 600_000);
    readers.sent('metrics', 900, 1_200_000);
    expect(readers.held(1_200_000)).toBe(400);
    await readers.settle();
    const again = await Readers.open(file, log);
    expect(again.held(1_300_000)).toBe(400);
    expect(again.held(40 * day_ms)).toBe(Number.POSITIVE_INFINITY);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
