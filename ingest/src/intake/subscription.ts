import { randomBytes } from 'node:crypto';
import { type BrokerAccess, describeError, type Log } from '@benchline/model';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';

export interface SubscriptionOptions {
  broker: BrokerAccess;
  group: string;
  receive(topic: string, payload: Uint8Array): void;
  /** Undefined while more messages can be taken; else resolves when they can. */
  room(): Promise<void> | undefined;
  /** Messages flow: after every time the connection is made. */
  subscribed(): void;
  log: Log;
}

const reconnectPause_ms = 1000;

/**
 * The connection to the broker. Nothing is expected of the broker but that messages get through now and then:
 * each connection begins a new session, a message counts as delivered as soon as it is read, and what is lost
 * on the way the gateways send again.
 */
export class Subscription {
  readonly #options: SubscriptionOptions;
  #client: MqttClient | undefined;
  #subscribed = false;
  #changed_ms = Date.now();
  #connects = 0;
  #complaint: string | undefined;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
  }

  start(): void {
    const { broker, room, receive } = this.#options;
    const client = connect(broker.url, connectOptions(broker));
    this.#client = client;
    client.handleMessage = (packet, callback) => {
      const { topic, payload } = packet;
      receive(topic, typeof payload === 'string' ? Buffer.from(payload) : payload);
      const waiting = room();
      // While there is no room the packet stays open, MQTT.js reads no further, and TCP holds the broker back.
      if (waiting) void waiting.then(() => callback());
      else callback();
    };
    client.on('connect', () => void this.#subscribe(client));
    client.on('close', () => this.#set(false));
    client.on('error', (error) => this.#complain(error));
  }

  /** Publishes a retained message, QoS 1; drops it while there is no connection. */
  publish(topic: string, text: string): void {
    if (!this.#client?.connected) return;
    this.#client.publish(topic, text, { qos: 1, retain: true }, (error) => {
      if (error) this.#options.log.debug({ reason: error.message }, 'acknowledgement not sent');
    });
  }

  /** Whether messages flow, since when that is so or not, and how often it has come about. */
  status(): { connected: boolean; since_ms: number; connects: number } {
    return { connected: this.#subscribed, since_ms: this.#changed_ms, connects: this.#connects };
  }

  async stop(): Promise<void> {
    await this.#client?.endAsync(true);
    this.#set(false);
  }

  async #subscribe(client: MqttClient): Promise<void> {
    const { group, subscribed, log } = this.#options;
    try {
      await client.subscribeAsync(`spBv1.0/${group}/#`, { qos: 1 });
    } catch (error) {
      this.#complain(error);
      // Without a subscription the connection is of no use: begin anew after the pause.
      client.stream.destroy();
      return;
    }
    this.#connects += 1;
    this.#set(true);
    this.#complaint = undefined;
    log.info({ group, connects: this.#connects }, 'messages flow');
    subscribed();
  }

  /** Once for each reason: it is tried again every second. */
  #complain(error: unknown): void {
    const reason = describeError(error);
    if (reason === this.#complaint) return;
    this.#complaint = reason;
    this.#options.log.warn({ reason, broker: this.#options.broker.url }, 'no messages; trying again');
  }

  #set(subscribed: boolean): void {
    if (this.#subscribed === subscribed) return;
    this.#subscribed = subscribed;
    this.#changed_ms = Date.now();
  }
}

function connectOptions({ username, password, ca }: BrokerAccess): IClientOptions {
  return {
    clientId: `benchline-ingest-${randomBytes(4).toString('hex')}`,
    clean: true,
    resubscribe: false,
    reconnectPeriod: reconnectPause_ms,
    connectTimeout: 5000,
    keepalive: 10,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { ca }),
  };
}
