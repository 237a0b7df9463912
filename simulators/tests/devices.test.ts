import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, type TestContext, test } from 'vitest';
import { readTruth } from '../src/time/truth-file.ts';
import { testFolder } from './support/folder.ts';
import { GatewayDouble } from './support/gateway-double.ts';
import { Program } from './support/program.ts';

const minute = 60_000;
const quarter = 15 * minute;

function run(context: TestContext, ...args: string[]): Program {
  const program = new Program(...args);
  context.onTestFinished(async () => await program.kill());
  return program;
}

async function until(condition: () => boolean, patience_ms = 40_000): Promise<void> {
  for (const end = Date.now() + patience_ms; !condition(); await sleep(20))
    if (Date.now() > end) throw new Error('it took too long');
}

async function startBroker(
  context: TestContext,
  port = 0,
): Promise<{ broker: Program; port: number; url: string }> {
  const broker = run(context, 'broker', '--host', '127.0.0.1', '--port', String(port));
  const opened = Number((await broker.announced('ready'))['port']);
  return { broker, port: opened, url: `mqtt://127.0.0.1:${opened}` };
}

describe.concurrent('a device of the simulator', () => {
  test('a PLC re-sends until confirmed: through a killed broker and its own kill -9 nothing is lost or doubled', async (context) => {
    const folder = testFolder(context);
    const truth = join(folder, 'packer.ndjson');
    const { broker, port, url } = await startBroker(context);
    const gateway = new GatewayDouble('packer-1');
    context.onTestFinished(() => gateway.disconnect());
    const start = () =>
      run(
        context,
        'simulate',
        'plc',
        '--broker',
        url,
        '--truth',
        truth,
        '--seed',
        '3',
        '--history',
        '8h',
        '--catch-up',
        '16s',
      );
    const first = start();
    await gateway.connect(url);

    await until(() => gateway.taken.length > 300);
    await broker.kill();
    gateway.disconnect();
    const second = await startBroker(context, port);
    await gateway.connect(second.url);
    const before = gateway.taken.length;
    await until(() => gateway.taken.length > before + 300);

    await first.kill();
    const resumed = start();
    await until(() => (gateway.taken.at(-1)?.ts ?? 0) > Date.now() - 3000);
    expect(await resumed.stop()).toBe(0);

    const emitted: string[] = [];
    for await (const { signal, time_ms, value } of readTruth(truth))
      emitted.push(`${signal} ${time_ms} ${value}`);
    const taken = gateway.taken.flatMap(({ ts, tags }) =>
      Object.entries(tags).map(([signal, value]) => `${signal} ${ts} ${String(value)}`),
    );
    expect(taken).toEqual(emitted);
    expect(gateway.jumps).toEqual([]);
    expect(gateway.taken.every(({ ts }, i) => i === 0 || ts >= (gateway.taken[i - 1]?.ts ?? 0))).toBe(true);
  }, 90_000);

  test('a PLC waits while nobody confirms, and says that it is alive while nothing happens', async (context) => {
    const { url } = await startBroker(context);
    const truth = join(testFolder(context), 'packer.ndjson');
    const plc = run(
      context,
      'simulate',
      'plc',
      '--broker',
      url,
      '--truth',
      truth,
      '--history',
      '8h',
      '--catch-up',
      '2s',
    );
    await plc.announced('ready');
    await sleep(4000);
    const emitted: number[] = [];
    for await (const { time_ms } of readTruth(truth)) emitted.push(time_ms);
    expect(Math.max(...emitted)).toBeLessThan(Date.now() - 60 * minute);

    const gateway = new GatewayDouble('packer-1');
    context.onTestFinished(() => gateway.disconnect());
    await gateway.connect(url);
    await until(() => (gateway.taken.at(-1)?.ts ?? 0) > Date.now() - 3000);
    await until(() => gateway.taken.some(({ tags }) => Object.keys(tags).length === 0));
    expect(Math.max(...gateway.taken.map(({ ts }) => ts))).toBeLessThanOrEqual(Date.now());

    const said = gateway.taken.length;
    const newest = new Map(gateway.taken.flatMap(({ tags }) => Object.entries(tags)));
    gateway.wantsAll = true;
    const answered = () =>
      gateway.taken.slice(said).find(({ tags }) => Object.keys(tags).length === newest.size);
    await until(() => answered() !== undefined);
    gateway.wantsAll = false;
    for (const { tags } of gateway.taken.slice(said))
      for (const [signal, value] of Object.entries(tags)) newest.set(signal, value);
    const everything = answered();
    expect(everything?.tags).toMatchObject({ state: newest.get('state'), order: newest.get('order') });
    const logged = new Map<string, unknown>();
    for await (const { signal, time_ms, value } of readTruth(truth))
      if (time_ms === everything?.ts) logged.set(signal, value);
    expect(Object.keys(everything?.tags ?? {}).sort()).toEqual([...logged.keys()].sort());
    expect(gateway.jumps).toEqual([]);
  }, 60_000);

  test('a meter reads its register every quarter of an hour, on the quarter', async (context) => {
    const { url } = await startBroker(context);
    const truth = join(testFolder(context), 'meter.ndjson');
    const gateway = new GatewayDouble('steel-meter');
    context.onTestFinished(() => gateway.disconnect());
    await gateway.connect(url);
    const meter = run(
      context,
      'simulate',
      'meter',
      '--broker',
      url,
      '--truth',
      truth,
      '--history',
      '168h',
      '--catch-up',
      '3s',
    );
    await until(() => (gateway.taken.at(-1)?.ts ?? 0) > Date.now() - 3000);
    await meter.stop();

    const readings = gateway.taken.flatMap(({ ts, tags }) =>
      'energy-import' in tags ? [{ ts, kwh: Number(tags['energy-import']) }] : [],
    );
    expect(readings.length).toBeGreaterThanOrEqual(7 * 96);
    expect(readings.every(({ ts }) => ts % quarter === 0)).toBe(true);
    expect(readings.slice(1).every(({ ts }, i) => ts - (readings[i]?.ts ?? 0) === quarter)).toBe(true);
    expect(readings.slice(1).every(({ kwh }, i) => kwh >= (readings[i]?.kwh ?? 0))).toBe(true);
  }, 60_000);
});
