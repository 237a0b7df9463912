import type { Socket } from 'node:net';

/**
 * Cuts a connection off that announces an MQTT packet of more than `maxBytes` (its "remaining length", MQTT
 * 3.1.1, 2.2.3), before any of the packet is stored. aedes itself would collect up to 256 MiB for one packet,
 * also from somebody who has not logged in.
 */
export function limitPackets(socket: Socket, maxBytes: number): void {
  const gauge = new PacketGauge();
  // aedes takes the bytes by read(); a stream in between would copy every one of them.
  const read = socket.read.bind(socket);
  socket.read = (size?: number) => {
    const chunk = read(size) as Buffer | null;
    if (chunk === null || gauge.largest(chunk) <= maxBytes) return chunk;
    socket.destroy(new Error(`a packet of more than ${maxBytes} bytes`));
    return null;
  };
}

/** Follows the fixed headers of a stream of MQTT packets. */
export class PacketGauge {
  /** Bytes of the present packet's body that are still to come. */
  #body = 0;
  /** 0 before a packet's first byte, then the factor of the next length byte. */
  #factor = 0;
  #length = 0;

  /** The largest remaining length announced in this chunk; infinite for a length of more than four bytes. */
  largest(chunk: Uint8Array): number {
    let largest = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.#body > 0) {
        const step = Math.min(this.#body, chunk.length - at);
        this.#body -= step;
        at += step;
      } else {
        largest = Math.max(largest, this.#header(chunk[at] ?? 0));
        at += 1;
      }
    }
    return largest;
  }

  #header(byte: number): number {
    if (this.#factor === 0) {
      this.#factor = 1;
      this.#length = 0;
      return 0;
    }
    if (this.#factor > 128 ** 3) return Number.POSITIVE_INFINITY;
    this.#length += (byte & 0x7f) * this.#factor;
    this.#factor *= 128;
    if (byte < 0x80) {
      this.#factor = 0;
      this.#body = this.#length;
    }
    return this.#length;
  }
}
