import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Batch,
  canonicalBatch,
  generateKeyPair,
  LedgerRecordJson,
  openLog,
  type SignedBatch,
  sha256Hex,
  signBatch,
  signingKey,
} from '@benchline/model';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findDigest } from '../src/ledger/find.ts';
import { openLedger } from '../src/ledger/open.ts';
import { decodeRecord } from '../src/ledger/record-line.ts';

const log = openLog('test');
log.level = 'silent';
const key = signingKey(generateKeyPair().privatePem);
const epochs = ['018000000000-00000000', '018000000001-00000000'] as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'benchline-ledger-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (segment_bytes?: number, ledger_id = 'ledger-1') =>
  openLedger({ folder, ledger_id, log, ...(segment_bytes === undefined ? {} : { segment_bytes }) });

/** Every batch of an epoch so far, so that each is chained to the one before. */
const made = new Map<string, SignedBatch[]>();

function batch(gateway: string, epoch: string, seq: number): SignedBatch {
  const life = made.get(`${gateway} ${epoch}`) ?? [];
  made.set(`${gateway} ${epoch}`, life);
  for (let next = life.length; next <= seq; next += 1)
    life.push(signBatch(contentOf(gateway, epoch, next, life.at(-1)?.digest ?? ''), key));
  return life[seq]!;
}

function contentOf(gateway: string, epoch: string, seq: number, prev: string): Batch {
  return {
    v: 1,
    gateway,
    epoch,
    seq,
    prev,
    gateway_time_ns: BigInt(seq),
    machine: 'mill',
    source: 'opc',
    mapping: 'cd'.repeat(32),
    marks: [],
    observations: [
      {
        signal: 'parts',
        source_time_ns: -1n,
        ordinal: 3,
        value: 2n ** 62n,
        native: true,
        status: 0x40000000,
      },
      { signal: 'state', source_time_ns: 5n, ordinal: 0, value: 'läuft\n"', status: 0 },
      { signal: 'power', source_time_ns: 5n, ordinal: 0, status: 0x80000000 },
    ],
    gaps: [{ from_ns: 1n, to_ns: 2n, reason: 'gateway_restart' }],
  };
}

function draft(gateway: string, epoch: string, seq: number) {
  const signed = batch(gateway, epoch, seq);
  return { kind: 'batch', batch: signed, canonical: canonicalBatch(signed.content) } as const;
}

