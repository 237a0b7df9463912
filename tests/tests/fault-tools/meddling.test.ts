import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Random } from '@benchline/simulators';
import { freePorts } from '@benchline/simulators/box';
import { connectAsync, type MqttClient } from 'mqtt';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Mischief, MqttWay } from '../../src/faults/tools/mqtt-way.ts';
import { rubbish, rubbishShapes } from '../../src/faults/tools/rubbish.ts';

const program = fileURLToPath(new URL('../../../model/bin/benchline.ts', import.meta.url));

/** A real broker of its own; its port. */
async function broker(): Promise<number> {
  const [port = 0] = await freePorts(1);
  const child = spawn(process.execPath, [program, 'broker', '--host', '127.0.0.1', '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(async () => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  });
  await once(createInterface({ input: child.stdout }), 'line');
  return port;
}

async function client(port: number): Promise<MqttClient> {
  const connected = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
  onTestFinished(async () => await connected.endAsync(true));
  return connected;
}

const none: Mischief = { duplicated: 0, swapped: 0, delayed: 0, delay_ms: 0, lost: 0 };

/** Sends 0 … 99 over a way with mischief, then one last message past it; what a listener heard before that. */
async function sent(mischief: Mischief, qos: 0 | 1): Promise<number[]> {
  const port = await broker();
  const way = await MqttWay.open({ host: '127.0.0.1', port }, mischief, new Random('a'));
  onTestFinished(async () => await way.close());
  const listener = await client(port);
  const heard: number[] = [];
  listener.on('message', (_topic, payload) => heard.push(Number(payload.toString())));
  await listener.subscribeAsync('t', { qos: 1 });
  const sender = await client(way.address.port);
  await Promise.all(Array.from({ length: 100 }, (_, i) => sender.publishAsync('t', String(i), { qos })));
  const passed = () =>
    way.counters.messages === 100 && heard.length === 100 - way.counters.lost + way.counters.duplicated;
  while (!passed()) await new Promise((resolve) => setTimeout(resolve, 10));
  return heard;
}

const inOrder = Array.from({ length: 100 }, (_, i) => i);

describe('the way to the broker', () => {
  it('passes everything when nothing is done to it', async () => {
    expect(await sent(none, 1)).toEqual(inOrder);
  });

  it('duplicates, swaps and delays, and every message arrives', async () => {
    const heard = await sent({ ...none, duplicated: 0.2, swapped: 0.2, delayed: 0.2, delay_ms: 50 }, 0);
    expect(heard.length).toBeGreaterThan(100);
    expect(heard).not.toEqual(inOrder);
    expect([...new Set(heard)].sort((a, b) => a - b)).toEqual(inOrder);
  });

  it('loses messages that it acknowledges to the sender', async () => {
    const heard = await sent({ ...none, lost: 0.5 }, 1);
    expect(heard.length).toBeLessThan(100);
    expect(heard).toEqual(inOrder.filter((i) => heard.includes(i)));
  });
});

describe('rubbish', () => {
  it('has every shape, the same for the same seed, and changes what is genuine', () => {
    const genuine = Buffer.from('{"seq":1,"tags":{}}');
    const make = () => {
      const random = new Random('a');
      return rubbishShapes.map((shape) => rubbish(shape, random, genuine).toString('latin1'));
    };
    const [empty, , huge = '', json = '', protobuf = ''] = make();
    expect(make()).toEqual(make());
    expect(empty).toBe('');
    expect(huge.length).toBeGreaterThan(8 << 20);
    expect(() => JSON.parse(json) as unknown).not.toThrow();
    expect(protobuf.length).toBeGreaterThan(4000);
    expect(make()).not.toContain(genuine.toString('latin1'));
  });
});
