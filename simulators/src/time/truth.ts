import { mkdirSync } from 'node:fs';
import { type FileHandle, open, rename, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DeviceMessage } from '../mqtt/message.ts';
import { keyOf } from './timeline.ts';
import {
  emptyState,
  readState,
  type TruthPoint,
  type TruthState,
  truthLine,
  writeState,
} from './truth-file.ts';

/** How often the state is saved beside the log, so that a restart reads only the log's end. */
const saveEveryMs = 5000;

/**
 * What a simulator has emitted, one NDJSON line an observation, on disk before it is on the wire. A second file
 * (`FILE.state.json`) holds the newest value of every signal, the number of the next message and the messages that
 * nobody has confirmed.
 */
export class TruthLog {
  readonly #file: { path: string; handle: FileHandle } | undefined;
  readonly #limit_bytes: number;
  readonly #state: TruthState;
  readonly #resumed: readonly DeviceMessage[];
  #emitted = 0;
  #saver: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();
  /** The messages that wait for confirmation now. */
  pending: () => readonly DeviceMessage[] = () => [];

  private constructor(
    file: { path: string; handle: FileHandle } | undefined,
    state: TruthState,
    limit_bytes = Number.POSITIVE_INFINITY,
  ) {
    this.#file = file;
    this.#limit_bytes = limit_bytes;
    this.#state = state;
    this.#resumed = state.pending;
  }

  /**
   * Opens or makes a log. A torn last line is cut: it was never on the wire. A log that has grown beyond the limit is
   * set aside as `FILE.1`, in the place of the one before, and a new one begun.
   */
  static async open(path: string, limit_bytes?: number): Promise<TruthLog> {
    mkdirSync(dirname(path), { recursive: true });
    const handle = await open(path, 'a');
    const state = await readState(path);
    await truncate(path, state.offset);
    const log = new TruthLog({ path, handle }, state, limit_bytes);
    log.#saver = setInterval(() => void log.save(), saveEveryMs).unref();
    return log;
  }

  /**
   * Keeps nothing. Messages are numbered from the milliseconds of the wall clock on, so that a device that has
   * forgotten its last number does not repeat one.
   */
  static none(): TruthLog {
    return new TruthLog(undefined, { ...emptyState(), nextSeq: Date.now() });
  }

  get isKept(): boolean {
    return this.#file !== undefined;
  }

  /** Observations emitted by this process. */
  get emitted(): number {
    return this.#emitted;
  }

  /** Newest point of each signal. */
  get last(): TruthPoint[] {
    return [...this.#state.last.values()];
  }

  /** Newest source time in the log, ms since 1970; undefined for a new log. */
  get lastTime_ms(): number | undefined {
    const times = this.last.map(({ time_ms }) => time_ms);
    return times.length === 0 ? undefined : Math.max(...times);
  }

  /** Messages that may not have arrived when an earlier process stopped. */
  get resumedMessages(): readonly DeviceMessage[] {
    return this.#resumed;
  }

  /** Number for the next message. */
  get nextSeq(): number {
    return this.#state.nextSeq;
  }

  /** Resolves when the points are on disk; `logged` runs before any state can be saved that knows of them. */
  async append(points: readonly TruthPoint[], logged: () => void = () => {}): Promise<void> {
    if (points.length === 0) return;
    const bytes = Buffer.from(points.map(truthLine).join(''));
    if (this.#file) {
      await this.#file.handle.appendFile(bytes);
      await this.#file.handle.datasync();
    }
    this.#state.offset += bytes.length;
    this.#emitted += points.length;
    for (const point of points) {
      this.#state.last.set(keyOf(point), point);
      if (point.seq !== undefined) this.takeNumber(point.seq);
    }
    logged();
    if (this.#file && this.#state.offset > this.#limit_bytes) await this.#setAside(this.#file);
  }

  /** Uses up a message number for a message that is no observation; `save` makes it last. */
  takeNumber(seq: number): void {
    this.#state.nextSeq = Math.max(this.#state.nextSeq, seq + 1);
  }

  /** Saves what a restart needs beyond the log's end. */
  async save(): Promise<void> {
    const { path } = this.#file ?? {};
    if (path === undefined) return;
    this.#saving = this.#saving.then(
      async () => await writeState(path, { ...this.#state, pending: [...this.pending()] }),
    );
    await this.#saving;
  }

  /** The state goes first: whoever dies in between reads the old log again, which tells nothing new. */
  async #setAside(file: { path: string; handle: FileHandle }): Promise<void> {
    this.#state.offset = 0;
    await this.save();
    await rename(file.path, `${file.path}.1`);
    await file.handle.close();
    file.handle = await open(file.path, 'a');
  }

  async close(): Promise<void> {
    clearInterval(this.#saver);
    await this.save();
    await this.#file?.handle.close();
  }
}
