import { setTimeout as sleep } from 'node:timers/promises';
import { type Log, readPassword, Slug } from '@benchline/model';
import { connect, type MqttClient } from 'mqtt';
import { z } from 'zod';
import type { Backlog } from './backlog.ts';
import type { DeviceMessage } from './message.ts';

export interface DeviceOptions {
  brokerUrl: string;
  username: string | undefined;
  passwordFile: string | undefined;
  topic: string;
  machine: string;
}

/** What a gateway says about a device once it has its messages on disk. */
const Confirmation = z.looseObject({
  machine: Slug,
  seq: z.coerce.number().int().nonnegative(),
  /** It has missed messages: everything that holds is to be said once. */
  say_all: z.boolean().optional(),
});

const confirmations = 'benchline/v1/observed/+/+';
const turnMs = 50;
const reconnectMs = 500;

/** A device's connection to its broker. It sends what the backlog says and hands it what gateways confirm. */
export class MqttDevice {
  readonly #options: DeviceOptions;
  readonly #backlog: Backlog;
  readonly #log: Log;
  readonly #stopped = new AbortController();
  #client: MqttClient | undefined;
  #running: Promise<void> | undefined;

  constructor(options: DeviceOptions, backlog: Backlog, log: Log) {
    this.#options = options;
    this.#backlog = backlog;
    this.#log = log;
  }

  get connected(): boolean {
    return this.#client?.connected === true;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Sends until everything is confirmed, at most for `patienceMs`, and disconnects. */
  async stop(patienceMs: number): Promise<void> {
    const deadline = Date.now() + patienceMs;
    while (this.#backlog.messages.length > 0 && Date.now() < deadline) await sleep(turnMs);
    this.#stopped.abort();
    await this.#running;
  }

  /** Sends what is due. */
  send(): void {
    if (!this.connected) return;
    for (const message of this.#backlog.take(Date.now())) this.#publish(message);
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const lost = this.#connect();
      while (!lost.aborted && !this.#stopped.signal.aborted) {
        this.send();
        await sleep(turnMs);
      }
      await this.#disconnect();
      if (!this.#stopped.signal.aborted) await sleep(reconnectMs);
    }
  }

  /**
   * A new client for every connection: one that reconnects by itself sends again, out of order, what it kept.
   * Returns a signal that aborts when the connection is lost or was not made.
   */
  #connect(): AbortSignal {
    const { brokerUrl, username, passwordFile, machine } = this.#options;
    const lost = new AbortController();
    const client = connect(brokerUrl, {
      clientId: `simulated-${machine}-${process.pid}`,
      clean: true,
      reconnectPeriod: 0,
      keepalive: 5,
      connectTimeout: 5000,
      queueQoSZero: false,
      ...(username === undefined ? {} : { username }),
      ...(passwordFile === undefined ? {} : { password: readPassword(passwordFile) }),
    });
    client.on('connect', () => {
      this.#backlog.restart();
      client.subscribe(confirmations, { qos: 1 });
    });
    client.on('message', (_topic, payload) => this.#confirmed(payload));
    client.on('error', (error) => this.#log.warn({ error: error.message }, 'broker'));
    client.on('close', () => lost.abort());
    this.#client = client;
    return lost.signal;
  }

  /** Does not wait for the broker: what it has not taken is still in the backlog. */
  async #disconnect(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.endAsync(true);
  }

  #confirmed(payload: Buffer): void {
    const confirmation = Confirmation.safeParse(parseJson(payload));
    if (!confirmation.success || confirmation.data.machine !== this.#options.machine) return;
    const { seq, say_all } = confirmation.data;
    this.#backlog.confirm(seq, Date.now());
    if (say_all === true) this.#backlog.askForAll(seq);
    this.send();
  }

  #publish(message: DeviceMessage): void {
    this.#client?.publish(this.#options.topic, JSON.stringify(message), { qos: 1 }, (error) => {
      if (error) this.#log.debug({ error: error.message, seq: message.seq }, 'not sent');
    });
  }
}

function parseJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return undefined;
  }
}
