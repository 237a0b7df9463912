import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodeRecord } from '../src/ledger/record-line.ts';
import { Desk, PlainGateway } from './kit/desk.ts';

let desk: Desk;
let a: PlainGateway;
let b: PlainGateway;
beforeEach(() => {
  a = new PlainGateway('a');
  b = new PlainGateway('b');
  desk = new Desk(a, b);
});
afterEach(async () => {
  await desk.close();
  desk.remove();
});

/** Some 150 batches of two gateways, in segments of 20 kB. */
async function fill(): Promise<string> {
  await desk.open();
  for (let round = 0; round < 15; round += 1) {
    a.commit(5);
    b.commit(5);
    await desk.drain(a);
    await desk.drain(b);
  }
  await desk.close();
  const { content_digest, sound, faults } = await desk.check();
  expect(faults).toEqual([]);
  expect(sound).toBe(true);
  return content_digest;
}

function files(folder = desk.ledgerFolder): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
    .sort();
}

function segments(): string[] {
  return files().filter((file) => file.endsWith('.segment'));
}

/** Opens, has the gateways send what they are asked for, and expects everything to be there again. */
async function expectWhole(digest: string): Promise<void> {
  const ledger = await desk.open();
  for (const gateway of [a, b]) await desk.drain(gateway);
  await desk.keepUp();
  const seqs = new Map<string, number[]>([
    ['a', []],
    ['b', []],
  ]);
  for (let at = 0; at < ledger.next; ) {
    const records = await ledger.read(at, 1 << 16);
    for (const { position, data } of records) {
      const record = decodeRecord(data);
      expect([position, record.offset]).toEqual([at, at]);
      at += 1;
      if (record.kind === 'batch') seqs.get(record.batch.content.gateway)?.push(record.batch.content.seq);
    }
  }
  for (const gateway of [a, b])
    expect(seqs.get(gateway.id)?.toSorted((x, y) => x - y)).toEqual(gateway.spool.map((_, seq) => seq));
  await desk.close();
  const report = await desk.check();
  expect(report.faults).toEqual([]);
  expect(report.content_digest).toBe(digest);
}

function flip(file: string, bit: number): void {
  const bytes = readFileSync(file);
  const at = (bit >> 3) % bytes.length;
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
  writeFileSync(file, bytes);
}

describe('a ledger that is damaged', { timeout: 60_000 }, () => {
  test('anywhere, in any file, by flips and cuts, opens, asks again and is whole', async () => {
    const digest = await fill();
    const image = `${desk.folder}-image`;
    cpSync(desk.ledgerFolder, image, { recursive: true });
    try {
      const harm = fc.record({
        file: fc.nat(),
        kind: fc.constantFrom('flip', 'cut', 'empty', 'delete'),
        where: fc.nat(),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(harm, { minLength: 1, maxLength: 3 }), async (harms) => {
          await desk.close();
          rmSync(desk.ledgerFolder, { recursive: true });
          cpSync(image, desk.ledgerFolder, { recursive: true });
          for (const { file, kind, where } of harms) {
            const all = files();
            const victim = all[file % all.length] ?? '';
            const { size } = statSync(victim);
            if (kind === 'delete') rmSync(victim);
            else if (kind === 'empty') truncateSync(victim, 0);
            else if (kind === 'cut') truncateSync(victim, where % (size + 1));
            else if (size > 0) flip(victim, where % (size * 8));
          }
          await expectWhole(digest);
        }),
        { numRuns: 40 },
      );
    } finally {
      rmSync(image, { recursive: true, force: true });
    }
  });

  test('while it runs, is noticed by whoever reads it', async () => {
    const digest = await fill();
    const ledger = await desk.open();
    flip(segments()[1] ?? '', 40_000);
    expect(desk.acked(a)).toBe(74);
    await ledger.read(0, 1 << 20);
    await desk.keepUp();
    expect(ledger.damagedRecords).toBe(1);
    expect(Math.min(desk.acked(a), desk.acked(b))).toBeLessThan(74);
    await desk.close();
    await expectWhole(digest);
  });

  test('says which batches are lost when their gateway has them no more', async () => {
    await fill();
    flip(segments()[1] ?? '', 40_000);
    await desk.open();
    const victim = desk.acked(a) < 74 ? a : b;
    const hole = desk.acked(victim) + 1;
    victim.floor = 60;
    victim.commit(3);
    await desk.give(victim.hello());
    // Said before it was asked, for all that is known.
    expect(desk.acked(victim)).toBe(hole - 1);
    await new Promise((resolve) => setTimeout(resolve, 3100));
    await desk.drain(victim);
    expect(desk.acked(victim)).toBe(77);
    await desk.keepUp();
    await desk.close();
    const report = await desk.check();
    expect(report.faults).toEqual([]);
    expect(report.records).toMatchObject({ loss: 1, damaged: 1, batch: 152 });
    expect(report.mended).toHaveLength(1);
  });

  test('says which batches are lost whose epoch is over', async () => {
    await fill();
    a.renew('018000000001-00000000');
    await desk.open();
    a.commit(2);
    await desk.drain(a);
    await desk.close();
    for (const bit of [40_000, 60_000, 80_000]) flip(segments()[1] ?? '', bit);
    expect((await desk.check()).sound).toBe(false);
    await desk.open();
    await desk.drain(b);
    await desk.keepUp();
    await desk.close();
    const report = await desk.check();
    expect(report.faults).toEqual([]);
    expect(report.records['loss']).toBeGreaterThan(0);
  });

  test('or restored from an older copy, or lost, is filled again', async () => {
    await desk.open();
    a.commit(30);
    b.commit(10);
    await desk.drain(a);
    await desk.close();
    const copy = `${desk.folder}-copy`;
    cpSync(desk.ledgerFolder, copy, { recursive: true });
    const digest = await fill();
    rmSync(desk.ledgerFolder, { recursive: true });
    cpSync(copy, desk.ledgerFolder, { recursive: true });
    rmSync(copy, { recursive: true });
    await expectWhole(digest);
    rmSync(desk.ledgerFolder, { recursive: true });
    await expectWhole(digest);
  });
});

describe('deliveries', { timeout: 60_000 }, () => {
  test('in any order and number come to the same ledger', async () => {
    a.commit(20);
    b.commit(15);
    const messages = [a, b].flatMap((gateway) => [
      gateway.hello(),
      ...gateway.spool.map((_, seq) => gateway.message(seq)),
    ]);
    await desk.open();
    for (const message of messages) await desk.give(message);
    await desk.close();
    const { content_digest } = await desk.check();
    const order = fc.array(fc.nat(messages.length - 1), { maxLength: 120 });
    await fc.assert(
      fc.asyncProperty(order, fc.boolean(), async (indexes, restart) => {
        await desk.close();
        rmSync(desk.ledgerFolder, { recursive: true, force: true });
        await desk.open();
        for (const [i, index] of indexes.entries()) {
          if (restart && i === 60) {
            await desk.close();
            await desk.open();
          }
          desk.intake.receive(messages[index]!.topic, messages[index]!.payload);
        }
        await desk.intake.settle();
        for (const gateway of [a, b]) await desk.drain(gateway);
        await desk.close();
        const report = await desk.check();
        expect(report.faults).toEqual([]);
        expect(report.content_digest).toBe(content_digest);
        expect(report.records).toEqual({ plant: 1, batch: 35 });
      }),
      { numRuns: 25 },
    );
  });
});
