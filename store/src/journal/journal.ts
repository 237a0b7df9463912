import { type FileHandle, mkdir, open, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchlineError } from '@benchline/model';
import { isDiskFull } from './disk-full.ts';
import { syncFolder } from './folder.ts';
import { encodeFrames } from './frame.ts';
import type { Journal, JournalOptions, JournalRead, JournalView } from './port.ts';
import { Segment } from './segment.ts';
import { SegmentList } from './segment-list.ts';
import { Tail } from './tail.ts';

const defaultSegmentBytes = 8 * 1024 * 1024;

/** Between two attempts to write to a disk that failed, at least. */
const retryPause_ms = 250;

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
  const list = await SegmentList.survey(options.folder, options.behind_damage ?? 'cut');
  const newest = list.segments.at(-1);
  if (newest && list.recovery.cut_bytes > 0) await truncate(newest.path, newest.bytes);
  const journal = new FileJournal(options, list);
  await journal.openNewest();
  return journal;
}

/**
 * Looks at a journal, or a copy of one, without changing anything; a process may be writing to it. Later
 * appends do not show.
 */
export function viewJournal(folder: string): Promise<JournalView> {
  return SegmentList.survey(folder, 'keep');
}

class FileJournal implements Journal {
  readonly recovery: Journal['recovery'];
  readonly #folder: string;
  readonly #segmentBytes: number;
  readonly #maxBytes: number;
  readonly #list: SegmentList;
  readonly #newest: Tail;
  #file: FileHandle | undefined;
  #queue: Call[] = [];
  #queuedBytes = 0;
  /** Position of the next record to be queued. */
  #tail: number;
  #committing: Promise<void> | undefined;
  #waiters: { position: number; resolve(): void }[] = [];
  /** When the disk last failed; what lies behind the durable part of the newest segment is unknown since then. */
  #failed_ms: number | undefined;
  #closed = false;

  constructor(options: JournalOptions, list: SegmentList) {
    this.#folder = options.folder;
    this.#segmentBytes = options.segment_bytes ?? defaultSegmentBytes;
    this.#maxBytes = options.max_bytes ?? Number.POSITIVE_INFINITY;
    this.#list = list;
    this.#newest = new Tail(options.tail_bytes ?? 0);
    this.recovery = list.recovery;
    this.#tail = list.next;
  }

  get floor(): number {
    return this.#list.floor;
  }

  get next(): number {
    return this.#list.next;
  }

  get bytes(): number {
    return this.#list.bytes;
  }

  get segments(): Journal['segments'] {
    return this.#list.segments;
  }

  /** Opens the newest segment for writing, or begins the first. */
  async openNewest(): Promise<void> {
    const newest = this.#list.segments.at(-1);
    if (newest) {
      this.#file = await open(newest.path, 'r+');
      await this.#file.datasync();
    } else {
      await this.#beginSegment(0);
    }
  }

  async append(records: readonly Uint8Array[]): Promise<number> {
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
    return this.#newest.read(Math.max(from, this.floor), maxBytes) ?? (await this.#list.read(from, maxBytes));
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
      const [oldest, following] = this.#list.segments;
      if (!oldest || !following || oldest.end > below) break;
      this.#list.segments.shift();
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
    if (this.#failed_ms !== undefined) await this.#recover(this.#failed_ms);
    if ((this.#list.segments.at(-1)?.bytes ?? 0) >= this.#segmentBytes) await this.#beginSegment(this.next);
    const newest = this.#list.segments.at(-1);
    if (!newest || !this.#file) throw new Error('no segment is open');
    await writeAll(
      this.#file,
      group.map((call) => call.frames),
      newest.bytes,
    );
    await this.#file.datasync();
    for (const { records, frames } of group) {
      this.#newest.add(newest.end, records, frames);
      newest.grow(records, frames.length);
    }
    for (const call of group) {
      this.#queuedBytes -= call.frames.length;
      call.resolve();
    }
    for (const waiter of this.#waiters) if (waiter.position < newest.end) waiter.resolve();
  }

  async #beginSegment(first: number): Promise<void> {
    const segment = new Segment(this.#folder, first, first, 0);
    const file = await open(segment.path, 'w+');
    try {
      await syncFolder(this.#folder);
    } catch (error) {
      await file.close();
      throw error;
    }
    await this.#file?.close().catch(() => undefined);
    this.#file = file;
    if (this.#list.segments.at(-1)?.first === first) this.#list.segments.pop();
    this.#list.segments.push(segment);
  }

  /** After a failed commit nothing queued can keep its position: all of it is refused, and can be tried again. */
  async #refuse(group: readonly Call[], cause: unknown): Promise<void> {
    const noRoom = isDiskFull(cause);
    // A refused attempt to recover tells nothing new.
    if (!(cause instanceof DiskFailing) && !(noRoom && (await this.#takeBack())))
      this.#failed_ms = Date.now();
    const error = noRoom ? full(`no room on the disk of ${this.#folder}`, cause) : this.#broken(cause);
    const refused = [...group, ...this.#queue];
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#tail = this.next;
    for (const call of refused) call.reject(error);
  }

  /** Cuts off what a write that found no room left behind the durable part. */
  async #takeBack(): Promise<boolean> {
    try {
      await this.#file?.truncate(this.#list.segments.at(-1)?.bytes ?? 0);
      return this.#failed_ms === undefined;
    } catch {
      return false;
    }
  }

  /**
   * After a failed write or fsync nobody knows what the disk holds behind the durable part, and the kernel may
   * have dropped it from its cache: that part is cut off, and records go on in a file of their own.
   */
  async #recover(failed_ms: number): Promise<void> {
    const waited = Date.now() - failed_ms;
    if (waited >= 0 && waited < retryPause_ms) throw new DiskFailing();
    const newest = this.#list.segments.at(-1);
    if (newest) await truncate(newest.path, newest.bytes);
    await this.#beginSegment(this.next);
    this.#failed_ms = undefined;
  }

  #broken(cause: unknown): BenchlineError {
    return new BenchlineError('journal_unwritable', `the journal ${this.#folder} cannot be written`, {
      hint: 'check the disk; nothing was lost, appends are tried again until it works',
      retryable: true,
      cause,
    });
  }
}

/** The disk failed a moment ago; it is not asked again yet. */
class DiskFailing extends Error {}

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

function full(message: string, cause?: unknown): BenchlineError {
  return new BenchlineError('journal_full', message, {
    hint: 'free space or raise the bound; nothing was lost, the append can be tried again',
    retryable: true,
    cause,
  });
}