describe('the ledger', () => {
  test('writes lines that the contract reads back as what was appended', async () => {
    const { ledger } = await open();
    const drafts = [
      { kind: 'plant', digest: 'd', yaml: 'benchline: 1\n' } as const,
      draft('a', epochs[0], 0),
      {
        kind: 'loss',
        loss: { gateway: 'a', epoch: epochs[0], from_seq: 1, to_seq: 4, reason: 'not_retained' },
      } as const,
    ];
    await ledger.append(drafts);
    const lines = (await ledger.read(0, 1 << 20)).map(({ data }) => Buffer.from(data).toString());
    const parsed = lines.map((line) => LedgerRecordJson.parse(JSON.parse(line)));
    expect(parsed.map(({ offset, kind }) => [offset, kind])).toEqual([
      [0, 'plant'],
      [1, 'batch'],
      [2, 'loss'],
    ]);
    const [, second] = parsed;
    expect(second?.kind === 'batch' && second.batch.digest).toBe(batch('a', epochs[0], 0).digest);
    const content = /"content":(.*),"digest"/.exec(lines[1] ?? '')?.[1] ?? '';
    expect(sha256Hex(content)).toBe(batch('a', epochs[0], 0).digest);
    await ledger.close();
  });

  test('knows the heads again whatever became of its other files', async () => {
    const first = await open(2000);
    for (let seq = 0; seq < 30; seq += 1)
      await first.ledger.append([
        draft('a', epochs[0], seq),
        draft('b', epochs[seq < 10 ? 0 : 1], seq < 10 ? seq : seq - 10),
      ]);
    await first.ledger.append([{ kind: 'plant', digest: 'plant-1', yaml: '' }]);
    await first.ledger.close();
    const index = join(folder, 'index');
    const files = [join(folder, 'ledger.json'), ...readdirSync(index).map((name) => join(index, name))];
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      const good = readFileSync(file, 'utf8');
      for (const text of ['', good.slice(0, -20), good.replace(/\d/, '7'), undefined]) {
        if (text === undefined) rmSync(file);
        else writeFileSync(file, text);
        const { ledger, chains } = await open(2000);
        expect(ledger.next).toBe(61);
        expect(ledger.book.plant).toEqual({ digest: 'plant-1', offset: 60 });
        expect(ledger.head('a')).toMatchObject({ epoch: epochs[0], seq: 29, offset: 58 });
        expect(ledger.head('b')).toMatchObject({ epoch: epochs[1], seq: 19, offset: 59 });
        expect(ledger.holes('a')).toEqual([]);
        expect(chains.get('a')?.digestOf(3)).toBe(batch('a', epochs[0], 3).digest);
        expect(chains.get('b')?.digestOf(9)).toBe(batch('b', epochs[1], 9).digest);
        await ledger.close();
        expect(readFileSync(file, 'utf8')).toBe(good);
      }
    }
  });

  test('refuses the folder of another ledger', async () => {
    await (await open()).ledger.close();
    await expect(open(undefined, 'ledger-2')).rejects.toMatchObject({ code: 'config_invalid' });
  });

  test('finds the digest of any batch among those of other gateways, and none that is not there', async () => {
    const { ledger } = await open();
    const drafts = [];
    for (let seq = 0; seq < 40; seq += 1) drafts.push(draft('a', epochs[0], seq));
    for (let seq = 0; seq < 60; seq += 1) {
      drafts.push(draft('b', epochs[0], seq));
      if (seq % 3 === 0) drafts.push(draft('a', epochs[1], seq / 3));
    }
    for (let seq = 60; seq < 200; seq += 1) drafts.push(draft('b', epochs[0], seq));
    await ledger.append(drafts);
    for (let seq = 0; seq < 30; seq += 1) {
      const digest = await findDigest(ledger, 'a', { epoch: epochs[1], seq });
      expect(digest).toBe(seq < 20 ? batch('a', epochs[1], seq).digest : undefined);
    }
    for (let seq = 0; seq < 200; seq += 7)
      expect(await findDigest(ledger, 'b', { epoch: epochs[0], seq })).toBe(
        batch('b', epochs[0], seq).digest,
      );
    expect(await findDigest(ledger, 'c', { epoch: epochs[0], seq: 3 })).toBeUndefined();
    await ledger.close();
  });

  test('gives appends that run at once the order of the calls', async () => {
    const { ledger } = await open();
    await Promise.all(Array.from({ length: 500 }, (_, seq) => ledger.append([draft('a', epochs[0], seq)])));
    const read = await ledger.read(0, 1 << 24);
    expect(read.map(({ position, data }) => [position, decodeRecord(data).offset])).toEqual(
      read.map((_, i) => [i, i]),
    );
    expect(read).toHaveLength(500);
    await ledger.close();
  });

  test('names records that do not read back in their place, and asks for what they held', async () => {
    const first = await open();
    for (let seq = 0; seq < 30; seq += 1) await first.ledger.append([draft('a', epochs[0], seq)]);
    await first.ledger.close();
    const journal = join(folder, 'journal');
    const file = join(journal, readdirSync(journal)[0] ?? '');
    const { ledger } = await open();
    const bytes = readFileSync(file);
    for (const offset of [17, 18, 24]) {
      const at = bytes.indexOf(`"offset":${offset},`);
      bytes[at + 100] = (bytes[at + 100] ?? 0) ^ 1;
    }
    writeFileSync(file, bytes);
    let found = 0;
    ledger.onDamage(() => (found += 1));
    const read = await ledger.read(10, 1 << 20);
    expect(read.map(({ position }) => position)).toEqual(Array.from({ length: 20 }, (_, i) => 10 + i));
    const records = read.map(({ data }) => LedgerRecordJson.parse(decodeRecord(data)));
    expect(records.filter(({ kind }) => kind === 'damaged').map(({ offset }) => offset)).toEqual([
      17, 18, 24,
    ]);
    await ledger.settle();
    expect(found).toBe(1);
    expect(ledger.damagedRecords).toBe(3);
    expect(ledger.head('a')?.seq).toBe(29);
    expect(ledger.sound('a')).toEqual({
      epoch: epochs[0],
      seq: 16,
      digest: batch('a', epochs[0], 16).digest,
    });
    await ledger.append([17, 18].map((seq) => draft('a', epochs[0], seq)));
    expect(ledger.sound('a')?.seq).toBe(23);
    await ledger.append([draft('a', epochs[0], 24)]);
    expect(ledger.sound('a')?.seq).toBe(29);
    expect(await findDigest(ledger, 'a', { epoch: epochs[0], seq: 18 })).toBe(
      batch('a', epochs[0], 18).digest,
    );
    await ledger.close();
    const again = await open();
    expect(again.ledger.holes('a')).toEqual([]);
    expect(again.ledger.book.undeclared()).toEqual([
      { from_offset: 17, to_offset: 19 },
      { from_offset: 24, to_offset: 25 },
    ]);
    await again.ledger.close();
  });
});
