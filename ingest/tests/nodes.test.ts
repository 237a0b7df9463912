import { type LedgerRecordJson, readSigningKey, status } from '@benchline/model';
import { decodePayload, encodePayload, isRebirthCommand, type Metric } from '@benchline/model/sparkplug';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tahu, tahuStart_ns } from './kit/foreign-payloads.ts';
import { TestGateway } from './kit/test-gateway.ts';
import { records, statusOf, Works } from './kit/works.ts';

const second = 1_000_000_000n;
const sparkplug_nodes = [
  {
    group: 'Other Plant',
    node: 'Edge 7',
    device: 'Mill 1',
    machine: 'mill',
    source: 'edge-7',
    metrics: {
      'Hydraulics/Power': { signal: 'power', scale: 0.5 },
      'Counters/Parts': { signal: 'parts' },
      Mode: { signal: 'state' },
    },
  },
];

let works: Works;
beforeEach(async () => {
  works = await Works.open();
});
afterEach(() => works.close());

/** Another maker's edge node: it says things, and hears whether it is to be born again. */
class Edge {
  readonly client: MqttClient;
  rebirths = 0;

  private constructor(client: MqttClient) {
    this.client = client;
    client.on('message', (_topic, payload) => {
      if (isRebirthCommand(payload)) this.rebirths += 1;
    });
  }

  static async connect(url: string): Promise<Edge> {
    const client = await connectAsync(url);
    works.defer(() => client.endAsync(true));
    await client.subscribeAsync('spBv1.0/Other Plant/NCMD/Edge 7');
    return new Edge(client);
  }

  say(type: string, payload: Uint8Array, device?: string): Promise<unknown> {
    const topic = `spBv1.0/Other Plant/${type}/Edge 7${device === undefined ? '' : `/${device}`}`;
    return this.client.publishAsync(topic, Buffer.from(payload), { qos: 1 });
  }

  /** A further message of the device, `seconds` after the first of the recorded ones. */
  data(seq: number, seconds: number, metrics: Metric[]): Promise<unknown> {
    const timestamp_ms = Number(tahuStart_ns / 1_000_000n) + seconds * 1000;
    return this.say('DDATA', encodePayload({ seq, timestamp_ms, metrics }), 'Mill 1');
  }
}

function batches(all: readonly LedgerRecordJson[]) {
  return all.flatMap((r) => (r.kind === 'batch' ? [r.batch] : []));
}

/** What the ledger holds of a signal, as [seconds after the first message, value or status]. */
function readings(all: readonly LedgerRecordJson[], signal: string) {
  return batches(all).flatMap(({ content }) =>
    content.observations
      .filter((o) => o.signal === signal)
      .map((o) => [Number(BigInt(o.source_time_ns) - tahuStart_ns) / 1e9, o.value ?? o.status, o.status]),
  );
}

async function until(url: string, enough: (all: LedgerRecordJson[]) => boolean): Promise<LedgerRecordJson[]> {
  await expect.poll(async () => enough(await records(url)), { timeout: 5000 }).toBe(true);
  return records(url);
}

async function nodeStatus(url: string) {
  const [node] = (await statusOf(url)).sparkplug.nodes;
  if (!node) throw new Error('no node');
  return node;
}

async function born(): Promise<{ url: string; edge: Edge }> {
  const edge = await Edge.connect(works.brokerUrl);
  const { url } = await works.ingest(undefined, { sparkplug_nodes });
  await expect.poll(() => edge.rebirths).toBe(1);
  await edge.say('NBIRTH', tahu.nbirth);
  await edge.say('DBIRTH', tahu.dbirth, 'Mill 1');
  return { url, edge };
}

