import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { reset } from '../tools/reset.ts';
import type { Address, Link, LinkName } from './world.ts';

/** A front door in this process: one port, whose connections are passed on byte by byte. */
export class FrontDoor implements Link {
  readonly name: LinkName;
  readonly front: Address;
  readonly target: Address;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #towards: Address;
  #closed = false;

  private constructor(name: LinkName, front: Address, target: Address) {
    this.name = name;
    this.front = front;
    this.target = target;
    this.#towards = target;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#pass(socket));
  }

  /** Listens. Rejects when the port is taken. */
  static async open(name: LinkName, front: Address, target: Address): Promise<FrontDoor> {
    const door = new FrontDoor(name, front, target);
    door.#server.listen(front.port, front.host);
    await once(door.#server, 'listening');
    return door;
  }

  divert(address: Address | undefined): void {
    this.#towards = address ?? this.target;
    this.cut();
  }

  cut(): void {
    for (const socket of this.#sockets) reset(socket);
  }

  close(): void {
    this.#closed = true;
    this.cut();
  }

  open(): void {
    this.#closed = false;
  }

  /** Stops listening for good. */
  async end(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #pass(near: Socket): void {
    if (this.#closed) return reset(near);
    const far = connect({ ...this.#towards, allowHalfOpen: true, noDelay: true });
    this.#tie(near, far);
    this.#tie(far, near);
  }

  /** What comes in at one end goes out at the other, its end and its failure included. */
  #tie(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.pipe(to);
    from.once('error', () => reset(to));
    from.once('close', () => {
      this.#sockets.delete(from);
      if (!from.readableEnded) to.destroy();
    });
  }
}
