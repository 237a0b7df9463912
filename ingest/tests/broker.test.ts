import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog } from '@benchline/model';
import { connectAsync, type IClientOptions } from 'mqtt';
import { afterEach, describe, expect, test } from 'vitest';
import { type Broker, type BrokerOptions, openBroker } from '../src/broker/broker.ts';
import { PacketGauge } from '../src/broker/packet-limit.ts';
import { readUsers, setUser } from '../src/broker/users.ts';

const log = openLog('broker-test');
log.level = 'silent';
const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function broker(options: Partial<BrokerOptions> = {}): Promise<Broker> {
  const opened = await openBroker({ host: '127.0.0.1', port: 0, max_packet_bytes: 10_000, log, ...options });
  undo.push(opened.close);
  return opened;
}

async function client(port: number, options: IClientOptions = {}) {
  const connected = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, ...options }, false);
  undo.push(() => connected.endAsync(true));
  return connected;
}

function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'benchline-broker-'));
  undo.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe('the embedded broker', () => {
  test('carries messages and keeps retained ones', async () => {
    const { port } = await broker();
    const publisher = await client(port);
    await publisher.publishAsync('benchline/v1/ack/gateway-1', 'text', { qos: 1, retain: true });
    const reader = await client(port);
    const message = new Promise<string>((resolve) =>
      reader.once('message', (_topic, body) => resolve(String(body))),
    );
    await reader.subscribeAsync('benchline/v1/ack/+', { qos: 1 });
    expect(await message).toBe('text');
  });

  test('cuts off who announces too large a packet, and goes on serving others', async () => {
    const { port } = await broker();
    const flooder = await client(port);
    const cut = new Promise<void>((resolve) => flooder.once('close', resolve));
    flooder.publish('t', Buffer.alloc(10_001));
    await cut;
    const other = await client(port);
    await other.publishAsync('t', Buffer.alloc(9000), { qos: 1 });
  });

  test('cuts off a giant announced before any login', async () => {
    const { port } = await broker();
    const socket = connectSocket(port, '127.0.0.1');
    socket.on('error', () => {});
    const closed = once(socket, 'close');
    socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]));
    await closed;
  });

  test('refuses to listen on the network without users', async () => {
    await expect(openBroker({ host: '0.0.0.0', port: 0, max_packet_bytes: 1, log })).rejects.toMatchObject({
      code: 'config_invalid',
      hint: expect.stringContaining('--users'),
    });
  });

  test('names the port that is taken', async () => {
    const { port } = await broker();
    await expect(openBroker({ host: '127.0.0.1', port, max_packet_bytes: 1, log })).rejects.toMatchObject({
      code: 'port_busy',
      message: expect.stringContaining(String(port)),
    });
  });

  test('with users, lets in who knows a password and nobody else', async () => {
    const file = join(tempFolder(), 'users.json');
    await setUser(file, 'gateway', Buffer.from('old'));
    await setUser(file, 'ingest', Buffer.from('other'));
    await setUser(file, 'gateway', Buffer.from('secret'));
    expect(readFileSync(file, 'utf8')).not.toContain('secret');

    const { port } = await broker({ users: await readUsers(file) });
    await client(port, { username: 'gateway', password: 'secret' });
    for (const wrong of [{ username: 'gateway', password: 'old' }, { username: 'x', password: 'secret' }, {}])
      await expect(client(port, wrong)).rejects.toThrow('Bad username or password');
  });

  test('keeps nothing for a client that is away', async () => {
    const { port } = await broker();
    const options = { clientId: 'sleeper', clean: false };
    const first = await client(port, options);
    await first.subscribeAsync('t', { qos: 1 });
    await first.endAsync();
    const publisher = await client(port);
    await publisher.publishAsync('t', 'missed', { qos: 1 });
    const again = await client(port, options);
    const seen: string[] = [];
    again.on('message', (_topic, payload) => seen.push(String(payload)));
    await again.subscribeAsync('u', { qos: 1 });
    await publisher.publishAsync('u', 'heard', { qos: 1 });
    await expect.poll(() => seen).toEqual(['heard']);
  });
});

describe('the packet gauge', () => {
  test('finds every length, however the stream is cut into chunks', () => {
    const lengths = [0, 127, 128, 16_383, 16_384, 70_000];
    const stream = Buffer.concat(lengths.map((n) => Buffer.concat([header(n), Buffer.alloc(n, 0xff)])));
    for (const cut of [1, 2, 3, 1000, stream.length]) {
      const gauge = new PacketGauge();
      let largest = 0;
      for (let at = 0; at < stream.length; at += cut)
        largest = Math.max(largest, gauge.largest(stream.subarray(at, at + cut)));
      expect(largest).toBe(70_000);
    }
  });

  test('takes a length of five bytes for what it is', () => {
    expect(new PacketGauge().largest(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01]))).toBe(
      Number.POSITIVE_INFINITY,
    );
  });
});

function header(length: number): Buffer {
  const bytes = [0x30];
  let rest = length;
  do {
    bytes.push((rest & 0x7f) | (rest > 127 ? 0x80 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Buffer.from(bytes);
}
