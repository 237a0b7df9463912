import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { TestGateway } from './kit/test-gateway.ts';
import { freePort, kill, records, statusOf, Works } from './kit/works.ts';

const program = '/usr/sbin/mosquitto';
const missing = spawnSync(program, ['-h']).error
  ? 'mosquitto is not installed: apt-get install mosquitto'
  : undefined;

let works: Works | undefined;
afterEach(() => works?.close());

async function startMosquitto(place: Works): Promise<ChildProcess> {
  const file = place.write(
    'mosquitto.conf',
    `listener ${place.brokerPort} 127.0.0.1\nallow_anonymous true\n`,
  );
  const child = spawn(program, ['-c', file], { stdio: 'ignore' });
  place.defer(() => kill(child, 'SIGKILL'));
  return child;
}

test('Mosquitto killed with -9 in mid-stream: nothing is lost, nothing twice', { timeout: 60_000 }, async ({
  skip,
}) => {
  skip(missing !== undefined, missing);
  works = new Works();
  works.brokerPort = await freePort();
  const first = await startMosquitto(works);
  const { url } = await works.ingest();
  const connected = async () => (await statusOf(url)).broker.connected;
  await expect.poll(connected, { timeout: 10_000 }).toBe(true);
  const gateway = await new TestGateway(works).connect();
  gateway.commitReadings(300);
  const sending = gateway.hello().then(() => gateway.sendAll());
  await expect.poll(() => gateway.acked, { timeout: 10_000, interval: 1 }).toBeGreaterThan(-1);
  await kill(first, 'SIGKILL');
  await expect.poll(connected, { timeout: 10_000 }).toBe(false);
  await startMosquitto(works);
  await sending;
  await gateway.drain(30_000);
  const all = await records(url);
  expect(all.flatMap((r) => (r.kind === 'batch' ? [r.batch.content.seq] : []))).toEqual(
    Array.from({ length: 300 }, (_, i) => i),
  );
});
