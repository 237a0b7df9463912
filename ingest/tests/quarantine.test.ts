import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeyPair, signingKey } from '@benchline/model';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { quarantine as command } from '../src/commands/quarantine.ts';
import { TestGateway, t0 } from './kit/test-gateway.ts';
import { gatewayStatus, program, records, statusOf, Works } from './kit/works.ts';

let works: Works;
beforeEach(async () => {
  works = await Works.open();
});
afterEach(() => works.close());

/** Not in this thread, in which the ingest runs. */
async function benchline(...args: string[]): Promise<{ stdout: string; stderr: string; status: number }> {
  return await new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...args], (_error, stdout, stderr) =>
      resolve({ stdout, stderr, status: child.exitCode ?? -1 }),
    );
  });
}

const quarantine = (...args: string[]) =>
  benchline('quarantine', ...args, '--data', join(works.folder, 'data'));

/** Without the second that a process takes to start. */
const inside = (positionals: string[], values: Record<string, string> = {}) =>
  command.run({
    values: { data: join(works.folder, 'data'), ...values },
    positionals,
    signal: new AbortController().signal,
  });

interface Listed {
  counts: Record<string, number>;
  items: { digest: string; note: { reason: string } }[];
}

const listed = async () => JSON.parse((await quarantine('list', '--json')).stdout) as Listed;

describe('the quarantine', { timeout: 60_000 }, () => {
  test('says what can be done with it before it asks for a piece', async () => {
    await expect(inside(['mend'])).rejects.toMatchObject({ hint: 'write list, show, repair or resubmit' });
    await expect(inside(['show'])).rejects.toMatchObject({ message: 'which piece?' });
  });

  test('shows what was not let in, and takes it when what kept it out is mended', async () => {
    const { url } = await works.ingest();
    const pair = generateKeyPair();
    const stranger = new TestGateway(works, { id: 'gateway-2', key: signingKey(pair.privatePem) });
    await stranger.connect();
    stranger.commitReadings(1);
    await stranger.sendAll();
    await expect.poll(async () => (await statusOf(url)).quarantine.files).toBe(1);
    const { counts, items } = await listed();
    expect(counts).toEqual({ unknown_key: 1 });
    const [item] = items;
    const shown = await quarantine('show', item?.digest.slice(0, 12) ?? '');
    expect(shown.stdout).toContain('is not trusted to speak for');
    expect(shown.stdout).toContain('"parts"');

    works.trust('gateway-2', pair.publicPem);
    // The folder of keys is read again two seconds after the last time at the earliest.
    await new Promise((resolve) => setTimeout(resolve, 2100));
    expect((await quarantine('resubmit', item?.digest ?? '')).stderr).toContain('--reason');
    const { stdout: said } = await quarantine(
      'resubmit',
      item?.digest ?? '',
      '--reason',
      'its key came late',
    );
    expect(said).toContain('given to the intake');
    const all = await records(url);
    expect(all.map(({ kind }) => kind)).toEqual(['plant', 'batch']);
    expect((await gatewayStatus(url)) ?? null).toBeNull();
  });

  test('lets a person repair what came, under a name and with a reason', async () => {
    const { url } = await works.ingest();
    const gateway = await new TestGateway(works).connect();
    const topic = 'spBv1.0/site/DDATA/gateway-1/mill';
    const text = '{"parts": 7, broken';
    await gateway.client.publishAsync(topic, text, { qos: 1 });
    await expect.poll(async () => (await statusOf(url)).quarantine.files).toBe(1);
    const { digest = '' } = (await listed()).items[0] ?? {};
    expect((await quarantine('show', digest)).stdout).toMatch(/7b 22 70 61 .*\{"pa/);
    const file = join(works.folder, 'repaired.json');
    expect((await quarantine('repair', digest, '--out', file)).status).toBe(0);
    const again = inside(['repair', digest], { out: file });
    await expect(again).rejects.toMatchObject({ hint: expect.stringContaining('name another one') });
    expect((await quarantine('repair', digest, '--file', file)).stderr).toContain('machine');
    const draft = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const observation = { signal: 'parts', source_time_ns: t0.toString(), value: { integer: '7' } };
    const names = { gateway: 'gateway-1', machine: 'mill', source: 'opc', gateway_time_ns: t0.toString() };
    works.write('repaired.json', JSON.stringify({ ...draft, ...names, observations: [observation] }));
    expect((await quarantine('repair', digest, '--file', file)).stdout).toContain('can be resubmitted');

    const { stdout: said } = await quarantine(
      'resubmit',
      digest,
      '--file',
      file,
      '--reason',
      'a cable was loose',
    );
    expect(said).toContain('recorded in the ledger');
    const record = (await records(url)).at(-1);
    expect(record).toMatchObject({
      kind: 'resubmission',
      resubmission: {
        original: digest,
        reason: 'a cable was loose',
        author: expect.stringContaining('local:'),
        batch: { content: { marks: ['resubmitted'], observations: [observation] } },
      },
    });
    expect((await listed()).items[0]?.note).toMatchObject({ resubmitted: { reason: 'a cable was loose' } });
    const config = join(works.folder, 'ingest.json');
    const check = await benchline('ledger', 'check', '--config', config, '--json');
    expect(JSON.parse(check.stdout)).toMatchObject({ sound: true, signatures: 'checked', faults: [] });
    expect(check.status).toBe(0);
  });
});
