import { Readable } from 'node:stream';
import { BenchlineError } from '@benchline/model';

const keepAlive_ms = 15_000;
/** What may wait in this process for a reader; beyond it nothing is made until the reader has taken it. */
const mostWaiting_bytes = 64 * 1024;

export interface StreamReadersOptions {
  /** How many readers there may be at a time. */
  most: number;
  /** A reader that takes nothing for so long is cut off, ms; half a minute unless stated. */
  patience_ms?: number;
}

/** Everyone who reads server-sent events: counted, bounded in number and in what waits for each. */
export class StreamReaders {
  readonly #most: number;
  readonly #patience_ms: number;
  open = 0;
  refused = 0;
  /** News that a reader was not told on its own, because it was still taking in earlier ones. */
  coalesced = 0;
  dropped = 0;

  constructor({ most, patience_ms = 30_000 }: StreamReadersOptions) {
    this.#most = most;
    this.#patience_ms = patience_ms;
  }

  /** The caller closes the stream when the connection does. @throws BenchlineError `too_many_readers`. */
  admit(): EventStream {
    if (this.open >= this.#most) {
      this.refused += 1;
      throw new BenchlineError(
        'too_many_readers',
        `${this.#most} streams are being read, which is the most`,
        {
          hint: 'close streams that nobody needs, ask /api/v1/kpis now and then instead, or raise stream_readers_max',
          retryable: true,
          retry_after_s: 10,
        },
      );
    }
    this.open += 1;
    return new EventStream({
      patience_ms: this.#patience_ms,
      onCoalesced: () => (this.coalesced += 1),
      onDropped: () => (this.dropped += 1),
      onClosed: () => (this.open -= 1),
    });
  }
}

interface EventStreamOptions {
  patience_ms: number;
  onCoalesced(): void;
  onDropped(): void;
  onClosed(): void;
}

/** The connection of one reader, which gets events no faster than it takes them. */
export class EventStream {
  /** What the reader is answered with. */
  readonly body: Readable;
  readonly #of: EventStreamOptions;
  readonly #alive: NodeJS.Timeout;
  #full = false;
  #closed = false;
  #news = false;
  #wake: (() => void) | undefined;

  constructor(of: EventStreamOptions) {
    this.#of = of;
    this.body = new Readable({
      highWaterMark: mostWaiting_bytes,
      read: () => {
        this.#full = false;
        this.#wake?.();
      },
    });
    this.#push('retry: 1000\n\n');
    this.#alive = setInterval(() => {
      if (!this.#full) this.#push(': still here\n\n');
    }, keepAlive_ms).unref();
  }

  /** There is something to tell; what comes while the reader is busy becomes one. */
  notify(): void {
    if (this.#news) this.#of.onCoalesced();
    this.#news = true;
    this.#wake?.();
  }

  /** Waits until there is something to tell. False: the reader is gone. */
  async news(): Promise<boolean> {
    while (!this.#news && !this.#closed) await this.#woken();
    this.#news = false;
    return !this.#closed;
  }

  /** Waits until the reader has taken enough of what was sent before. False: it is gone, or was cut off. */
  async send(event: string, data: string, id?: string): Promise<boolean> {
    if (this.#closed) return false;
    this.#push(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`);
    const impatience = setTimeout(() => {
      if (this.#closed || !this.#full) return;
      this.#of.onDropped();
      this.close();
    }, this.#of.patience_ms).unref();
    while (this.#full && !this.#closed) await this.#woken();
    clearTimeout(impatience);
    return !this.#closed;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#alive);
    this.body.destroy();
    this.#of.onClosed();
    this.#wake?.();
  }

  #push(text: string): void {
    this.#full = !this.body.push(text);
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
