import { acknowledgementSeal, ackTopic, nsNow, type SigningKey } from '@benchline/model';
import type { Head } from '../ledger/chain.ts';

/** At most one acknowledgement a gateway in this time; the newest says all that the ones before did. */
const pause_ms = 100;

export interface AcksOptions {
  ledger_id: string;
  key: SigningKey;
  /** What may be acknowledged to a gateway now; undefined for nothing. */
  state(gateway: string): Head | undefined;
  /** Publishes a retained message, or drops it while there is no connection. */
  publish(topic: string, text: string): void;
}

/** Tells gateways, signed, what is durable. */
export class Acks {
  readonly #options: AcksOptions;
  /** Gateways that were told something within the pause; true when there is more to say. */
  readonly #pausing = new Map<string, { again: boolean; timer: NodeJS.Timeout }>();

  constructor(options: AcksOptions) {
    this.#options = options;
  }

  /** Says where a gateway's chain stands: now, or when the pause after the last time is over. */
  tell(gateway: string): void {
    const pausing = this.#pausing.get(gateway);
    if (pausing) pausing.again = true;
    else this.#send(gateway);
  }

  stop(): void {
    for (const { timer } of this.#pausing.values()) clearTimeout(timer);
    this.#pausing.clear();
  }

  #send(gateway: string): void {
    const { ledger_id, key, state, publish } = this.#options;
    const head = state(gateway);
    if (!head) return;
    const { epoch, seq, digest } = head;
    publish(
      ackTopic(gateway),
      acknowledgementSeal.seal({ v: 1, ledger_id, gateway, epoch, seq, digest, at_ns: nsNow() }, key),
    );
    const timer = setTimeout(() => this.#resume(gateway), pause_ms);
    this.#pausing.set(gateway, { again: false, timer });
  }

  #resume(gateway: string): void {
    const again = this.#pausing.get(gateway)?.again ?? false;
    this.#pausing.delete(gateway);
    if (again) this.#send(gateway);
  }
}
