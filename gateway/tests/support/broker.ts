import { createServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { connectAsync, type MqttClient } from 'mqtt';

/** A real MQTT broker on this computer that can be killed and started again on its port. */
export class TestBroker {
  #aedes: Aedes | undefined;
  #server: ReturnType<typeof createServer> | undefined;
  readonly #sockets = new Set<Socket>();
  #port = 0;

  static async start(): Promise<TestBroker> {
    const broker = new TestBroker();
    await broker.start();
    return broker;
  }

  async start(): Promise<void> {
    const aedes = await Aedes.createBroker();
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      aedes.handle(socket);
    });
    await new Promise<void>((resolve) => {
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    const address = server.address();
    this.#port = typeof address === 'object' && address ? address.port : 0;
    this.#aedes = aedes;
    this.#server = server;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.#port}`;
  }

  /** Everything that it remembered is gone. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const [server, aedes] = [this.#server, this.#aedes];
    await new Promise<void>((resolve) => {
      if (server) server.close(() => resolve());
      else resolve();
    });
    await new Promise<void>((resolve) => {
      if (aedes) aedes.close(() => resolve());
      else resolve();
    });
    this.#server = undefined;
    this.#aedes = undefined;
  }

  client(): Promise<MqttClient> {
    return connectAsync(this.url, { reconnectPeriod: 100 });
  }
}
