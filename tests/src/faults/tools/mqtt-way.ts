import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@benchline/simulators';
import type { Address } from '../fault.ts';

/** Which share of a client's messages (PUBLISH) has what happen to it; the rest passes. */
export interface Mischief {
  /** Sent twice. */
  duplicated: number;
  /** Overtaken by the one after it. */
  swapped: number;
  /** Sent up to `delay_ms` later, overtaken by everything in between. */
  delayed: number;
  delay_ms: number;
  /** Never passed on, though acknowledged where the client asked for that. */
  lost: number;
}

const publish = 3;
const overtakenAtMostMs = 500;

/** A proxy before a broker (MQTT 3.1.1) that treats the messages of clients as a bad broker does. */
export class MqttWay {
  readonly counters = { messages: 0, duplicated: 0, swapped: 0, delayed: 0, lost: 0 };
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #mischief: Mischief;
  readonly #random: Random;

  private constructor(server: Server, mischief: Mischief, random: Random) {
    this.#server = server;
    this.#mischief = mischief;
    this.#random = random;
  }

  /** Listens on a free port of loopback. */
  static async open(target: Address, mischief: Mischief, random: Random): Promise<MqttWay> {
    const server = createServer();
    const way = new MqttWay(server, mischief, random);
    server.on('connection', (client) => way.#connect(client, connect(target.port, target.host)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return way;
  }

  get address(): Address {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, 'close');
  }

  #connect(client: Socket, broker: Socket): void {
    for (const [socket, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.once('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    broker.pipe(client);
    const packets = new Packets();
    const held: { packet: Buffer | undefined } = { packet: undefined };
    const send = (packet: Buffer) => broker.writable && broker.write(packet);
    const release = () => {
      if (held.packet) send(held.packet);
      held.packet = undefined;
    };
    client.on('data', (chunk: Buffer) => {
      for (const packet of packets.push(chunk))
        if (packet.readUInt8(0) >> 4 === publish) this.#treat(packet, client, held, send, release);
        else send(packet);
    });
  }

  #treat(
    packet: Buffer,
    client: Socket,
    held: { packet: Buffer | undefined },
    send: (packet: Buffer) => void,
    release: () => void,
  ): void {
    const { duplicated, swapped, delayed, delay_ms, lost } = this.#mischief;
    this.counters.messages += 1;
    const lot = this.#random.unit();
    if (lot < duplicated) {
      this.counters.duplicated += 1;
      send(packet);
      send(packet);
    } else if (lot < duplicated + swapped && !held.packet) {
      this.counters.swapped += 1;
      held.packet = packet;
      void sleep(overtakenAtMostMs).then(release);
      return;
    } else if (lot < duplicated + swapped + delayed) {
      this.counters.delayed += 1;
      void sleep(this.#random.between(0, delay_ms)).then(() => send(packet));
    } else if (lot < duplicated + swapped + delayed + lost) {
      this.counters.lost += 1;
      const id = packetId(packet);
      if (id !== undefined) client.write(puback(id));
    } else send(packet);
    release();
  }
}

/** Cuts a stream of bytes into MQTT control packets. */
class Packets {
  #rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): Buffer[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const packets: Buffer[] = [];
    for (let end = packetEnd(this.#rest); end !== undefined; end = packetEnd(this.#rest)) {
      packets.push(this.#rest.subarray(0, end));
      this.#rest = this.#rest.subarray(end);
    }
    return packets;
  }
}

/** Where the fixed header ends and how much follows it (MQTT 3.1.1, 2.2.3). */
function header(bytes: Buffer): { end: number; remaining: number } | undefined {
  let remaining = 0;
  for (let at = 1; at <= 4 && at < bytes.length; at += 1) {
    const digit = bytes.readUInt8(at);
    remaining += (digit & 0x7f) * 128 ** (at - 1);
    if (digit < 0x80) return { end: at + 1, remaining };
  }
  return undefined;
}

function packetEnd(bytes: Buffer): number | undefined {
  const found = header(bytes);
  return found && found.end + found.remaining <= bytes.length ? found.end + found.remaining : undefined;
}

/** The number under which a message of QoS 1 or 2 is acknowledged. */
function packetId(packet: Buffer): number | undefined {
  const qos = (packet.readUInt8(0) >> 1) & 3;
  const start = header(packet)?.end;
  if (qos === 0 || start === undefined) return undefined;
  return packet.readUInt16BE(start + 2 + packet.readUInt16BE(start));
}

function puback(id: number): Buffer {
  return Buffer.from([0x40, 2, id >> 8, id & 0xff]);
}
