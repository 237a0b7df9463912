import { setTimeout as sleep } from 'node:timers/promises';
import {
  acknowledgementSeal,
  ackTopic,
  generateKeyPair,
  nsNow,
  readSigningKey,
  signingKey,
} from '@benchline/model';
import type { Random } from '@benchline/simulators';
import { connectAsync, type MqttClient } from 'mqtt';
import { rubbish, rubbishShapes } from './rubbish.ts';

interface Message {
  topic: string;
  payload: Buffer;
}

/** How an acknowledgement can be forged by somebody who does not have the ledger's key. */
export const forgeries = ['unknown-key', 'borrowed-id', 'gateway-key', 'old', 'erased', 'changed'] as const;
export type Forgery = (typeof forgeries)[number];

const remembered = 300;

/**
 * Another client of the broker who may write everywhere: it hears what a gateway says, says it again, and says things
 * of its own in other's names. It knows no secret but, where a fault hands it over, the gateway's.
 */
export class Meddler {
  readonly #client: MqttClient;
  readonly #gateway: string;
  readonly #random: Random;
  readonly #data: Message[] = [];
  readonly #births: Message[] = [];
  /** Oldest first: the oldest ones are what a broker restored from a backup would still have. */
  readonly #acks: Buffer[] = [];

  private constructor(client: MqttClient, gateway: string, random: Random) {
    this.#client = client;
    this.#gateway = gateway;
    this.#random = random;
    client.on('message', (topic, payload) => this.#hear({ topic, payload }));
    client.on('error', () => undefined);
  }

  static async connect(
    broker: string,
    who: { gateway: string; group: string },
    random: Random,
  ): Promise<Meddler> {
    const client = await connectAsync(broker, { clientId: `meddler-${process.pid}-${nsNow()}` });
    const meddler = new Meddler(client, who.gateway, random);
    await client.subscribeAsync([`spBv1.0/${who.group}/#`, ackTopic(who.gateway)], { qos: 0 });
    return meddler;
  }

  /** How many genuine messages of data it has heard and remembers. */
  get heard(): number {
    return this.#data.length;
  }

  async leave(): Promise<void> {
    await this.#client.endAsync(true);
  }

  /** Says genuine data again, in another order and up to `within_ms` late. Returns how many messages. */
  async repeat(count: number, within_ms: number, signal: AbortSignal): Promise<number> {
    const chosen = Array.from({ length: count }, () => this.#random.pick(this.#data)).filter(
      (message) => message !== undefined,
    );
    for (const { topic, payload } of chosen) {
      await sleep(within_ms / count, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) break;
      await this.#client.publishAsync(topic, payload, { qos: 1 });
    }
    return chosen.length;
  }

  /** Says genuine births again: hellos that were right when they were said. */
  async repeatBirths(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      const birth = this.#random.pick(this.#births);
      if (birth) await this.#client.publishAsync(birth.topic, birth.payload, { qos: 1 });
    }
  }

  /** Says rubbish of every shape on every one of the topics. Returns how many messages. */
  async rubbish(topics: readonly string[], signal: AbortSignal): Promise<number> {
    let said = 0;
    for (const topic of topics)
      for (const shape of rubbishShapes) {
        if (signal.aborted) return said;
        const genuine = this.#genuine(topic);
        // Unsigned messages of devices are believed: one with another value would be a message, no rubbish.
        if (shape === 'flipped' && genuine.length === 0) continue;
        await this.#client.publishAsync(topic, rubbish(shape, this.#random, genuine), { qos: 1 });
        said += 1;
      }
    return said;
  }

  /**
   * Acknowledges what no ledger has, in the ledger's name: the word that would make a gateway delete its spool.
   * `gateway_key`: file of the gateway's own key, which a ledger's word must not be believed under.
   */
  async forge(
    forgery: Forgery,
    ledger: { id: string; key_id: string; epoch: string },
    gateway_key: string,
  ): Promise<void> {
    const topic = ackTopic(this.#gateway);
    const payload = this.#forged(forgery, ledger, gateway_key);
    if (payload !== undefined) await this.#client.publishAsync(topic, payload, { qos: 1, retain: true });
  }

  #forged(
    forgery: Forgery,
    ledger: { id: string; key_id: string; epoch: string },
    gateway_key: string,
  ): string | Buffer | undefined {
    const claim = {
      v: 1 as const,
      ledger_id: ledger.id,
      gateway: this.#gateway,
      epoch: ledger.epoch,
      seq: this.#random.whole(1_000_000, 2_000_000),
      digest: '0'.repeat(64),
      at_ns: nsNow(),
    };
    const stranger = signingKey(generateKeyPair().privatePem);
    switch (forgery) {
      case 'unknown-key':
        return acknowledgementSeal.seal(claim, stranger);
      case 'borrowed-id':
        return acknowledgementSeal.seal(claim, { ...stranger, id: ledger.key_id });
      case 'gateway-key':
        return acknowledgementSeal.seal(claim, readSigningKey(gateway_key));
      case 'old':
        return this.#acks[0];
      case 'erased':
        return '';
      case 'changed':
        return this.#acks
          .at(-1)
          ?.toString()
          .replace(/(\\"seq\\":)(\d+)/, (_, name: string, seq: string) => `${name}${Number(seq) + 100_000}`);
    }
  }

  #genuine(topic: string): Buffer {
    const found = [...this.#data, ...this.#births].findLast((message) => message.topic === topic);
    return found?.payload ?? Buffer.alloc(0);
  }

  #hear(message: Message): void {
    if (message.topic === ackTopic(this.#gateway)) keep(this.#acks, message.payload);
    else if (message.topic.includes('/DDATA/')) keep(this.#data, message);
    else if (message.topic.includes('BIRTH/')) keep(this.#births, message);
  }
}

/** Keeps the first half of what it can and the newest half. */
function keep<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > remembered) list.splice(remembered / 2, 1);
}
