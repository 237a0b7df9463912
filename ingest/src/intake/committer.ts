import type { Ledger } from '../ledger/ledger.ts';
import type { Draft } from '../ledger/record-line.ts';

/** Above this many bytes on their way to the disk, messages are left with the broker. */
const highWater_bytes = 16 << 20;
const lowWater_bytes = highWater_bytes / 2;

export interface CommitterOptions {
  ledger: Pick<Ledger, 'append'>;
  /** These are durable now. @param took_s how long the append took, fsync included. */
  committed(drafts: readonly Draft[], took_s: number): void;
  /** Nothing of what was added and not committed will be. */
  failed(error: unknown): void;
}

/**
 * Takes accepted records to the ledger: all that came within one turn of the event loop in one append, without
 * waiting for the appends before it, so that the disk sets the size of a commit and not the pace of arrivals.
 */
export class Committer {
  readonly #options: CommitterOptions;
  #waiting: Draft[] = [];
  #waitingBytes = 0;
  #bytes = 0;
  #running = 0;
  #roomWaiters: (() => void)[] = [];
  #idleWaiters: (() => void)[] = [];

  constructor(options: CommitterOptions) {
    this.#options = options;
  }

  /** @param bytes roughly what the drafts hold of the memory. */
  add(drafts: readonly Draft[], bytes: number): void {
    if (this.#waiting.length === 0) setImmediate(() => void this.#flush());
    this.#waiting.push(...drafts);
    this.#waitingBytes += bytes;
    this.#bytes += bytes;
  }

  /** Undefined while more can be taken; else resolves when it can. */
  room(): Promise<void> | undefined {
    if (this.#bytes < highWater_bytes) return undefined;
    return new Promise((resolve) => this.#roomWaiters.push(resolve));
  }

  /** Whether something is on its way to the disk. */
  get busy(): boolean {
    return this.#running > 0 || this.#waiting.length > 0;
  }

  /** Resolves when all that was added is durable or has failed. */
  idle(): Promise<void> {
    if (!this.busy) return Promise.resolve();
    return new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  async #flush(): Promise<void> {
    const drafts = this.#waiting;
    const bytes = this.#waitingBytes;
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (drafts.length === 0) return;
    this.#running += 1;
    const began_ms = performance.now();
    try {
      await this.#options.ledger.append(drafts);
      this.#options.committed(drafts, (performance.now() - began_ms) / 1000);
    } catch (error) {
      this.#dropWaiting();
      this.#options.failed(error);
    }
    this.#running -= 1;
    this.#release(bytes);
  }

  /** What was accepted behind a failed append presupposes it. */
  #dropWaiting(): void {
    this.#bytes -= this.#waitingBytes;
    this.#waitingBytes = 0;
    this.#waiting = [];
  }

  #release(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#bytes <= lowWater_bytes) for (const resolve of this.#roomWaiters.splice(0)) resolve();
    if (!this.busy) for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }
}
