import { randomBytes } from 'node:crypto';
import { type BrokerAccess, describeError, type Log } from '@benchline/model';
import { maxPayloadBytes } from '@benchline/model/sparkplug';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { HostPresence } from './host-presence.ts';

export interface SubscriptionOptions {
  broker: BrokerAccess;
  /** Topics to listen on. */
  topics: readonly string[];
  /** Sparkplug host id under which its state is published. */
  host_id: string;
  receive(topic: string, payload: Uint8Array): void;
  /** Undefined while more messages can be taken; else resolves when they can. */
  room(): Promise<void> | undefined;
  /** Messages flow: after every time the connection is made. */
  subscribed(): void;
  log: Log;
}

const reconnectPause_ms = 1000;
/** How long a last word may take. */
const farewell_ms = 500;

/**
 * The connection to the broker. Nothing is expected of the broker but that messages get through now and then:
 * each connection begins a new session, a message counts as delivered as soon as it is read, and what is lost
 * on the way the gateways send again.
 */
export class Subscription {
  readonly #options: SubscriptionOptions;
  readonly #presence: HostPresence;
  #client: MqttClient | undefined;
  #subscribed = false;
  #changed_ms = Date.now();
  #connects = 0;
  #oversized = 0;
  #complaint: string | undefined;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#presence = new HostPresence(options.host_id);
  }

  start(): void {
    const { broker, room } = this.#options;
    const client = connect(broker.url, { ...connectOptions(broker), will: this.#presence.will() });
    this.#client = client;
    client.handleMessage = (packet, callback) => {
      const { topic, payload } = packet;
      this.#receive(topic, typeof payload === 'string' ? Buffer.from(payload) : payload);
      const waiting = room();
      // While there is no room the packet stays open, MQTT.js reads no further, and TCP holds the broker back.
      if (waiting) void waiting.then(() => callback());
      else callback();
    };
    // Each connection has a will of its own, with the time of its birth.
    client.on('reconnect', () => (client.options.will = this.#presence.will()));
    client.on('connect', () => void this.#subscribe(client));
    client.on('close', () => this.#set(false));
    client.on('error', (error) => this.#complain(error));
  }

  /** Publishes a retained message, QoS 1; drops it while there is no connection. */
  publish(topic: string, text: string): void {
    if (!this.#client?.connected) return;
    this.#client.publish(topic, text, { qos: 1, retain: true }, (error) => {
      if (error) this.#options.log.debug({ reason: error.message, topic }, 'not sent');
    });
  }

  /** Sends a command to an edge node, QoS 0 as Sparkplug wants it; drops it while there is no connection. */
  command(topic: string, payload: Uint8Array): void {
    if (!this.#client?.connected) return;
    this.#client.publish(topic, Buffer.from(payload), { qos: 0, retain: false });
  }

  /** Whether messages flow, since when that is so or not, how often it has come about, and what was too large to look at. */
  status(): { connected: boolean; since_ms: number; connects: number; oversized: number } {
    return {
      connected: this.#subscribed,
      since_ms: this.#changed_ms,
      connects: this.#connects,
      oversized: this.#oversized,
    };
  }

  async stop(): Promise<void> {
    const client = this.#client;
    if (client?.connected) {
      const { topic, payload } = this.#presence.will();
      const said = client.publishAsync(topic, payload, { qos: 1, retain: true });
      await Promise.race([
        said.catch(() => undefined),
        new Promise((resolve) => setTimeout(resolve, farewell_ms).unref()),
      ]);
    }
    await client?.endAsync(true);
    this.#set(false);
  }

  #receive(topic: string, payload: Uint8Array): void {
    if (payload.length > maxPayloadBytes) this.#oversized += 1;
    else if (topic !== this.#presence.topic) this.#options.receive(topic, payload);
    else if (this.#presence.contradicts(payload, Date.now())) this.#sayOnline();
  }

  async #subscribe(client: MqttClient): Promise<void> {
    const { topics, subscribed, log } = this.#options;
    try {
      await client.subscribeAsync([...topics], { qos: 1 });
    } catch (error) {
      this.#complain(error);
      // Without a subscription the connection is of no use: begin anew after the pause.
      client.stream.destroy();
      return;
    }
    this.#connects += 1;
    this.#set(true);
    this.#complaint = undefined;
    log.info({ topics, connects: this.#connects }, 'messages flow');
    // Only now: whoever waits for the host begins to send when it reads this.
    this.#sayOnline();
    subscribed();
    // Only to hear who says otherwise: a broker that does not allow it takes nothing away.
    await client.subscribeAsync(this.#presence.topic, { qos: 1 }).catch(() => undefined);
  }

  #sayOnline(): void {
    this.publish(this.#presence.topic, this.#presence.birth());
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
