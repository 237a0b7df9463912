import {
  acknowledgementSeal,
  ackTopic,
  generateKeyPair,
  type Hello,
  helloSeal,
  type SignedBatch,
  type SigningKey,
  signingKey,
  trustedKeys,
  verifyBatch,
} from '@benchline/model';
import {
  decodeBatch,
  decodeNodeBirth,
  decodePayload,
  parseSparkplugTopic,
  type SparkplugPayload,
} from '@benchline/model/sparkplug';
import type { MqttClient } from 'mqtt';
import { trustedGateways } from './batches.ts';
import type { TestBroker } from './broker.ts';

const pair = generateKeyPair();
export const ledgerKey = signingKey(pair.privatePem);
export const trustedLedgers = trustedKeys({ 'ledger-1': pair.publicPem });

export interface Heard {
  type: string;
  device: string | undefined;
  payload: SparkplugPayload;
}

/** The other end of the line, in a few rules: takes batches in order, checks them, says how far it is. */
export class ScriptedLedger {
  readonly accepted: SignedBatch[] = [];
  readonly heard: Heard[] = [];
  readonly hellos: Hello[] = [];
  readonly births: number[] = [];
  readonly deaths: number[] = [];
  /** Ranges of sequence numbers that a hello said are gone. */
  readonly losses: [from: number, to: number][] = [];
  answers = true;
  /** Batches that get lost on the way, the first time. */
  readonly drop = new Set<number>();
  /** Whether a message gets lost on the way: asked for each. */
  loses: () => boolean = () => false;
  /** Says where it stands at most once in this time, as a real one does, and also when a batch is missing. */
  pause_ms: number | undefined;
  #pausing = false;
  #again = false;
  #client: MqttClient | undefined;
  #at_ns = 1n;
  #newestEpoch = '';
  #floor = 0;

  static async start(broker: TestBroker): Promise<ScriptedLedger> {
    const ledger = new ScriptedLedger();
    const client = await broker.client();
    ledger.#client = client;
    client.on('message', (topic, payload) => ledger.#hear(topic, payload));
    await client.subscribeAsync('spBv1.0/plant/#', { qos: 1 });
    return ledger;
  }

  get last(): SignedBatch | undefined {
    return this.accepted.at(-1);
  }

  /** Sequence numbers of all DDATA heard, repeated ones too. */
  get data(): { seq: number; historical: boolean }[] {
    return this.heard
      .filter(({ type }) => type === 'DDATA')
      .map(({ payload: { metrics } }) => ({
        seq: (JSON.parse(String(metrics[0]?.value)) as { content: { seq: number } }).content.seq,
        historical: metrics.every((metric) => metric.is_historical === true),
      }));
  }

  /** Says that it has everything up to what it accepted last. */
  async acknowledge(change: object = {}, key: SigningKey = ledgerKey, ledger_id = 'ledger-1'): Promise<void> {
    const { content, digest } = this.last ?? {};
    const epoch = this.#newestEpoch;
    const known =
      content?.epoch === epoch ? { seq: content.seq, digest: digest ?? '' } : { seq: -1, digest: '' };
    this.#at_ns += 1n;
    const said = {
      v: 1 as const,
      ledger_id,
      gateway: 'gw-1',
      epoch,
      ...known,
      at_ns: this.#at_ns,
      ...change,
    };
    await this.say(ackTopic('gw-1'), acknowledgementSeal.seal(said, key));
  }

  async say(topic: string, payload: string | Uint8Array): Promise<void> {
    await this.#client?.publishAsync(topic, Buffer.from(payload), {
      qos: 1,
      retain: /\/(ack|STATE)\//.test(topic),
    });
  }

  async stop(): Promise<void> {
    await this.#client?.endAsync(true);
  }

  #hear(topic: string, bytes: Uint8Array): void {
    const at = parseSparkplugTopic(topic);
    if (!at || at.type === 'NCMD') return;
    const payload = decodePayload(bytes);
    this.heard.push({ type: at.type, device: at.device, payload });
    if (at.type === 'NBIRTH') this.#greeted(bytes);
    else if (at.type === 'NDEATH') this.deaths.push(Number(payload.metrics[0]?.value));
    else if (at.type === 'DDATA') this.#take(decodeBatch(bytes));
  }

  #greeted(bytes: Uint8Array): void {
    const { bd_seq, hello } = decodeNodeBirth(bytes);
    this.births.push(bd_seq);
    const opened = helloSeal.open(hello ?? '', trustedGateways);
    this.hellos.push(opened);
    if (opened.epoch > this.#newestEpoch) this.#newestEpoch = opened.epoch;
    this.#floor = opened.floor_seq;
    if (this.answers) void this.acknowledge();
  }

  #take(batch: SignedBatch): void {
    verifyBatch(batch, trustedGateways);
    const { seq, prev, epoch } = batch.content;
    if (epoch < this.#newestEpoch) {
      if (this.answers) void this.acknowledge();
      return;
    }
    if (this.drop.delete(seq) || this.loses()) return;
    const before = this.last?.content.epoch === epoch ? this.last : undefined;
    const expected = before ? before.content.seq + 1 : 0;
    if (seq > expected && seq === this.#floor) this.losses.push([expected, seq - 1]);
    else if (seq !== expected) return this.#tell();
    else if (prev !== (before?.digest ?? '')) throw new Error(`fork at ${seq}`);
    this.accepted.push(batch);
    if (this.pause_ms !== undefined) this.#tell();
    else if (this.answers) void this.acknowledge();
  }

  #tell(): void {
    if (this.pause_ms === undefined) return;
    this.#again = this.#pausing;
    if (this.#pausing) return;
    this.#pausing = true;
    void this.acknowledge();
    setTimeout(() => {
      this.#pausing = false;
      if (this.#again) this.#tell();
    }, this.pause_ms);
  }
}
