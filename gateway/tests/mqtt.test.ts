import { setTimeout as sleep } from 'node:timers/promises';
import { type Gap, type Observation, openLog, type Signal, status } from '@benchline/model';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MqttConfig } from '../src/sources/mqtt/config.ts';
import { mqtt } from '../src/sources/mqtt/index.ts';
import type { Source } from '../src/sources/port.ts';
import type { BatchDraft, ResumeState } from '../src/spool/port.ts';
import { TestBroker } from './support/broker.ts';
import { makeStream } from './support/streams.ts';
import { until } from './support/watching.ts';

const power: Signal = { measurement: 'signal', type: 'number', unit: 'kW' };
const total: Signal = { measurement: 'count', role: 'total', counts_per_item: 1, on_decrease: 'reset' };
const state: Signal = { measurement: 'state', states: { RUN: 'producing' }, ignore_case: false };
const signals = { power, total, state };
const topic = 'plant/packer';
const confirmations = 'benchline/v1/observed/test-gateway/packer';

let broker: TestBroker;
let device: MqttClient;
const endings: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  broker = await TestBroker.start();
  device = await broker.client();
});

afterEach(async () => {
  for (const end of endings.splice(0).toReversed()) await end();
  await device.endAsync(true);
  await broker.stop();
});

interface Reading {
  source: Source;
  observations(): Observation[];
  gaps(): Gap[];
  drafts(): readonly BatchDraft[];
  /** Says what a gateway says once everything so far is in its spool. */
  commit(): void;
}

async function read(
  options: { sequence?: boolean; patience_s?: number; resumed?: ResumeState } = {},
): Promise<Reading> {
  const { sequence = true, patience_s = 0.5, resumed } = options;
  const config = MqttConfig.parse({
    id: 'packer',
    type: 'mqtt',
    topic,
    machine: 'packer-1',
    time: { pointer: '/t', format: 'unix_ms' },
    ...(sequence ? { sequence: { pointer: '/seq', patience_s } } : {}),
    tags: {
      power: { pointer: '/v/power' },
      total: { pointer: '/v/total' },
      state: { pointer: '/v/state' },
    },
  });
  const { stream, drain } = makeStream(signals, { machine: 'packer-1', ...(resumed ? { resumed } : {}) });
  const source = mqtt.open(config, {
    settings: { gateway: 'test-gateway', pki_dir: '', broker: { url: broker.url }, resolve: (path) => path },
    streams: new Map([['packer-1', stream]]),
    log: openLog('test'),
  });
  source.start();
  endings.push(() => source.stop());
  await until('connected', () => source.status().connected);
  await sleep(50);
  const collected: BatchDraft[] = [];
  const drafts = () => {
    collected.push(...drain());
    return collected;
  };
  let committed = 0;
  return {
    source,
    drafts,
    observations: () => drafts().flatMap((d) => d.observations),
    gaps: () => drafts().flatMap((d) => d.gaps),
    commit() {
      for (const draft of drafts().slice(committed)) {
        committed += 1;
        source.committed?.('packer-1', { resume: draft.resume, until_ns: draft.observed?.until_ns });
      }
    },
  };
}

const send = (seq: number, body: object = {}) =>
  device.publishAsync(topic, JSON.stringify({ seq, t: 1000 * seq, v: { total: seq }, ...body }), { qos: 1 });
const ns = (ms: number) => BigInt(ms) * 1_000_000n;
const totals = (r: Reading) => r.observations().flatMap((o) => (o.signal === 'total' ? [o.value] : []));

