import { connect, type MqttClient } from 'mqtt';

/** What a test's receiver took from a device. */
export interface Taken {
  seq: number;
  ts: number;
  tags: Record<string, unknown>;
}

/**
 * A receiver as strict as can be: it takes only the next message of one device, keeps it, and confirms what it has
 * taken. It outlives its connection, as a gateway with a spool does.
 */
export class GatewayDouble {
  readonly taken: Taken[] = [];
  /** Messages ahead of the next one: a real gateway would declare a gap. */
  readonly jumps: number[] = [];
  repeats = 0;
  /** Asks the device to say everything that holds, with every confirmation. */
  wantsAll = false;
  readonly #machine: string;
  #client: MqttClient | undefined;

  constructor(machine: string) {
    this.#machine = machine;
  }

  async connect(brokerUrl: string): Promise<void> {
    this.#client?.end(true);
    const client = connect(brokerUrl, { clean: true, reconnectPeriod: 0, connectTimeout: 5000 });
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('error', reject);
    });
    client.on('error', () => undefined);
    client.on('message', (_topic, payload) => this.#take(JSON.parse(payload.toString()) as Taken));
    this.#client = client;
    await client.subscribeAsync(`machines/${this.#machine}`, { qos: 1 });
    this.#confirm();
  }

  disconnect(): void {
    this.#client?.end(true);
    this.#client = undefined;
  }

  #take(message: Taken): void {
    const next = this.taken.length;
    if (message.seq < next) this.repeats += 1;
    else if (message.seq > next) this.jumps.push(message.seq);
    else this.taken.push(message);
    this.#confirm();
  }

  #confirm(): void {
    const last = this.taken.at(-1);
    if (!last || !this.#client?.connected) return;
    this.#client.publish(
      `benchline/v1/observed/gateway-1/${this.#machine}`,
      JSON.stringify({
        machine: this.#machine,
        seq: last.seq,
        until_ns: `${last.ts}000000`,
        ...(this.wantsAll ? { say_all: true } : {}),
      }),
      { qos: 1, retain: true },
    );
  }
}
