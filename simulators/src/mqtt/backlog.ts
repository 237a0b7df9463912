import type { DeviceMessage } from './message.ts';

/** Messages sent before the oldest of them is confirmed, at most. */
const windowSize = 512;
/**
 * No new message is sent while the oldest one has waited longer than this: a gateway that comes back shall not see a
 * later message before the ones that it has missed.
 */
const holdAfterMs = 300;
/** Without progress for this long everything on the way counts as lost. */
const lostAfterMs = 2000;
const probeEveryMs = 1000;

/**
 * What a device has said and nobody has confirmed yet, and which of it to send when. It knows no network: `take`
 * says what to send now.
 */
export class Backlog {
  readonly #messages: DeviceMessage[];
  #released: number;
  /** How many of the messages, from the oldest on, are on their way. */
  #sent = 0;
  #oldestSent_ms = 0;
  #probing = true;
  #probed_ms = Number.NEGATIVE_INFINITY;
  #askedForAll = false;
  /** Number of the message that said everything when it was last asked for. */
  #answer = -1;

  constructor(messages: readonly DeviceMessage[] = []) {
    this.#messages = [...messages];
    this.#released = messages.length;
  }

  /** Messages not confirmed, oldest first. */
  get messages(): readonly DeviceMessage[] {
    return this.#messages;
  }

  get isFull(): boolean {
    return this.#messages.length >= windowSize;
  }

  /** Keeps messages; they may be sent only after `release`, when they are on record. */
  add(...messages: readonly DeviceMessage[]): void {
    this.#messages.push(...messages);
  }

  release(): void {
    this.#released = this.#messages.length;
  }

  /** Whether somebody has missed messages that are not kept any more, and asks for all that holds now. */
  get isAskedForAll(): boolean {
    return this.#askedForAll;
  }

  /** Somebody who has everything up to this number asks for all that holds now. */
  askForAll(seq: number): void {
    // Who has not come to the answer yet says again what was answered.
    if (seq >= this.#answer) this.#askedForAll = true;
  }

  /** The message of this number says everything. */
  answersWith(seq: number): void {
    this.#askedForAll = false;
    this.#answer = seq;
  }

  /** Somebody has everything up to this number. */
  confirm(seq: number, now_ms: number): void {
    const confirmed = this.#messages.findLastIndex((message) => message.seq <= seq) + 1;
    if (confirmed === 0) return;
    this.#messages.splice(0, confirmed);
    this.#released -= confirmed;
    this.#sent = this.#probing ? 0 : Math.max(0, this.#sent - confirmed);
    this.#probing = false;
    this.#oldestSent_ms = now_ms;
  }

  /** The way is a new one: whatever was on it may be lost. */
  restart(): void {
    this.#sent = 0;
    this.#probing = true;
    this.#probed_ms = Number.NEGATIVE_INFINITY;
  }

  /** What to send now, in this order. While nothing is confirmed that is the oldest message, again and again. */
  take(now_ms: number): DeviceMessage[] {
    if (this.#sent > 0 && now_ms - this.#oldestSent_ms > lostAfterMs) this.restart();
    if (this.#probing) return this.#probe(now_ms);
    if (this.#sent > 0 && now_ms - this.#oldestSent_ms > holdAfterMs) return [];
    const until = Math.min(this.#released, windowSize);
    if (this.#sent >= until) return [];
    if (this.#sent === 0) this.#oldestSent_ms = now_ms;
    const due = this.#messages.slice(this.#sent, until);
    this.#sent = until;
    return due;
  }

  #probe(now_ms: number): DeviceMessage[] {
    const oldest = this.#messages[0];
    if (!oldest || this.#released === 0 || now_ms - this.#probed_ms < probeEveryMs) return [];
    this.#probed_ms = now_ms;
    return [oldest];
  }
}