describe('a device that numbers its messages', () => {
  test('is read by pointers, with exact times and values, and watched without a hole', async () => {
    const r = await read();
    await device.publishAsync(
      topic,
      '{"seq":1,"t":1000,"v":{"power":12.5,"total":9007199254740993,"state":"RUN"}}',
      { qos: 1 },
    );
    await send(2, { v: { power: null, state: { nested: true } } });
    await until('both', () => r.observations().length === 5);
    expect(r.observations()).toEqual([
      { signal: 'power', source_time_ns: ns(1000), ordinal: 0, value: 12.5, status: 0 },
      { signal: 'total', source_time_ns: ns(1000), ordinal: 0, value: 9_007_199_254_740_993n, status: 0 },
      { signal: 'state', source_time_ns: ns(1000), ordinal: 0, value: 'producing', native: 'RUN', status: 0 },
      { signal: 'power', source_time_ns: ns(2000), ordinal: 0, status: status.bad },
      { signal: 'state', source_time_ns: ns(2000), ordinal: 0, status: status.badTypeMismatch },
    ]);
    expect(r.drafts().findLast((d) => d.observed)?.observed).toEqual({
      from_ns: ns(1000),
      until_ns: ns(2000),
    });
    expect(r.gaps()).toEqual([]);
  });

  test('repeats are dropped and counted; what comes late in order fills the hole', async () => {
    const r = await read({ patience_s: 5 });
    for (const seq of [1, 2, 2, 5, 4, 3, 1, 6]) await send(seq);
    await until('all', () => totals(r).length === 6);
    expect(totals(r)).toEqual([1n, 2n, 3n, 4n, 5n, 6n]);
    expect(r.source.status().counters).toMatchObject({ repeats: 2, jumps: 0 });
    expect(r.gaps()).toEqual([]);
  });

  test('a long pause is spent away from the broker, which keeps what comes', async () => {
    const r = await read({ patience_s: 5 });
    await send(1);
    await until('first', () => totals(r).length === 1);
    r.source.pause();
    await until('away', () => !r.source.status().connected);
    expect(r.source.status().state).toBe('running');
    for (const seq of [2, 3, 4]) await send(seq);
    expect(totals(r)).toEqual([1n]);
    r.source.resume();
    await until('all', () => totals(r).length === 4);
    expect(r.gaps()).toEqual([]);
  });

  test('a hole that nothing fills is a declared gap up to the next message', async () => {
    const r = await read({ patience_s: 0.3 });
    for (const seq of [1, 2, 5, 6]) await send(seq);
    await until('all', () => totals(r).length === 4);
    expect(r.gaps()).toEqual([{ from_ns: ns(2000), to_ns: ns(5000), reason: 'sequence_jump' }]);
    expect(r.drafts().flatMap((d) => (d.observed ? [d.observed] : []))).toEqual([
      { from_ns: ns(1000), until_ns: ns(2000) },
      { from_ns: ns(5000), until_ns: ns(6000) },
    ]);
  });

  test('behind a hole that stays it is asked to say everything, and is not taken for watched before it has', async () => {
    const wishes: boolean[] = [];
    await device.subscribeAsync(confirmations, { qos: 1 });
    device.on('message', (to, payload) => {
      if (to === confirmations) wishes.push(payload.toString().includes('"say_all":true'));
    });
    const r = await read({ patience_s: 0.5 });
    await send(1, { v: { total: 1, power: 5, state: 'RUN' } });
    await until('first', () => r.observations().length === 3);
    for (const seq of [3, 4]) await send(seq);
    await until('given up', () => totals(r).length === 3);
    r.commit();
    await until('asked', () => wishes.at(-1) === true);
    await send(5, { v: { power: 6, state: 'STOP' } });
    await send(6);
    await until('all', () => totals(r).length === 4);
    expect(r.gaps().map(({ from_ns, to_ns }) => [from_ns, to_ns])).toEqual([
      [ns(1000), ns(3000)],
      [ns(3000), ns(4000)],
      [ns(4000), ns(5000)],
    ]);
    r.commit();
    await until('asked no more', () => wishes.at(-1) === false);
  });

  test('one that says nothing anew is believed again after its time', async () => {
    const r = await read({ patience_s: 0.2 });
    await send(1, { v: { total: 1, state: 'RUN' } });
    for (const seq of [3, 4]) await send(seq);
    await until('given up', () => totals(r).length === 3);
    await sleep(300);
    await send(5);
    await until('later', () => totals(r).length === 4);
    expect(r.gaps().at(-1)?.to_ns).toBe(ns(4000));
  });

  test('a device that begins to count anew is heard', async () => {
    const r = await read();
    for (const seq of [7, 8]) await send(seq);
    await send(1, { t: 9000 });
    await send(2, { t: 10_000 });
    await until('all', () => totals(r).length === 4);
    expect(totals(r)).toEqual([7n, 8n, 1n, 2n]);
    expect(r.gaps()).toEqual([{ from_ns: ns(8000), to_ns: ns(9000), reason: 'sequence_jump' }]);
  });

  test('is told what is committed, also by a broker that has forgotten it', async () => {
    const heard: string[] = [];
    const listen = async () => {
      await device.subscribeAsync(confirmations, { qos: 1 });
      device.on('message', (to, payload) => {
        if (to === confirmations) heard.push(payload.toString());
      });
    };
    await listen();
    const r = await read();
    for (const seq of [1, 2]) await send(seq);
    await until('both', () => totals(r).length === 2);
    expect(heard).toEqual([]);
    r.commit();
    const said = '{"machine":"packer-1","seq":2,"until_ns":"2000000000"}';
    await until('told', () => heard.at(-1) === said);

    heard.length = 0;
    await broker.stop();
    await broker.start();
    await until('told again', () => heard.at(-1) === said, 10_000);
    await send(3);
    await until('heard again', () => totals(r).length === 3);
    expect(r.gaps()).toEqual([]);
  });

  test('after a restart goes on from the number that was committed', async () => {
    const r = await read({
      resumed: { machine: 'packer-1', source: 'packer', until_ns: ns(5000), resume: '5', last: new Map() },
    });
    for (const seq of [4, 5, 6]) await send(seq);
    await until('the new one', () => totals(r).length === 1);
    expect(totals(r)).toEqual([6n]);
    expect(r.drafts().map((d) => [d.observed, d.resume])).toEqual([
      [{ from_ns: ns(5000), until_ns: ns(6000) }, '6'],
    ]);
  });

  test('what is no message is counted and shows as a gap', async () => {
    const r = await read({ patience_s: 0.2 });
    await send(1);
    await device.publishAsync(topic, '{"seq":2', { qos: 1 });
    await device.publishAsync(topic, '['.repeat(100_000), { qos: 1 });
    await send(3);
    await until('the next', () => totals(r).length === 2);
    expect(r.source.status()).toMatchObject({ counters: { malformed: 2 }, problem: undefined });
    expect(r.gaps()).toEqual([{ from_ns: ns(1000), to_ns: ns(3000), reason: 'sequence_jump' }]);
  });
});

describe('a device without numbers', () => {
  test('a lost connection is a gap up to the next message', async () => {
    const r = await read({ sequence: false });
    await send(1);
    await until('first', () => totals(r).length === 1);
    r.commit();
    await send(2);
    await until('second', () => totals(r).length === 2);
    r.commit();
    await broker.stop();
    await until('noticed', () => !r.source.status().connected);
    await broker.start();
    await until('back', () => r.source.status().connected && device.connected, 10_000);
    await send(9);
    await until('third', () => totals(r).length === 3);
    expect(r.gaps()).toEqual([{ from_ns: ns(2000), to_ns: ns(9000), reason: 'source_disconnected' }]);
  });

  test('the broker has a message until the spool has it', async () => {
    const r = await read({ sequence: false });
    await send(1);
    await until('taken', () => totals(r).length === 1);
    await send(2);
    await sleep(200);
    // The first is not committed, so its acknowledgement is owed and the second waits at the broker.
    expect(totals(r)).toEqual([1n]);
    r.commit();
    await until('second', () => totals(r).length === 2);
  });
});
