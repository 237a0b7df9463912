import { execFileSync } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { TestGateway } from './kit/test-gateway.ts';
import { gatewayStatus, records, statusOf, Works } from './kit/works.ts';

let works: Works | undefined;
afterEach(() => works?.close());

/** Bounds the size of any file that a running process writes: to the journal it looks as a full disk does. */
function limitFiles(pid: number, limit: string): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${limit}`]);
}

function prlimitMissing(): string | undefined {
  try {
    execFileSync('prlimit', ['--version']);
    return undefined;
  } catch {
    return 'prlimit (util-linux) is needed to play a full disk';
  }
}

test('a full disk: nothing is acknowledged that is not stored, and all goes on when there is room', {
  timeout: 60_000,
}, async ({ skip }) => {
  const missing = prlimitMissing();
  skip(missing !== undefined, missing);
  works = await Works.open();
  const { child, announced } = await works.spawn('ingest', '--config', works.config());
  const url = `http://127.0.0.1:${String(announced['http_port'])}`;
  await expect.poll(async () => (await statusOf(url)).broker.connected, { timeout: 10_000 }).toBe(true);
  limitFiles(child.pid ?? 0, '100000:unlimited');
  const gateway = await new TestGateway(works).connect();
  gateway.commitReadings(400);
  await gateway.hello();
  await gateway.sendAll();
  await expect
    .poll(async () => (await statusOf(url)).ledger.failing, { timeout: 10_000 })
    .toContain('no room');
  const health = await fetch(`${url}/healthz`);
  expect(health.status).toBe(503);
  expect(await health.json()).toMatchObject({ stalled: [{ stage: 'ledger' }] });
  const before = (await gatewayStatus(url))?.seq ?? -1;
  expect(before).toBeLessThan(399);
  expect(gateway.acked).toBeLessThanOrEqual(before);

  limitFiles(child.pid ?? 0, 'unlimited:unlimited');
  await gateway.drain(30_000);
  const all = await records(url);
  expect(all.flatMap((r) => (r.kind === 'batch' ? [r.batch.content.seq] : []))).toEqual(
    Array.from({ length: 400 }, (_, i) => i),
  );
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});
