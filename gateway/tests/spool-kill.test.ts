import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSpool } from '../src/spool/index.ts';
import { gatewayKey, second } from './support/batches.ts';
import { allFrom } from './support/spool-place.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'benchline-spool-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const source = (path: string) => JSON.stringify(pathToFileURL(join(import.meta.dirname, path)).href);
/** Appends until it is killed, and says what is durable: one line of JSON per commit. */
const writer = `
  const { openSpool } = await import(${source('../src/spool/index.ts')});
  const { draftOf, gatewayKey } = await import(${source('support/batches.ts')});
  const { writeSync } = await import('node:fs');
  const spool = await openSpool({
    folder: process.argv[1], gateway: 'gw-1', key: gatewayKey, max_bytes: 400_000,
  });
  for (let n = spool.next; ; n += 3) {
    const resume = String(n + 2);
    const seq = await spool.append([draftOf(n), draftOf(n + 1), draftOf(n + 2, { resume })]);
    writeSync(1, JSON.stringify({ seq, resume, epoch: spool.epoch }) + '\\n');
  }`;

/** Lets a process write until it is killed; what it said last. */
async function writeAndKill(after_ms: number): Promise<{ seq: number; resume: string; epoch: string }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', writer, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  while (!said.includes('\n')) await delay(10);
  await delay(after_ms);
  child.kill('SIGKILL');
  await once(child, 'close');
  return JSON.parse(said.trimEnd().split('\n').at(-1) ?? '') as {
    seq: number;
    resume: string;
    epoch: string;
  };
}

it('has everything that a killed process called durable, in one chain', async () => {
  let epoch: string | undefined;
  for (const after_ms of [5, 120, 400]) {
    const said = await writeAndKill(after_ms);
    const spool = await openSpool({ folder, gateway: 'gw-1', key: gatewayKey });
    const { next } = spool;
    expect(next).toBeGreaterThan(said.seq);
    expect(spool.epoch).toBe((epoch ??= said.epoch));
    const state = spool.resumeState('mill-1', 'opc');
    expect(Number(state?.resume)).toBeGreaterThanOrEqual(Number(said.resume));
    const claims = (await allFrom(spool, spool.floor)).flatMap(({ content }) => content.observed ?? []);
    expect(state?.until_ns).toBe(claims.at(-1)?.until_ns);
    expect(state?.until_ns).toBeGreaterThanOrEqual(BigInt(said.resume) * second);
    await spool.close();
  }
}, 60_000);
