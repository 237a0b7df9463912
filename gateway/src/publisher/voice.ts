import { type GatewayReport, helloSeal, nsNow, reportSeal, type SignedBatch } from '@benchline/model';
import {
  encodeBatch,
  encodeDeviceBirth,
  encodeNodeBirth,
  encodeNodeData,
  encodeNodeDeath,
  type MessageType,
  sparkplugTopic,
} from '@benchline/model/sparkplug';
import { birthMetrics } from './births.ts';
import type { PublisherOptions } from './port.ts';

/** How one message goes out; nothing comes back. */
export type Send = (topic: string, payload: Uint8Array) => Promise<void>;

type VoiceOptions = Pick<PublisherOptions, 'gateway' | 'group' | 'spool' | 'key' | 'devices'>;

/** Says things in Sparkplug B: topics, payloads and the two running numbers of an edge node. */
export class Voice {
  readonly #options: VoiceOptions;
  /** Number of the birth, which the last will of its connection carries, too. */
  #bdSeq = 0;
  /** Sparkplug's number of the next message, 0 … 255. */
  #messageSeq = 0;

  constructor(options: VoiceOptions) {
    this.#options = options;
  }

  /** @param bd_seq the birth number of the connection that is about to be made. */
  nextConnection(bd_seq: number): void {
    this.#bdSeq = bd_seq;
  }

  /** NDEATH, as last will and as last word. */
  death(): { topic: string; payload: Uint8Array } {
    return {
      topic: this.#topic('NDEATH'),
      payload: encodeNodeDeath({ timestamp_ms: Date.now(), bd_seq: this.#bdSeq }),
    };
  }

  /** NBIRTH with a hello that offers the batches from `floor_seq` on, then the DBIRTH of every machine. */
  async births(floor_seq: number, send: Send): Promise<void> {
    const { gateway, spool, key, devices } = this.#options;
    const hello = helloSeal.seal(
      { v: 1, gateway, epoch: spool.epoch, floor_seq, next_seq: spool.next, at_ns: nsNow() },
      key,
    );
    const timestamp_ms = Date.now();
    this.#messageSeq = 1;
    await send(this.#topic('NBIRTH'), encodeNodeBirth({ timestamp_ms, bd_seq: this.#bdSeq, hello }));
    const states = spool.resumeStates();
    for (const { machine, signals } of devices) {
      const metrics = birthMetrics(machine, signals, states);
      const birth = encodeDeviceBirth({ timestamp_ms, seq: this.#nextSeq(), metrics });
      await send(this.#topic('DBIRTH', machine), birth);
    }
  }

  /** DDATA of one batch. @returns its size in bytes. */
  async data(batch: SignedBatch, historical: boolean, send: Send): Promise<number> {
    const payload = encodeBatch(batch, { historical, seq: this.#nextSeq() });
    await send(this.#topic('DDATA', batch.content.machine), payload);
    return payload.length;
  }

  /** NDATA with how this gateway is. */
  async report(report: GatewayReport, send: Send): Promise<void> {
    const sealed = reportSeal.seal(report, this.#options.key);
    const data = { timestamp_ms: Date.now(), seq: this.#nextSeq(), report: sealed };
    await send(this.#topic('NDATA'), encodeNodeData(data));
  }

  #topic(type: MessageType, device?: string): string {
    const { group, gateway: node } = this.#options;
    return sparkplugTopic({ group, type, node, ...(device === undefined ? {} : { device }) });
  }

  #nextSeq(): number {
    const seq = this.#messageSeq;
    this.#messageSeq = (seq + 1) % 256;
    return seq;
  }
}