describe("another maker's edge node", () => {
  test('is asked for its births and taken in by alias, type, quality and history, signed by the ledger', async () => {
    const { url, edge } = await born();
    await edge.say('DDATA', tahu.ddata, 'Mill 1');
    await edge.say('DDATA', tahu.ddataNull, 'Mill 1');
    const all = await until(url, (got) => readings(got, 'state').length === 2);

    expect(readings(all, 'power')).toEqual([
      [1, 10.75, undefined],
      [2, 11.125, status.uncertainLastUsableValue],
      [-60, 10, undefined],
    ]);
    expect(readings(all, 'parts')).toEqual([
      [1, { integer: '9007199254740993' }, undefined],
      [1.999, { integer: '-5' }, undefined],
    ]);
    expect(readings(all, 'state')).toEqual([
      [1, 'producing', undefined],
      [3, status.bad, status.bad],
    ]);
    const signed = batches(all);
    const { id } = readSigningKey(`${works.folder}/ledger.key`);
    for (const [seq, batch] of signed.entries()) {
      expect(batch.key_id).toBe(id);
      expect(batch.content).toMatchObject({ seq, source: 'edge-7', marks: ['unsigned_third_party'] });
      expect(batch.content.prev).toBe(signed[seq - 1]?.digest ?? '');
    }
    // Watched from its birth to its last message, and nowhere else.
    const claims = signed.flatMap(({ content }) => content.observed ?? []);
    expect(claims.at(-1)?.until_ns).toBe(String(tahuStart_ns + 3n * second));
    expect(claims[0]?.from_ns).toBe(String(tahuStart_ns + second));
    const { sparkplug } = await statusOf(url);
    expect(sparkplug.unlisted.places).toMatchObject({
      'Other Plant/Edge 7': { 'Properties/Firmware': { datatype: 'String' } },
      'Other Plant/Edge 7/Mill 1': {
        Trim: { datatype: 'Int16', values: 2 },
        'Unit/Id': { datatype: 'UUID', values: 1 },
        Table: { datatype: 'unsupported', values: 1 },
      },
    });
  });

  test('that skipped a number has a gap there, and is asked for its births once', async () => {
    const { url, edge } = await born();
    await edge.data(2, 2, [{ name: 'Counters/Parts', datatype: 'Int64', value: 1n }]);
    await edge.data(5, 9, [{ name: 'Counters/Parts', datatype: 'Int64', value: 4n }]);
    await edge.data(5, 9, [{ name: 'Counters/Parts', datatype: 'Int64', value: 4n }]);
    await edge.data(6, 10, [{ name: 'Counters/Parts', datatype: 'Int64', value: 5n }]);
    const all = await until(url, (got) => readings(got, 'parts').length === 4);
    expect(batches(all).flatMap(({ content }) => content.gaps)).toEqual([
      {
        from_ns: String(tahuStart_ns + 2n * second),
        to_ns: String(tahuStart_ns + 9n * second),
        reason: 'sequence_jump',
      },
    ]);
    expect(await nodeStatus(url)).toMatchObject({ sequence_gaps: 1, duplicates: 1, online: true });
    // Asked at the start a moment ago: the pause between two questions has not passed.
    expect(edge.rebirths).toBe(1);
  });

  test('that died is not watched until it is born again, and a will that comes late changes nothing', async () => {
    const { url, edge } = await born();
    await edge.data(2, 2, [{ name: 'Counters/Parts', datatype: 'Int64', value: 1n }]);
    await edge.say('NDEATH', encodePayload({ metrics: [{ name: 'bdSeq', datatype: 'Int64', value: 6n }] }));
    await edge.data(3, 3, [{ name: 'Counters/Parts', datatype: 'Int64', value: 2n }]);
    await edge.say('NDEATH', tahu.ndeath);
    await edge.data(4, 4, [{ name: 'Counters/Parts', datatype: 'Int64', value: 3n }]);
    await expect
      .poll(() => nodeStatus(url))
      .toMatchObject({ stale_deaths: 1, deaths: 1, not_born: 1, online: false });
    const at_ms = Number(tahuStart_ns / 1_000_000n) + 20_000;
    const shifted = (bytes: Uint8Array) => ({ ...decodePayload(bytes), timestamp_ms: at_ms });
    await edge.say('NBIRTH', encodePayload(shifted(tahu.nbirth)));
    await edge.say('DBIRTH', encodePayload(shifted(tahu.dbirth)), 'Mill 1');
    const all = await until(url, (got) => batches(got).some(({ content }) => content.gaps.length > 0));
    expect(readings(all, 'parts').map(([at]) => at)).toEqual([1, 2, 3]);
    expect(batches(all).flatMap(({ content }) => content.gaps)).toEqual([
      {
        from_ns: String(tahuStart_ns + 3n * second),
        to_ns: String(BigInt(at_ms) * 1_000_000n),
        reason: 'source_disconnected',
      },
    ]);
  });

  test('cannot be spoken for by a gateway of the same name', async () => {
    const { url } = await works.ingest(undefined, { sparkplug_nodes });
    const id = (await nodeStatus(url)).gateway;
    works.trust(id, works.keys.gateway.publicPem);
    const gateway = await new TestGateway(works, { id }).connect();
    gateway.commitReadings(1);
    await gateway.sendAll();
    await expect.poll(async () => (await statusOf(url)).quarantine.seen).toEqual({ wrong_topic: 1 });
    expect(batches(await records(url))).toEqual([]);
  });

  test('that nobody listed is only shown, with names and types', async () => {
    const { url } = await works.ingest();
    const client = await connectAsync(works.brokerUrl);
    works.defer(() => client.endAsync(true));
    await client.publishAsync('spBv1.0/site/NBIRTH/stranger', tahu.nbirth, { qos: 1 });
    await client.publishAsync('spBv1.0/site/DBIRTH/stranger/press', tahu.dbirth, { qos: 1 });
    await client.publishAsync('spBv1.0/site/DDATA/stranger/press', tahu.ddata, { qos: 1 });
    await expect
      .poll(async () => (await statusOf(url)).sparkplug.unlisted.places['site/stranger/press'])
      .toMatchObject({
        'Hydraulics/Power': { datatype: 'Float', unit: 'W', values: 3 },
        Trim: { values: 2 },
      });
    const { quarantine } = await statusOf(url);
    expect(quarantine.seen).toEqual({});
    expect(batches(await records(url))).toEqual([]);
  });
});

test('ingest says as a host application that it is there, and that it goes', async () => {
  const client = await connectAsync(works.brokerUrl);
  works.defer(() => client.endAsync(true));
  const states: { online: boolean; timestamp: number }[] = [];
  client.on('message', (_topic, text) => states.push(JSON.parse(String(text)) as (typeof states)[0]));
  await client.subscribeAsync('spBv1.0/STATE/ledger-1', { qos: 1 });
  const ingest = await works.ingest();
  await expect.poll(() => states.at(-1)?.online).toBe(true);
  // An old will that arrives late is answered with a newer birth.
  const before = states.at(-1)?.timestamp ?? 0;
  const stale = JSON.stringify({ online: false, timestamp: before + 5 });
  await expect
    .poll(async () => {
      await client.publishAsync('spBv1.0/STATE/ledger-1', stale, { qos: 1, retain: true });
      return states.some((state) => state.online && state.timestamp > before);
    })
    .toBe(true);
  await ingest.close();
  await expect.poll(() => states.at(-1)?.online).toBe(false);
});
