import {
  type Acknowledgement,
  acknowledgementSeal,
  ackTopic,
  BenchlineError,
  type Slug,
  type TrustedKeys,
} from '@benchline/model';
import { isRebirthCommand, sparkplugTopic } from '@benchline/model/sparkplug';
import type { AckRefusal } from './port.ts';
import type { PrimaryHost } from './primary-host.ts';

/** An acknowledgement is some 400 bytes; nothing larger is looked at. */
const maxAckBytes = 4096;
/** So long an alarm stands after the last acknowledgement that nobody trusted can have sent. */
const alarm_ms = 600_000;

export interface ReceivedAck extends Acknowledgement {
  /** The broker remembered it: it says nothing of what the ledger holds now. */
  retained: boolean;
}

/** What came from the broker and is still to be acted on; of acknowledgements the newest says it all. */
export class Inbox {
  readonly topics: { ack: string; command: string };
  readonly counters = { acks: 0, commands_ignored: 0 };
  readonly refused: Record<AckRefusal, number> = {
    malformed: 0,
    unknown_key: 0,
    signature_invalid: 0,
    other_gateway: 0,
    other_epoch: 0,
    stale: 0,
  };
  readonly #gateway: Slug;
  readonly #ledgers: TrustedKeys;
  readonly #host: PrimaryHost | undefined;
  #ack: ReceivedAck | undefined;
  #rebirth = false;
  #forged_ms: number | undefined;

  constructor(options: {
    gateway: Slug;
    group: string;
    ledgers: TrustedKeys;
    host: PrimaryHost | undefined;
  }) {
    const { gateway, group, ledgers, host } = options;
    this.#gateway = gateway;
    this.#ledgers = ledgers;
    this.#host = host;
    this.topics = { ack: ackTopic(gateway), command: sparkplugTopic({ group, type: 'NCMD', node: gateway }) };
  }

  get empty(): boolean {
    return this.#ack === undefined && !this.#rebirth;
  }

  receive(topic: string, payload: Uint8Array, retained: boolean): void {
    if (topic === this.topics.ack) this.#takeAck(payload, retained);
    else if (topic === this.#host?.topic) this.#host.receive(payload);
    // The one command that is read. It makes the gateway say again what it said before; there is none that could
    // reach a machine, and no code that could carry it there.
    else if (isRebirth(payload)) this.#rebirth = true;
    else this.counters.commands_ignored += 1;
  }

  takeAck(): ReceivedAck | undefined {
    const ack = this.#ack;
    this.#ack = undefined;
    return ack;
  }

  takeRebirth(): boolean {
    const rebirth = this.#rebirth;
    this.#rebirth = false;
    return rebirth;
  }

  /** Whether somebody who is no trusted ledger sent acknowledgements of late. */
  alarmed(now_ms: number): boolean {
    return this.#forged_ms !== undefined && now_ms - this.#forged_ms < alarm_ms;
  }

  #takeAck(payload: Uint8Array, retained: boolean): void {
    const ack = this.#verified(payload);
    if (typeof ack === 'string') {
      this.refused[ack] += 1;
      this.#forged_ms = performance.now();
      return;
    }
    this.counters.acks += 1;
    // What the broker remembers must not take the place of what a ledger has just said.
    if (retained && this.#ack && !this.#ack.retained) return;
    this.#ack = { ...ack, retained };
  }

  #verified(payload: Uint8Array): Acknowledgement | AckRefusal {
    if (payload.length > maxAckBytes) return 'malformed';
    try {
      const ack = acknowledgementSeal.open(Buffer.from(payload).toString('utf8'), this.#ledgers);
      return ack.gateway === this.#gateway ? ack : 'other_gateway';
    } catch (error) {
      const code = error instanceof BenchlineError ? error.code : undefined;
      if (code === 'key_unknown') return 'unknown_key';
      return code === 'signature_invalid' ? code : 'malformed';
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
