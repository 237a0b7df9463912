import { describeError, type Log } from '@benchline/model';
import { z } from 'zod';
import { readJson, writeJson } from '../json-file.ts';

const ReadersFile = z.record(z.string(), z.strictObject({ next: z.int().min(0), at_ms: z.int() }));

/** What was sent so long ago has been taken in, or the reader has come again since and asked for it. */
const digesting_ms = 600_000;
/** A reader that has not been seen for so long holds nothing back any more. */
const forgotten_ms = 30 * 86_400_000;
const most = 100;

interface Reader {
  /** It has everything below. */
  next: number;
  at_ms: number;
  /** How far it had been sent at a time. */
  sent: { next: number; at_ms: number };
}

/** Readers of the feed that gave a name: the retention deletes nothing that they have not read. */
export class Readers {
  readonly #file: string;
  readonly #log: Log;
  readonly #readers = new Map<string, Reader>();
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: string, log: Log) {
    this.#file = file;
    this.#log = log;
  }

  static async open(file: string, log: Log): Promise<Readers> {
    const readers = new Readers(file, log);
    for (const [name, { next, at_ms }] of Object.entries(
      ReadersFile.safeParse(await readJson(file)).data ?? {},
    ))
      readers.#readers.set(name, { next, at_ms, sent: { next, at_ms } });
    return readers;
  }

  /** A reader asks for what comes from an offset on. @returns false when there are too many of them. */
  asks(name: string, next: number, now_ms: number): boolean {
    if (!this.#readers.has(name) && this.#readers.size >= most) return false;
    this.#readers.set(name, { next, at_ms: now_ms, sent: { next, at_ms: now_ms } });
    this.#write();
    return true;
  }

  /** A reader has been sent everything below an offset. */
  sent(name: string, next: number, now_ms: number): void {
    const reader = this.#readers.get(name);
    if (!reader || Math.abs(now_ms - reader.sent.at_ms) < digesting_ms) return;
    reader.next = reader.sent.next;
    reader.at_ms = now_ms;
    reader.sent = { next, at_ms: now_ms };
    this.#write();
  }

  /** The lowest offset that one of them still has to read; infinite when there is none. */
  held(now_ms: number): number {
    let held = Number.POSITIVE_INFINITY;
    for (const { next, at_ms } of this.#readers.values())
      if (now_ms - at_ms < forgotten_ms) held = Math.min(held, next);
    return held;
  }

  status(): Record<string, { next: number }> {
    return Object.fromEntries([...this.#readers].map(([name, { next }]) => [name, { next }]));
  }

  settle(): Promise<void> {
    return this.#writing;
  }

  #write(): void {
    const content = Object.fromEntries(
      [...this.#readers].map(([name, { next, at_ms }]) => [name, { next, at_ms }]),
    );
    this.#writing = this.#writing
      .then(() => writeJson(this.#file, content))
      .catch((error: unknown) =>
        this.#log.warn({ reason: describeError(error) }, 'cannot note the readers of the feed'),
      );
  }
}
