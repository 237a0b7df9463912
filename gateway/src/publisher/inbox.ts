import {
  type Acknowledgement,
  acknowledgementSeal,
  ackTopic,
  type Slug,
  type TrustedKeys,
} from '@benchline/model';
import { isRebirthCommand, sparkplugTopic } from '@benchline/model/sparkplug';

/** An acknowledgement is some 400 bytes; nothing larger is looked at. */
const maxAckBytes = 4096;

/** What came from the broker and is still to be acted on; of acknowledgements the newest says it all. */
export class Inbox {
  readonly topics: { ack: string; command: string };
  readonly counters = { acks: 0, acks_ignored: 0, commands_ignored: 0 };
  readonly #gateway: Slug;
  readonly #ledgers: TrustedKeys;
  #ack: Acknowledgement | undefined;
  #rebirth = false;

  constructor(options: { gateway: Slug; group: string; ledgers: TrustedKeys }) {
    const { gateway, group, ledgers } = options;
    this.#gateway = gateway;
    this.#ledgers = ledgers;
    this.topics = { ack: ackTopic(gateway), command: sparkplugTopic({ group, type: 'NCMD', node: gateway }) };
  }

  get empty(): boolean {
    return this.#ack === undefined && !this.#rebirth;
  }

  receive(topic: string, payload: Uint8Array): void {
    if (topic === this.topics.ack) this.#takeAck(payload);
    else if (isRebirth(payload)) this.#rebirth = true;
    else this.counters.commands_ignored += 1;
  }

  takeAck(): Acknowledgement | undefined {
    const ack = this.#ack;
    this.#ack = undefined;
    return ack;
  }

  takeRebirth(): boolean {
    const rebirth = this.#rebirth;
    this.#rebirth = false;
    return rebirth;
  }

  #takeAck(payload: Uint8Array): void {
    const ack = this.#verified(payload);
    if (!ack) {
      this.counters.acks_ignored += 1;
      return;
    }
    this.counters.acks += 1;
    this.#ack = ack;
  }

  #verified(payload: Uint8Array): Acknowledgement | undefined {
    if (payload.length > maxAckBytes) return undefined;
    try {
      const ack = acknowledgementSeal.open(Buffer.from(payload).toString('utf8'), this.#ledgers);
      return ack.gateway === this.#gateway ? ack : undefined;
    } catch {
      return undefined;
    }
  }
}

function isRebirth(payload: Uint8Array): boolean {
  try {
    return isRebirthCommand(payload);
  } catch {
    return false;
  }
}
