import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LedgerRecordJson } from '@benchline/model';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestGateway } from './kit/test-gateway.ts';
import { gatewayStatus, kill, program, records, statusOf, Works } from './kit/works.ts';

let works: Works;
beforeEach(async () => {
  works = await Works.open();
});
afterEach(() => works.close());

async function start() {
  const { child, announced } = await works.spawn('ingest', '--config', works.config());
  const url = `http://127.0.0.1:${String(announced['http_port'])}`;
  await expect.poll(async () => (await statusOf(url)).broker.connected, { timeout: 10_000 }).toBe(true);
  return { child, url };
}

function seqs(all: readonly LedgerRecordJson[]): number[] {
  return all.flatMap((record) => (record.kind === 'batch' ? [record.batch.content.seq] : []));
}

describe('benchline ingest, the process', { timeout: 60_000 }, () => {
  test('killed again and again in mid-stream, loses nothing and stores nothing twice', async () => {
    const gateway = await new TestGateway(works).connect();
    const acked: number[] = [];
    let offered = 0;
    for (let round = 0; round < 3; round += 1) {
      const { child, url } = await start();
      // What was acknowledged before the kill is there after it.
      expect((await gatewayStatus(url))?.seq ?? -1).toBeGreaterThanOrEqual(acked.at(-1) ?? -1);
      gateway.commitReadings(400);
      offered += 400;
      const sending = gateway.hello().then(() => gateway.sendAll(gateway.acked + 1));
      await expect
        .poll(() => gateway.acked, { timeout: 10_000, interval: 1 })
        .toBeGreaterThan(acked.at(-1) ?? -1);
      await kill(child, 'SIGKILL');
      acked.push(gateway.acked);
      await sending;
    }
    const { url, child } = await start();
    await gateway.drain(30_000);
    const all = await records(url);
    expect(seqs(all)).toEqual(Array.from({ length: offered }, (_, i) => i));
    expect(all.map((record) => record.offset)).toEqual(Array.from({ length: all.length }, (_, i) => i));
    const digests = all.flatMap((record) => (record.kind === 'batch' ? [record.batch.digest] : []));
    expect(digests).toEqual(gateway.spool.map((batch) => batch.digest));
    const started = Date.now();
    expect(await kill(child, 'SIGTERM')).toBe(0);
    expect(Date.now() - started).toBeLessThan(5000);
  });

  test('works the chains out again without its other files', async () => {
    const gateway = await new TestGateway(works).connect();
    const first = await start();
    gateway.commitReadings(200);
    await gateway.drain();
    await kill(first.child, 'SIGTERM');
    rmSync(join(works.folder, 'data', 'ledger', 'ledger.json'));
    const second = await start();
    gateway.commitReadings(10);
    await gateway.drain();
    expect(seqs(await records(second.url))).toEqual(Array.from({ length: 210 }, (_, i) => i));
  });

  test('asks a gateway to begin again when its ledger is lost', async () => {
    const gateway = await new TestGateway(works).connect();
    const first = await start();
    gateway.commitReadings(20);
    await gateway.drain();
    await kill(first.child, 'SIGKILL');
    rmSync(join(works.folder, 'data'), { recursive: true });
    const second = await start();
    await gateway.hello();
    await expect.poll(() => gateway.acked, { timeout: 5000 }).toBe(-1);
    await gateway.drain();
    expect(seqs(await records(second.url))).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  test('ends with its supervisor', async () => {
    process.env['BENCHLINE_SUPERVISED'] = '1';
    const { child } = await start();
    delete process.env['BENCHLINE_SUPERVISED'];
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.stdin?.end();
    expect(await gone).toBe(0);
  });

  test('the broker process is silent but for its ready line and ends when told to', async () => {
    const { child, announced } = await works.spawn('broker', '--host', '127.0.0.1', '--port', '0');
    expect(announced).toEqual({ ready: true, port: expect.any(Number) });
    expect(await kill(child, 'SIGTERM')).toBe(0);
  });

  test('the broker takes users from a file that it writes itself, passwords from stdin', async () => {
    const users = join(works.folder, 'users.json');
    const adding = spawnSync(process.execPath, [program, 'broker', '--users', users, '--add', 'gateway'], {
      input: 'pass word\n',
      encoding: 'utf8',
    });
    expect(adding).toMatchObject({ status: 0, stdout: '' });
    const { announced } = await works.spawn('broker', '--host', '0.0.0.0', '--port', '0', '--users', users);
    const url = `mqtt://127.0.0.1:${String(announced['port'])}`;
    const client = await connectAsync(url, { username: 'gateway', password: 'pass word' });
    await client.endAsync(true);
    await expect(connectAsync(url, { username: 'gateway', password: 'x' }, false)).rejects.toThrow(
      'Bad username',
    );
  });

  test('the broker says what to do when the network could come in, or the port is taken', () => {
    const open = spawnSync(process.execPath, [program, 'broker', '--host', '0.0.0.0'], { encoding: 'utf8' });
    expect(open).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('--users') });
    const port = String(works.brokerPort);
    const busy = spawnSync(process.execPath, [program, 'broker', '--port', port], { encoding: 'utf8' });
    expect(busy).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(new RegExp(`port ${port}.*--port`, 's')),
    });
  });
});
