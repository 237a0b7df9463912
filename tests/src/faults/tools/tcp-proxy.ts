import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Address } from '../fault.ts';
import { reset } from './reset.ts';

/** What a bad line does to the bytes on it. */
export interface LineQuality {
  /** Every byte arrives so much later. */
  delay_ms: number;
  /** Bytes a second in each direction of each connection. */
  bytes_per_s: number;
}

const perfect: LineQuality = { delay_ms: 0, bytes_per_s: Number.POSITIVE_INFINITY };
/** On the way in one direction at most: more is left with the sender. */
const bufferBytes = 256 * 1024;

/** A proxy that treats connections as a bad network does. */
export class TcpProxy {
  readonly #target: Address;
  readonly #connections = new Set<Connection>();
  readonly #server: Server;
  readonly #line: Line = new Line();

  private constructor(target: Address) {
    this.#target = target;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#connect(client));
  }

  /** Listens on a free port of loopback, which it keeps until it is closed. */
  static async open(target: Address): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get address(): Address {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  /** Open connections. */
  get open(): number {
    return this.#connections.size;
  }

  /** Resets every open connection. */
  cut(): void {
    for (const connection of this.#connections) connection.reset();
  }

  /**
   * Connections are accepted and stand, and nothing comes through, in neither direction. What was under way arrives
   * when the line is lifted again, as TCP sees to.
   */
  blackHole(): void {
    this.#line.hold();
  }

  /** Ends `blackHole`. */
  lift(): void {
    this.#line.lift();
  }

  /** From now on, for open connections too; without arguments the line is perfect again. */
  slow(quality: Partial<LineQuality> = {}): void {
    this.#line.quality = { ...perfect, ...quality };
  }

  /** Ends one direction of every open connection (FIN); the other one goes on. */
  halfClose(towards: 'client' | 'target'): void {
    for (const connection of this.#connections) connection.halfClose(towards);
  }

  async close(): Promise<void> {
    this.#line.lift();
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #connect(client: Socket): void {
    const target = new Socket({ allowHalfOpen: true });
    const connection = new Connection(client, target, this.#line);
    this.#connections.add(connection);
    target.connect(this.#target.port, this.#target.host);
    void connection.ended.then(() => this.#connections.delete(connection));
  }
}

/** What all connections of a proxy have in common. */
class Line {
  quality: LineQuality = perfect;
  #held: { lifted: Promise<void>; lift(): void } | undefined;

  hold(): void {
    if (this.#held) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = { lifted: promise, lift: resolve };
  }

  lift(): void {
    this.#held?.lift();
    this.#held = undefined;
  }

  /**
   * Resolves when bytes come out that were taken in at `taken_ms` (monotonic), behind others that have come out by
   * `free_ms`; with the time by which they all have.
   */
  async carry(bytes: number, taken_ms: number, free_ms: number): Promise<number> {
    const { delay_ms, bytes_per_s } = this.quality;
    const due_ms = Math.max(taken_ms + delay_ms, free_ms) + (bytes / bytes_per_s) * 1000;
    const left_ms = due_ms - performance.now();
    if (left_ms > 0) await sleep(Math.ceil(left_ms));
    // Whoever lifts it may hold it again before this goes on.
    while (this.#held) await this.#held.lifted;
    return due_ms;
  }
}

class Connection {
  readonly ended: Promise<void>;
  readonly #client: Socket;
  readonly #target: Socket;

  constructor(client: Socket, target: Socket, line: Line) {
    this.#client = client;
    this.#target = target;
    this.ended = Promise.all([closed(client), closed(target)]).then(() => undefined);
    for (const socket of [client, target]) {
      socket.setNoDelay(true);
      // A broken connection is broken in both halves.
      socket.on('error', () => this.reset());
    }
    carry(client, target, line);
    carry(target, client, line);
  }

  reset(): void {
    reset(this.#client);
    reset(this.#target);
  }

  halfClose(towards: 'client' | 'target'): void {
    (towards === 'client' ? this.#client : this.#target).end();
  }
}

/** Passes everything from one socket on to the other over a line, in order. */
function carry(from: Socket, to: Socket, line: Line): void {
  let onTheWay = 0;
  let free_ms = 0;
  let last: Promise<void> = Promise.resolve();
  from.on('data', (chunk: Buffer) => {
    const taken_ms = performance.now();
    onTheWay += chunk.length;
    if (onTheWay > bufferBytes) from.pause();
    last = last.then(async () => {
      free_ms = await line.carry(chunk.length, taken_ms, free_ms);
      if (to.writable && !to.write(chunk)) await drained(to);
      onTheWay -= chunk.length;
      if (onTheWay <= bufferBytes) from.resume();
    });
  });
  from.once('end', () => void last.then(() => to.end()));
}

/** Unlike `once`, it takes an error for what it is: a way to end. */
async function closed(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
}

async function drained(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    socket.once('drain', resolve);
    socket.once('close', resolve);
  });
}
