import { spawnSync } from 'node:child_process';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { trustedKeys } from '../../src/keys/keys.ts';
import { batchToJson } from '../../src/telemetry/batch.ts';
import { canonicalJson } from '../../src/telemetry/canonical.ts';
import { batchDigest } from '../../src/telemetry/canonical-batch.ts';
import { LedgerRecordJson } from '../../src/telemetry/ledger.ts';
import { signedBatchFromJson } from '../../src/telemetry/read-batch.ts';
import {
  machineObservationFromJson,
  machineObservationToJson,
  observationsOf,
} from '../../src/telemetry/record.ts';
import { acknowledgementSeal, helloSeal, verifyBatch } from '../../src/telemetry/signed.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/telemetry.md'), 'utf8');

/** The code block behind `<!-- example: NAME -->`. */
function example(name: string): string {
  const block = page.split(`<!-- example: ${name} -->\n`)[1]?.match(/^```\w+\n(.*?)\n```$/ms)?.[1];
  if (block === undefined) throw new Error(`the page has no example '${name}'`);
  return block;
}

const lines = (name: string) =>
  example(name)
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex');

const trusted = trustedKeys({ 'gateway-1': example('gateway-key'), 'ledger-1': example('ledger-key') });
const signed = signedBatchFromJson(JSON.parse(example('signed-batch')));

describe('the worked example of the telemetry page', () => {
  it('has the canonical form and the digest that the page states', () => {
    expect(canonicalJson(batchToJson(signed.content))).toBe(example('canonical'));
    expect(signed.digest).toBe(example('digest'));
    expect(sha256(example('canonical'))).toBe(example('digest'));
  });

  it('carries a signature that verifies by the rule of the page, without our code', () => {
    const key = createPublicKey(example('gateway-key'));
    const text = `benchline/batch/1\n${example('digest')}\n`;
    expect(verify(null, Buffer.from(text), key, Buffer.from(signed.signature, 'base64'))).toBe(true);
    expect(sha256(key.export({ type: 'spki', format: 'der' })).slice(0, 16)).toBe(signed.key_id);
    expect(() => verifyBatch(signed, trusted)).not.toThrow();
  });

  it('names keys and digests that belong together in acknowledgement and hello', () => {
    const ack = acknowledgementSeal.open(example('ack'), trusted);
    const hello = helloSeal.open(example('hello'), trusted);
    expect(ack).toMatchObject({
      epoch: signed.content.epoch,
      seq: signed.content.seq,
      digest: signed.digest,
    });
    expect(hello).toMatchObject({ epoch: signed.content.epoch, next_seq: signed.content.seq + 1 });
  });

  it('shows a feed of all kinds of records, chained', () => {
    const records = lines('feed').map((line) => LedgerRecordJson.parse(line));
    expect(new Set(records.map((record) => record.kind))).toEqual(
      new Set(['plant', 'batch', 'entry', 'loss']),
    );
    expect(records.map((record) => record.offset)).toEqual(records.map((_, offset) => offset));
    const plant = records.find((record) => record.kind === 'plant');
    expect(plant?.digest).toBe(sha256(plant?.yaml ?? ''));
    const batches = lines('feed').flatMap((line) => {
      const { batch } = line as { batch?: unknown };
      return batch === undefined ? [] : [signedBatchFromJson(batch)];
    });
    expect(batches.map((batch) => [batch.content.seq, batch.content.prev])).toEqual([
      [0, ''],
      [1, batches[0]?.digest],
    ]);
    for (const batch of batches) expect(batchDigest(batch.content)).toBe(batch.digest);
    expect(batches[1]).toEqual(signed);
  });

  it('shows export lines of its own observations', () => {
    const first = [...observationsOf(signed.content)].slice(0, 3);
    expect(lines('export').map(machineObservationFromJson)).toEqual(first);
    expect(lines('export')).toEqual(
      first.map((o) => JSON.parse(JSON.stringify(machineObservationToJson(o)))),
    );
  });
});

const python = spawnSync('python3', ['--version']).status === 0;
const openssl = spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout?.startsWith('OpenSSL 3');
const missing = 'needs python3 and OpenSSL 3 on the PATH';

describe('the Python program of the telemetry page, which shares no code with ours', () => {
  const folder = mkdtempSync(join(tmpdir(), 'benchline-contract-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'check.py'), `${example('checker')}\n`);
  writeFileSync(join(folder, 'gateway.pub'), `${example('gateway-key')}\n`);
  const check = (feed: string) =>
    spawnSync('python3', [join(folder, 'check.py'), join(folder, 'gateway.pub')], {
      input: feed,
      encoding: 'utf8',
    });

  it('accepts the feed of the page', (ctx) => {
    ctx.skip(!python || !openssl, missing);
    const result = check(`${example('feed')}\n`);
    expect([result.stderr, result.status]).toEqual(['', 0]);
  });

  it.for([
    ['a changed value', 'Execute', 'Suspended', 'offset 1: digest'],
    ['a changed signature', '"signature":"', '"signature":"AAAA', 'offset 1: signature'],
  ] as const)('refuses %s', ([, from, to, message], ctx) => {
    ctx.skip(!python || !openssl, missing);
    expect(example('feed')).toContain(from);
    expect(check(example('feed').replace(from, to)).stderr).toContain(message);
  });

  it('refuses a feed that leaves a batch out', (ctx) => {
    ctx.skip(!python || !openssl, missing);
    const feed = example('feed').split('\n');
    expect(check(feed.toSpliced(1, 1).join('\n')).stderr).toContain('offset 2: chain');
  });

  it('writes every JSON value in the same canonical form as we do', (ctx) => {
    ctx.skip(!python, missing);
    const values = fc.sample(fc.jsonValue({ stringUnit: 'binary', maxDepth: 3 }), 500);
    const doubles = fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), 2000);
    const program = [
      'import sys, json; sys.path.insert(0, sys.argv[1]); import check',
      'for line in open(0, encoding="utf-8"): print(check.hashlib.sha256(check.canonical(json.loads(line)).encode()).hexdigest())',
    ].join('\n');
    const input = [...values, ...doubles].map((value) => JSON.stringify(value));
    const result = spawnSync('python3', ['-c', program, folder], {
      input: input.join('\n'),
      encoding: 'utf8',
    });
    const digests = result.stdout.trimEnd().split('\n');
    expect(result.stderr).toBe('');
    expect(digests).toEqual([...values, ...doubles].map((value) => sha256(canonicalJson(value))));
  });
});
