import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commonInstruments, type HealthAnswer, type ReadyAnswer } from '@benchline/model/health';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { gatewayInstruments } from '../src/health/instruments.ts';
import { TestBroker } from './support/broker.ts';
import { configure, type Running, settled, startGateway } from './support/gateway-process.ts';
import { double, Plc, text } from './support/plc.ts';
import { Wire } from './support/wire.ts';

let folder: string;
let broker: TestBroker;
const endings: (() => unknown)[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'benchline-gateway-'));
  broker = await TestBroker.start();
});

afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
  await broker.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A gateway before a controller at the other end of a cable; its stages may stand still for a second. */
async function start(): Promise<{ gateway: Running; plc: Plc; wire: Wire }> {
  const signals = ['lathe-1', 'lathe-2'].flatMap((m): [string, ReturnType<typeof text>][] => [
    [`${m}.state`, text('IDLE')],
    [`${m}.power`, double(0)],
  ]);
  const plc = await Plc.start(Object.fromEntries(signals));
  endings.push(() => plc.stop());
  const { hostname, port: far } = new URL(plc.endpoint.replace('opc.tcp', 'http'));
  const wire = await Wire.lay(() => Number(far));
  endings.push(() => wire.remove());
  const file = configure(folder, `opc.tcp://${hostname}:${wire.port}`, broker.url, {
    http: { port: 0, stalled_after_s: 1 },
  });
  const gateway = await startGateway(file);
  endings.push(() => gateway.child.kill('SIGKILL'));
  return { gateway, plc, wire };
}

async function ask({ port }: Running, path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, body: await response.json() };
}

async function stalled(gateway: Running): Promise<string[]> {
  const { status, body: answer } = await ask(gateway, '/healthz');
  const body = answer as HealthAnswer;
  expect(status).toBe(body.stalled.length > 0 ? 503 : 200);
  return body.stalled.map(({ stage, subject }) => (subject === undefined ? stage : `${stage} ${subject}`));
}

const patient = { timeout: 20_000, interval: 200 };

test('names the source, the broker and the missing ledger when they stand still, and no other stage', {
  timeout: 60_000,
}, async () => {
  const { gateway, wire } = await start();
  await settled(gateway, (s) => s.sources[0]?.machines[0]?.observed_until !== null);
  // Nobody here is a ledger, so what is sent is acknowledged by nobody.
  await expect.poll(() => stalled(gateway), patient).toEqual(['acknowledgement']);
  const { body: answer } = await ask(gateway, '/readyz');
  const body = answer as ReadyAnswer;
  expect(body.status).toBe('not_ready');
  expect(Object.fromEntries(body.stages.map(({ stage, state }) => [stage, state]))).toEqual({
    source: 'working',
    spool: 'working',
    broker: 'working',
    acknowledgement: 'stalled',
  });
  expect(body.stages.at(-1)?.hint).toContain('trusted_ledgers_dir');

  wire.freeze();
  await expect.poll(() => stalled(gateway), patient).toEqual(['source cell', 'acknowledgement']);
  wire.mend();
  await expect.poll(() => stalled(gateway), patient).toEqual(['acknowledgement']);

  await broker.stop();
  await expect.poll(() => stalled(gateway), patient).toEqual(['broker', 'acknowledgement']);
  await broker.start();
  await expect.poll(() => stalled(gateway), patient).toEqual(['acknowledgement']);
});

test('exports exactly the measurements of its table, with values that fit its status', {
  timeout: 60_000,
}, async () => {
  const { gateway, plc } = await start();
  await settled(gateway, (s) => s.sources[0]?.machines[0]?.observed_until !== null);
  plc.set('lathe-1.state', text('RUN'), new Date());
  const { counters } = await settled(gateway, (s) => s.counters.observations >= 5);
  const exported = await (await fetch(`http://127.0.0.1:${gateway.port}/metrics`)).text();
  const names = [...exported.matchAll(/^# TYPE benchline_gateway_(\S+) (\S+)$/gm)].map(([, name, type]) => [
    name,
    type,
  ]);
  const table = Object.entries({ ...commonInstruments, ...gatewayInstruments });
  expect(Object.fromEntries(names)).toEqual(Object.fromEntries(table.map(([name, i]) => [name, i.type])));
  const value = (name: string) =>
    Number(exported.split(`\nbenchline_gateway_${name} `)[1]?.split('\n')[0] ?? Number.NaN);
  expect(value('observations_total{source="cell"}')).toBe(counters.observations);
  expect(value('source_connected{source="cell"}')).toBe(1);
  expect(value('source_observed_until_age_seconds{source="cell",machine="lathe-1"}')).toBeLessThan(10);
  expect(value('spool_unacknowledged_batches')).toBeGreaterThan(0);
  expect(value('spool_limit_bytes')).toBe(512 * 2 ** 20);
  expect(value('stage_stalled{stage="source",subject="cell"}')).toBe(0);
});
