import { createServer, type Socket } from 'node:net';
import { commonInstruments, type HealthAnswer, type ReadyAnswer } from '@benchline/model/health';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ingestInstruments } from '../src/health/instruments.ts';
import { TestGateway } from './kit/test-gateway.ts';
import { readFeed, statusOf, Works } from './kit/works.ts';

let works: Works;

beforeEach(async () => {
  works = await Works.open();
  works.http = { port: 0, stalled_after_s: 1 };
});
afterEach(() => works.close());

const patient = { timeout: 20_000, interval: 100 };

async function stalled(url: string): Promise<string[]> {
  const response = await fetch(`${url}/healthz`);
  const { stalled: found } = (await response.json()) as HealthAnswer;
  expect(response.status).toBe(found.length > 0 ? 503 : 200);
  return found.map(({ stage }) => stage);
}

async function states(url: string): Promise<Record<string, string>> {
  const { stages } = (await (await fetch(`${url}/readyz`)).json()) as ReadyAnswer;
  return Object.fromEntries(stages.map(({ stage, state }) => [stage, state]));
}

/** A server that takes every connection and never says a word, as a frozen InfluxDB. */
async function silentServer(): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => socket.destroy()));
    socket.resume();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  works.defer(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

test('an InfluxDB that hangs is named, with what to do; nothing else is blamed', {
  timeout: 60_000,
}, async () => {
  const { url } = await works.ingest({ version: 1, url: await silentServer(), database: 'benchline' });
  const gateway = await new TestGateway(works).connect();
  gateway.commitReadings(3);
  await gateway.hello();
  await gateway.sendAll();
  await expect.poll(() => stalled(url), patient).toEqual(['projection']);
  expect(await states(url)).toEqual({ broker: 'working', ledger: 'working', projection: 'stalled' });
  const { stages } = (await (await fetch(`${url}/readyz`)).json()) as ReadyAnswer;
  expect(stages.at(-1)).toMatchObject({
    reason: expect.any(String),
    hint: expect.stringContaining('InfluxDB'),
  });
  // The ledger has it all the same.
  await expect.poll(() => gateway.acked, patient).toBe(2);
});

test('a broker that is away is named until it is back', { timeout: 60_000 }, async () => {
  const { url } = await works.ingest();
  await expect.poll(() => states(url), patient).toEqual({ broker: 'working', ledger: 'working' });
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  await works.stopBroker();
  await expect.poll(() => stalled(url), patient).toEqual(['broker']);
  await works.startBroker();
  await expect.poll(() => stalled(url), patient).toEqual([]);
});

test('exports exactly the measurements of its table, with values that fit its status', {
  timeout: 60_000,
}, async () => {
  const { url } = await works.ingest();
  const gateway = await new TestGateway(works).connect();
  gateway.commitReadings(5);
  await gateway.hello();
  await gateway.drain();
  await readFeed(url, 0, (lines) => lines.length >= 5);
  const exported = await (await fetch(`${url}/metrics`)).text();
  const names = [...exported.matchAll(/^# TYPE benchline_ingest_(\S+) (\S+)$/gm)].map(([, name, type]) => [
    name,
    type,
  ]);
  const table = Object.entries({ ...commonInstruments, ...ingestInstruments });
  expect(Object.fromEntries(names)).toEqual(Object.fromEntries(table.map(([name, i]) => [name, i.type])));
  const value = (name: string) =>
    Number(exported.split(`\nbenchline_ingest_${name} `)[1]?.split('\n')[0] ?? Number.NaN);
  const status = await statusOf(url);
  expect(value('ledger_records')).toBe(status.ledger.next);
  expect(value('batches_total{gateway="gateway-1",outcome="accepted"}')).toBe(5);
  expect(value('gateway_last_received_age_seconds{gateway="gateway-1"}')).toBeLessThan(30);
  expect(value('source_to_ledger_seconds_count')).toBe(5);
  expect(value('ledger_append_seconds_count')).toBeGreaterThan(0);
  expect(value('projection_behind_records')).toBeNaN();
});
