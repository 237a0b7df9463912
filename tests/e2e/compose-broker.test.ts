import { setTimeout as sleep } from 'node:timers/promises';
import { addsUp, settle } from '@benchline/simulators/box';
import type { MqttClient } from 'mqtt';
import { beforeEach, describe, expect, it } from 'vitest';
import { testBox } from './kit.ts';
import { type BrokerUserName, Mosquitto, noMosquitto } from './mosquitto.ts';

beforeEach((ctx) => ctx.skip(noMosquitto !== undefined, noMosquitto));

/** Time for a message to come through that should not. */
const quiet_ms = 300;

/** Topics on which somebody publishes and that this client is then sent. */
async function received(reader: MqttClient, publisher: MqttClient, topics: readonly string[]) {
  const seen: string[] = [];
  reader.on('message', (topic) => seen.push(topic));
  for (const topic of topics) await publisher.publishAsync(topic, 'text', { qos: 1 });
  await sleep(quiet_ms);
  return seen;
}

describe('at the composed broker', () => {
  const allowed: [publisher: BrokerUserName, reader: BrokerUserName, topic: string, filter: string][] = [
    ['gateway', 'ingest', 'spBv1.0/ningbo/NBIRTH/gateway-1', 'spBv1.0/ningbo/#'],
    ['gateway', 'ingest', 'spBv1.0/ningbo/DBIRTH/gateway-1/mill-1', 'spBv1.0/ningbo/#'],
    ['gateway', 'ingest', 'spBv1.0/ningbo/DDATA/gateway-1/mill-1', 'spBv1.0/ningbo/#'],
    ['gateway', 'ingest', 'spBv1.0/ningbo/NDEATH/gateway-1', 'spBv1.0/ningbo/#'],
    ['ingest', 'gateway', 'benchline/v1/ack/gateway-1', 'benchline/v1/ack/gateway-1'],
    ['devices', 'gateway', 'machines/packer-1', 'machines/packer-1'],
    ['gateway', 'devices', 'benchline/v1/observed/gateway-1/packer-1', 'benchline/v1/observed/+/+'],
  ];

  it('each part may say and hear what its work needs', async () => {
    const broker = await Mosquitto.open();
    for (const [publisher, reader, topic, filter] of allowed) {
      const listening = await broker.connect(reader);
      await listening.subscribeAsync(filter, { qos: 1 });
      const seen = await received(listening, await broker.connect(publisher), [topic]);
      expect(seen, `${publisher} → ${reader}`).toEqual([topic]);
    }
  });

  it('nobody may say what another part says', async () => {
    const broker = await Mosquitto.open();
    const listening = await broker.connect('ingest');
    await listening.subscribeAsync('spBv1.0/ningbo/#', { qos: 1 });
    const gateway = await broker.connect('gateway');
    await gateway.subscribeAsync(['benchline/v1/ack/gateway-1', 'machines/#'], { qos: 1 });
    const foreign = ['spBv1.0/ningbo/DDATA/gateway-2/mill-1', 'spBv1.0/ningbo/NBIRTH/gateway-2'];
    expect(await received(listening, gateway, foreign)).toEqual([]);
    const devices = await broker.connect('devices');
    expect(await received(listening, devices, ['spBv1.0/ningbo/DDATA/gateway-1/mill-1'])).toEqual([]);
    expect(await received(gateway, devices, ['benchline/v1/ack/gateway-1', 'machines/a'])).toEqual([
      'machines/a',
    ]);
    expect(await received(gateway, gateway, ['benchline/v1/ack/gateway-1', 'machines/b'])).toEqual([]);
  });

  it('a device hears nothing of what gateways send', async () => {
    const broker = await Mosquitto.open();
    const device = await broker.connect('devices');
    await device.subscribeAsync('#', { qos: 1 }).catch(() => undefined);
    const gateway = await broker.connect('gateway');
    expect(await received(device, gateway, ['spBv1.0/ningbo/DDATA/gateway-1/mill-1'])).toEqual([]);
  });

  it('nobody gets in without a password', async () => {
    const broker = await Mosquitto.open();
    await expect(broker.connect(undefined)).rejects.toThrow(/not authori[sz]ed/i);
  });
});

it('a box on Mosquitto loses nothing when Mosquitto is killed with -9', async () => {
  const broker = await Mosquitto.open();
  const box = await testBox({ broker: broker.target });
  await sleep(8000);
  await broker.kill();
  await sleep(1500);
  await broker.start();
  await sleep(8000);
  await box.stopSimulators();
  const account = await settle(box);
  expect(account.emitted).toBeGreaterThan(1000);
  expect(account).toMatchObject({ missing: 0, wrong: 0, invented: 0, quarantined: 0, declared_gaps: 0 });
  expect(addsUp(account)).toBe(true);
});
