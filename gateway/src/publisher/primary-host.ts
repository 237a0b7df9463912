import { decodeState, stateTopic } from '@benchline/model/sparkplug';

/**
 * What is known of the host application without which nothing is to be published (Sparkplug 3.0.0, 5.4 and 6.1.3). Its
 * STATE is retained, so that a new connection hears of it at once.
 */
export class PrimaryHost {
  readonly topic: string;
  #online = false;
  #newest_ms = Number.NEGATIVE_INFINITY;

  constructor(id: string) {
    this.topic = stateTopic(id);
  }

  get online(): boolean {
    return this.#online;
  }

  /** A new connection: what was known is what an earlier one said. */
  reset(): void {
    this.#online = false;
    this.#newest_ms = Number.NEGATIVE_INFINITY;
  }

  receive(payload: Uint8Array): void {
    const state = decodeState(payload);
    if (!state) return;
    // The last will of a connection that the host has replaced since may come late. Its coming online always counts,
    // because its clock may have been set back.
    if (!state.online && state.timestamp < this.#newest_ms) return;
    this.#online = state.online;
    this.#newest_ms = state.timestamp;
  }
}
