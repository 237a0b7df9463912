import { once } from 'node:events';
import { createRequire } from 'node:module';
import { BenchlineError, type BrokerAccess } from '@benchline/model';
import { connect, type MqttClient } from 'mqtt';

/** A silent broker is given up after 1.5 times this. */
const keepalive_s = 3;
const connectTimeout_ms = 5000;
const endTimeout_ms = 1000;

// mqtt.js writes packets with this, which else keeps a Buffer for each of 65 536 numbers: 8 MB.
const packets = createRequire(import.meta.resolve('mqtt'))('mqtt-packet') as {
  writeToStream: { cacheNumbers: boolean };
};
packets.writeToStream.cacheNumbers = false;

export interface LinkOptions {
  broker: BrokerAccess;
  client_id: string;
  /** What the broker publishes when the connection breaks; QoS 1. */
  will: { topic: string; payload: Uint8Array };
  /** Topics to subscribe to with QoS 1. */
  topics: string[];
  /** @param retained whether the broker remembered it from before. */
  receive(topic: string, payload: Uint8Array, retained: boolean): void;
}

/**
 * One connection to the broker, from connect to its end; it never comes back to life. Nothing is buffered in
 * it: a message is on the wire or lost, and the spool has it either way.
 */
export class Link {
  /** Aborted when the connection is gone. */
  readonly closed: AbortSignal;
  readonly #client: MqttClient;

  private constructor(client: MqttClient, closed: AbortSignal) {
    this.#client = client;
    this.closed = closed;
  }

  /** @throws BenchlineError `source_unavailable` when there is no connection or it may not subscribe. */
  static async open(options: LinkOptions, abort: AbortSignal): Promise<Link> {
    const { broker, will } = options;
    const { username, password, ca } = broker;
    const client = connect(broker.url, {
      clientId: options.client_id,
      clean: true,
      keepalive: keepalive_s,
      // Sending into a dead connection must not count as a sign of life.
      reschedulePings: false,
      connectTimeout: connectTimeout_ms,
      reconnectPeriod: 0,
      queueQoSZero: false,
      will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: false },
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(ca === undefined ? {} : { ca }),
    });
    const closed = new AbortController();
    let problem: unknown = 'the connection was closed';
    client.on('error', (error) => (problem = error));
    client.on('close', () => closed.abort());
    client.on('message', (topic, payload, { retain }) => options.receive(topic, payload, retain));
    try {
      await connected(client, AbortSignal.any([abort, closed.signal]));
      await client.subscribeAsync(options.topics, { qos: 1 });
      if (closed.signal.aborted) throw new Error('closed while subscribing');
      return new Link(client, closed.signal);
    } catch (cause) {
      await endNow(client);
      const reason = problem instanceof Error ? problem.message : String(problem);
      throw new BenchlineError('source_unavailable', `no connection to the broker ${broker.url}: ${reason}`, {
        hint: 'check its address, credentials and certificate; the gateway goes on trying',
        retryable: true,
        cause,
      });
    }
  }

  /** Sends with QoS 0, as Sparkplug wants data and births; waits while the socket is backed up. */
  async send(topic: string, payload: Uint8Array): Promise<void> {
    if (this.closed.aborted) return;
    this.#client.publish(topic, Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength), {
      qos: 0,
    });
    const { stream } = this.#client;
    if (stream.writableNeedDrain) await once(stream, 'drain', { signal: this.closed }).catch(() => undefined);
  }

  /** Sends a last message and disconnects. */
  async end(last?: { topic: string; payload: Uint8Array }): Promise<void> {
    if (last) await this.send(last.topic, last.payload);
    const orderly = this.#client.endAsync(false);
    const late = new Promise((resolve) => setTimeout(resolve, endTimeout_ms).unref());
    await Promise.race([orderly, late]);
    await endNow(this.#client);
  }

  /** Cuts the connection: the broker publishes the will. */
  async cut(): Promise<void> {
    this.#client.stream.destroy();
    await endNow(this.#client);
  }
}

function connected(client: MqttClient, abort: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once('connect', () => resolve());
    abort.addEventListener('abort', () => reject(new Error('closed while connecting')), { once: true });
  });
}

async function endNow(client: MqttClient): Promise<void> {
  await client.endAsync(true).catch(() => undefined);
}
