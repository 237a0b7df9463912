import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type Frame, frameAt, headerBytes, nextSoundFrame } from './frame.ts';
import type { JournalRead, JournalRecord } from './port.ts';

/** Distance in bytes between remembered offsets: what a seek may have to read for nothing. */
const markerGap = 64 * 1024;

/** More than any segment holds: a position further on than that from its first is no position. */
const maxRecords = 2 ** 31;

/** One file of the journal, named by the position of its first record. */
export class Segment {
  readonly path: string;
  readonly first: number;
  /** One past its last durable record. */
  end: number;
  /** Its durable bytes. */
  bytes: number;
  /** Offsets of some sound frames, ascending; undefined until the file has been looked through. */
  #markers: { position: number; offset: number }[] | undefined;

  constructor(folder: string, first: number, end: number, bytes: number) {
    this.path = join(folder, segmentName(first));
    this.first = first;
    this.end = end;
    this.bytes = bytes;
    if (bytes === 0) this.#markers = [];
  }

  /**
   * Looks through the newest segment, where damage at the end means that a write was torn: its end becomes the
   * end of the last sound record, or of the last one before any damage.
   */
  async mend(behindDamage: 'cut' | 'keep'): Promise<void> {
    const buffer = await this.#load(0, this.bytes);
    this.#markers = [];
    this.end = this.first;
    this.bytes = 0;
    for (const frame of soundFrames(buffer, this.first, this.first + maxRecords)) {
      if (behindDamage === 'cut' && frame.position !== this.end) break;
      this.#mark(frame.position, frame.start);
      this.end = frame.position + 1;
      this.bytes = frame.end;
    }
  }

  /** Takes note of frames that were just made durable behind the others. */
  grow(records: number, bytes: number): void {
    this.#mark(this.end, this.bytes);
    this.end += records;
    this.bytes += bytes;
  }

  /** Reads records of this segment from a position on: at least one if there is one, else up to `maxBytes`. */
  async read(from: number, maxBytes: number): Promise<JournalRead> {
    const { end, bytes } = this;
    this.#markers ??= await this.#survey();
    const offset = this.#offsetBefore(from);
    for (let length = maxBytes + markerGap; ; length *= 2) {
      const last = offset + length >= bytes;
      const buffer = await this.#load(offset, Math.min(length, bytes - offset));
      const read = collect(buffer, { from, end, last, maxBytes });
      if (read) return read;
    }
  }

  #offsetBefore(position: number): number {
    return this.#markers?.findLast((marker) => marker.position <= position)?.offset ?? 0;
  }

  #mark(position: number, offset: number): void {
    const newest = this.#markers?.at(-1);
    if (!newest || offset - newest.offset >= markerGap) this.#markers?.push({ position, offset });
  }

  /** Remembers offsets of an older segment, on the first read of it. */
  async #survey(): Promise<{ position: number; offset: number }[]> {
    const buffer = await this.#load(0, this.bytes);
    const markers: { position: number; offset: number }[] = [];
    for (const frame of soundFrames(buffer, this.first, this.end))
      if (frame.start - (markers.at(-1)?.offset ?? -markerGap) >= markerGap)
        markers.push({ position: frame.position, offset: frame.start });
    return markers;
  }

  async #load(offset: number, length: number): Promise<Buffer> {
    const file = await open(this.path, 'r');
    try {
      const buffer = Buffer.allocUnsafe(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await file.read(buffer, filled, length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    } finally {
      await file.close();
    }
  }
}

/**
 * The sound frames of a buffer in order, over damage. A frame cut by the buffer's end is not among them.
 * @param more whether the file goes on behind the buffer: then a frame that reaches beyond it is no damage yet.
 */
function* soundFrames(buffer: Buffer, first: number, end: number, more = false): Generator<Frame> {
  let expected = first;
  let at = 0;
  while (expected < end) {
    const here = frameAt(buffer, at);
    if (more && here === 'short') return;
    const sound = typeof here === 'object' && here.position >= expected && here.position < end;
    const frame = sound ? here : nextSoundFrame(buffer, at + 1, expected, end);
    if (!frame) return;
    yield frame;
    expected = frame.position + 1;
    at = frame.end;
  }
}

/**
 * What of a stretch of a segment belongs to a read; undefined when more of the file is needed to tell.
 * @param stretch.last whether the buffer reaches the segment's end.
 */
function collect(
  buffer: Buffer,
  stretch: { from: number; end: number; last: boolean; maxBytes: number },
): JournalRead | undefined {
  const records: JournalRecord[] = [];
  const missing: JournalRead['missing'] = [];
  let next = stretch.from;
  let size = 0;
  for (const frame of soundFrames(buffer, 0, stretch.end, !stretch.last)) {
    if (frame.position < stretch.from) continue;
    size += headerBytes + frame.data.length;
    if (records.length > 0 && size > stretch.maxBytes) return { records, missing, next };
    if (frame.position > next) missing.push({ from: next, to: frame.position });
    records.push({ position: frame.position, data: frame.data });
    next = frame.position + 1;
  }
  if (!stretch.last) return records.length > 0 ? { records, missing, next } : undefined;
  if (next < stretch.end) missing.push({ from: next, to: stretch.end });
  return { records, missing, next: stretch.end };
}

const namePattern = /^(\d{16})\.segment$/;

/** The file name of the segment that begins with a position. */
export function segmentName(first: number): string {
  return `${first.toString().padStart(16, '0')}.segment`;
}

/** The first position of a segment by its file name; undefined for files that are none. */
export function firstPositionOf(name: string): number | undefined {
  const match = namePattern.exec(name);
  return match ? Number(match[1]) : undefined;
}
