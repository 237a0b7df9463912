import { decodeState, encodeState, stateTopic } from '@benchline/model/sparkplug';

/** Between two corrections of what the broker says of this host; two hosts with one id would otherwise never rest. */
const correctionPause_ms = 1000;

/** What a Sparkplug host application has to say of itself: birth, death as last will, and corrections. */
export class HostPresence {
  readonly topic: string;
  #timestamp_ms = 0;
  #corrected_ms = 0;

  constructor(hostId: string) {
    this.topic = stateTopic(hostId);
  }

  /** The death that the next connection leaves with the broker; its birth carries the same time. */
  will(): { topic: string; payload: Buffer; qos: 1; retain: true } {
    // Births are ordered by their time, so it never goes back.
    this.#timestamp_ms = Math.max(Date.now(), this.#timestamp_ms + 1);
    return { topic: this.topic, payload: this.#says(false), qos: 1, retain: true };
  }

  birth(): string {
    return this.#says(true).toString();
  }

  /** Whether somebody, such as the will of an older connection, says that this host is gone. */
  contradicts(payload: Uint8Array, now_ms: number): boolean {
    const state = decodeState(payload);
    if (!state || state.online || now_ms - this.#corrected_ms < correctionPause_ms) return false;
    this.#corrected_ms = now_ms;
    this.#timestamp_ms = Math.max(this.#timestamp_ms, state.timestamp, now_ms);
    return true;
  }

  #says(online: boolean): Buffer {
    return Buffer.from(encodeState({ online, timestamp: this.#timestamp_ms }));
  }
}
