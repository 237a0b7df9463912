import { type FileHandle, mkdir, open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchlineError } from '@benchline/model';
import { syncFolder } from './folder.ts';
import { encodeFrames } from './frame.ts';
import type { Journal, JournalOptions, JournalRead } from './port.ts';
import { firstPositionOf, Segment } from './segment.ts';

const defaultSegmentBytes = 8 * 1024 * 1024;

interface Call {
  records: number;
  frames: Buffer;
  resolve(): void;
  reject(error: BenchlineError): void;
}

/**
 * Opens a journal folder, making it when there is none. A torn or corrupt tail of the newest segment is cut
 * off and reported by `recovery`; damage in older segments shows when they are read.
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  if (await mkdir(options.folder, { recursive: true })) await syncFolder(join(options.folder, '..'));
  const firsts = (await readdir(options.folder))
    .map(firstPositionOf)
    .filter((first) => first !== undefined)
    .sort((a, b) => a - b);
  const segments: Segment[] = [];
  for (const [index, first] of firsts.entries()) {
    const segment = new Segment(options.folder, first, firsts[index + 1] ?? first, 0);
    segment.bytes = (await stat(segment.path)).size;
    segments.push(segment);
  }
  const newest = segments.at(-1);
  const recovery = { cut_bytes: 0, cut_from: undefined as number | undefined };
  if (newest) {
    const found = newest.bytes;
    await newest.mend();
    if (newest.bytes < found) {
      await truncate(newest.path, newest.bytes);
      recovery.cut_bytes = found - newest.bytes;
      recovery.cut_from = newest.end;
    }
  }
  const journal = new FileJournal(options, segments, recovery);
  await journal.openNewest();
  return journal;
}

class FileJournal implements Journal {
  readonly recovery: Journal['recovery'];
  readonly #folder: string;
  readonly #segmentBytes: number;
  readonly #maxBytes: number;
  readonly #segments: Segment[];
  #file: FileHandle | undefined;
  #queue: Call[] = [];
  #queuedBytes = 0;
  /** Position of the next record to be queued. */
  #tail: number;
  #committing: Promise<void> | undefined;
  #waiters: { position: number; resolve(): void }[] = [];
  #failure: BenchlineError | undefined;
  #closed = false;

  constructor(options: JournalOptions, segments: Segment[], recovery: Journal['recovery']) {
    this.#folder = options.folder;
    this.#segmentBytes = options.segment_bytes ?? defaultSegmentBytes;
    this.#maxBytes = options.max_bytes ?? Number.POSITIVE_INFINITY;
    this.#segments = segments;
    this.recovery = recovery;
    this.#tail = segments.at(-1)?.end ?? 0;
  }

  get floor(): number {
    return this.#segments[0]?.first ?? 0;
  }

  get next(): number {
    return this.#segments.at(-1)?.end ?? 0;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  get segments(): readonly { first: number; end: number; bytes: number }[] {
    return this.#segments;
  }

  /** Opens the newest segment for writing, or begins the first. */
  async openNewest(): Promise<void> {
    const newest = this.#segments.at(-1);
    if (newest) {
      this.#file = await open(newest.path, 'r+');
      await this.#file.datasync();
    } else {
      await this.#beginSegment(0);
    }
  }

  async append(records: readonly Uint8Array[]): Promise<number> {
    if (this.#failure) throw this.#failure;
    if (this.#closed) throw new Error(`append to the closed journal ${this.#folder}`);
    const first = this.#tail;
    const frames = encodeFrames(first, records);
    const wanted = this.bytes + this.#queuedBytes + frames.length;
    if (wanted > this.#maxBytes) throw full(`the journal would grow to ${wanted} of ${this.#maxBytes} bytes`);
    if (records.length === 0) return first;
    this.#tail += records.length;
    this.#queuedBytes += frames.length;
    return new Promise((resolve, reject) => {
      this.#queue.push({ records: records.length, frames, resolve: () => resolve(first), reject });
      this.#committing ??= this.#commitQueue();
    });
  }

  async read(from: number, maxBytes: number): Promise<JournalRead> {
    const whole: JournalRead = { records: [], missing: [], next: from };
    let budget = maxBytes;
    for (;;) {
      // A trim may have deleted what was to be read.
      whole.next = Math.max(whole.next, this.floor);
      const segment = this.#segments.findLast(({ first }) => first <= whole.next);
      if (!segment || segment.end <= whole.next || (whole.records.length > 0 && budget <= 0)) return whole;
      const part = await this.#readSegment(segment, whole.next, Math.max(budget, 0));
      if (!part) continue;
      const size = part.records.reduce((sum, record) => sum + record.data.length, 0);
      if (whole.records.length > 0 && size > budget) return whole;
      whole.records.push(...part.records);
      whole.missing.push(...part.missing);
      whole.next = part.next;
      budget -= size;
    }
  }

  /** Undefined when the segment was trimmed before it could be read. */
  async #readSegment(segment: Segment, from: number, maxBytes: number): Promise<JournalRead | undefined> {
    try {
      return await segment.read(from, maxBytes);
    } catch (error) {
      if (!this.#segments.includes(segment)) return undefined;
      throw error;
    }
  }

  async waitFor(position: number, signal: AbortSignal): Promise<void> {
    if (position < this.next || signal.aborted || this.#closed) return;
    await new Promise<void>((resolve) => {
      const waiter = {
        position,
        resolve: () => {
          signal.removeEventListener('abort', waiter.resolve);
          this.#waiters = this.#waiters.filter((other) => other !== waiter);
          resolve();
        },
      };
      signal.addEventListener('abort', waiter.resolve, { once: true });
      this.#waiters.push(waiter);
    });
  }

  async trim(below: number): Promise<void> {
    let deleted = false;
    for (;;) {
      const [oldest, following] = this.#segments;
      if (!oldest || !following || oldest.end > below) break;
      this.#segments.shift();
      await rm(oldest.path, { force: true });
      deleted = true;
    }
    if (deleted) await syncFolder(this.#folder);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#committing;
    await this.#file?.close();
    this.#file = undefined;
    for (const waiter of this.#waiters) waiter.resolve();
  }

  async #commitQueue(): Promise<void> {
    while (this.#queue.length > 0) {
      const group = this.#takeGroup();
      try {
        await this.#commit(group);
      } catch (error) {
        await this.#refuse(group, error);
      }
    }
    this.#committing = undefined;
  }

  /** Calls for one commit: at least one, together no more than a segment. */
  #takeGroup(): Call[] {
    let size = 0;
    const count = this.#queue.findIndex((call, index) => {
      size += call.frames.length;
      return index > 0 && size > this.#segmentBytes;
    });
    return this.#queue.splice(0, count === -1 ? this.#queue.length : count);
  }

  async #commit(group: readonly Call[]): Promise<void> {
    if ((this.#segments.at(-1)?.bytes ?? 0) >= this.#segmentBytes) await this.#beginSegment(this.next);
    const newest = this.#segments.at(-1);
    if (!newest || !this.#file) throw new Error('no segment is open');
    await writeAll(
      this.#file,
      group.map((call) => call.frames),
      newest.bytes,
    );
    await this.#file.datasync();
    newest.grow(group.map((call) => ({ records: call.records, bytes: call.frames.length })));
    for (const call of group) {
      this.#queuedBytes -= call.frames.length;
      call.resolve();
    }
    for (const waiter of this.#waiters) if (waiter.position < newest.end) waiter.resolve();
  }

  async #beginSegment(first: number): Promise<void> {
    const segment = new Segment(this.#folder, first, first, 0);
    const file = await open(segment.path, 'w+');
    await syncFolder(this.#folder);
    await this.#file?.close();
    this.#file = file;
    this.#segments.push(segment);
  }

  /**
   * After a failed commit nothing queued can keep its position. A full disk leaves the journal usable; after
   * any other error, a failed fsync above all, what the disk holds is unknown until it is read back.
   */
  async #refuse(group: readonly Call[], cause: unknown): Promise<void> {
    const recovered = isFull(cause) && (await this.#takeBack());
    const error = recovered
      ? full(`no room on the disk of ${this.#folder}`, cause)
      : new BenchlineError('journal_corrupt', `the journal ${this.#folder} cannot be written`, {
          hint: 'check the disk, then start the service again: it goes on from what was stored',
          cause,
        });
    if (!recovered) this.#failure = error;
    const refused = [...group, ...this.#queue];
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#tail = this.next;
    for (const call of refused) call.reject(error);
  }

  /** Cuts off what a failed write left behind the durable part. */
  async #takeBack(): Promise<boolean> {
    try {
      await this.#file?.truncate(this.#segments.at(-1)?.bytes ?? 0);
      return true;
    } catch {
      return false;
    }
  }
}

async function writeAll(file: FileHandle, buffers: readonly Buffer[], offset: number): Promise<void> {
  let rest = [...buffers];
  let at = offset;
  while (rest.length > 0) {
    let { bytesWritten } = await file.writev(rest, at);
    at += bytesWritten;
    while (rest[0] && bytesWritten >= rest[0].length) bytesWritten -= rest.shift()?.length ?? 0;
    if (rest[0] && bytesWritten > 0) rest = [rest[0].subarray(bytesWritten), ...rest.slice(1)];
  }
}

function isFull(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code);
}

function full(message: string, cause?: unknown): BenchlineError {
  return new BenchlineError('journal_full', message, {
    hint: 'free space or raise the bound; nothing was lost, the append can be tried again',
    retryable: true,
    cause,
  });
}
