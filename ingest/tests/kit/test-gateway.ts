import {
  type Acknowledgement,
  acknowledgementSeal,
  ackTopic,
  type Batch,
  helloSeal,
  type Observation,
  type SignedBatch,
  type SigningKey,
  signBatch,
  trustedKeys,
} from '@benchline/model';
import { encodeBatch, encodeNodeBirth, sparkplugTopic } from '@benchline/model/sparkplug';
import { connectAsync, type MqttClient } from 'mqtt';
import type { Works } from './works.ts';

const mapping = 'ab'.repeat(32);
const second = 1_000_000_000n;
/** Source times of the test begin here: 2026-01-01T00:00:00Z. */
export const t0 = 1_767_225_600n * second;

export interface TestGatewayOptions {
  id?: string;
  epoch?: string;
  key?: SigningKey;
}

/** As little of a gateway as there can be: signs, sends, hears acknowledgements, sends again. */
export class TestGateway {
  readonly id: string;
  readonly epoch: string;
  readonly spool: SignedBatch[] = [];
  readonly acks: Acknowledgement[] = [];
  floor = 0;
  readonly #key: SigningKey;
  readonly #works: Works;
  #client: MqttClient | undefined;
  #bdSeq = 0;

  constructor(
    works: Works,
    { id = 'gateway-1', epoch = '018000000000-00000000', key }: TestGatewayOptions = {},
  ) {
    this.#works = works;
    this.id = id;
    this.epoch = epoch;
    this.#key = key ?? works.gatewayKey;
  }

  get client(): MqttClient {
    if (!this.#client) throw new Error('not connected');
    return this.#client;
  }

  async connect(): Promise<this> {
    const trusted = trustedKeys({ 'ledger-1': this.#works.keys.ledger.publicPem });
    const client = await connectAsync(this.#works.brokerUrl, { reconnectPeriod: 100 });
    this.#works.defer(() => client.endAsync(true));
    client.on('message', (_topic, text) => this.acks.push(acknowledgementSeal.open(String(text), trusted)));
    client.on('connect', () => void client.subscribeAsync(ackTopic(this.id), { qos: 1 }));
    await client.subscribeAsync(ackTopic(this.id), { qos: 1 });
    this.#client = client;
    return this;
  }

  /** Signs a further batch. */
  commit(observations: readonly Observation[] = [], changes: Partial<Batch> = {}): SignedBatch {
    const seq = this.spool.length;
    const now = t0 + BigInt(seq) * second;
    const signed = signBatch(
      {
        v: 1,
        gateway: this.id,
        epoch: this.epoch,
        seq,
        prev: this.spool.at(-1)?.digest ?? '',
        gateway_time_ns: now,
        machine: 'mill',
        source: 'opc',
        mapping,
        marks: [],
        observations,
        gaps: [],
        observed: { from_ns: now - second, until_ns: now },
        ...changes,
      },
      this.#key,
    );
    this.spool.push(signed);
    return signed;
  }

  /** Signs `count` batches of a power reading and a part count. */
  commitReadings(count: number): void {
    for (let i = 0; i < count; i += 1) {
      const seq = this.spool.length;
      const source_time_ns = t0 + BigInt(seq) * second;
      this.commit([
        { signal: 'power', source_time_ns, ordinal: 0, value: seq / 8, status: 0 },
        { signal: 'parts', source_time_ns, ordinal: 0, value: BigInt(seq), status: 0 },
      ]);
    }
  }

  send(batch: SignedBatch, machine = batch.content.machine): Promise<unknown> {
    const topic = sparkplugTopic({ group: 'site', type: 'DDATA', node: this.id, device: machine });
    return this.client.publishAsync(topic, Buffer.from(encodeBatch(batch, { historical: false, seq: 0 })), {
      qos: 1,
    });
  }

  async sendAll(from = this.floor): Promise<void> {
    await Promise.all(this.spool.slice(from).map((batch) => this.send(batch)));
  }

  async hello(key = this.#key): Promise<void> {
    const hello = helloSeal.seal(
      {
        v: 1,
        gateway: this.id,
        epoch: this.epoch,
        floor_seq: this.floor,
        next_seq: this.spool.length,
        at_ns: BigInt(Date.now()) * 1_000_000n,
      },
      key,
    );
    this.#bdSeq += 1;
    const birth = encodeNodeBirth({ timestamp_ms: Date.now(), bd_seq: this.#bdSeq, hello });
    await this.client.publishAsync(
      sparkplugTopic({ group: 'site', type: 'NBIRTH', node: this.id }),
      Buffer.from(birth),
      { qos: 1 },
    );
  }

  /** The newest acknowledged number of this epoch. */
  get acked(): number {
    return this.acks.findLast(({ epoch }) => epoch === this.epoch)?.seq ?? -1;
  }

  /** Sends again from where the ledger stands until it has everything. */
  async drain(limit_ms = 15_000): Promise<void> {
    const deadline = Date.now() + limit_ms;
    const last = this.spool.length - 1;
    while (this.acked < last) {
      if (Date.now() > deadline) throw new Error(`acknowledged only up to ${this.acked} of ${last}`);
      const before = this.acked;
      await this.hello();
      await this.sendAll(Math.max(this.floor, before + 1));
      const pause = Date.now() + 500;
      while (this.acked < last && Date.now() < pause) await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
