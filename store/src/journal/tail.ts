import { headerBytes } from './frame.ts';
import type { JournalRead, JournalRecord } from './port.ts';

interface Block {
  /** Positions [first, end) of its records. */
  first: number;
  end: number;
  frames: Buffer;
}

/** The newest durable frames as they were written: who reads along with the writer needs no disk. */
export class Tail {
  readonly #mostBytes: number;
  #blocks: Block[] = [];
  #bytes = 0;

  /** @param mostBytes kept at most. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Takes note of frames that were just made durable behind the others. */
  add(first: number, records: number, frames: Buffer): void {
    this.#blocks.push({ first, end: first + records, frames });
    this.#bytes += frames.length;
    let drop = 0;
    while (this.#bytes > this.#mostBytes) this.#bytes -= this.#blocks[drop++]?.frames.length ?? 0;
    if (drop > 0) this.#blocks.splice(0, drop);
  }

  /** As `Journal.read`; undefined when the record at `from` is not kept. */
  read(from: number, maxBytes: number): JournalRead | undefined {
    const start = this.#blocks.findLastIndex(({ first }) => first <= from);
    if ((this.#blocks[start]?.end ?? 0) <= from) return undefined;
    const records: JournalRecord[] = [];
    let size = 0;
    for (let at = start; at < this.#blocks.length; at += 1)
      for (const record of recordsOf(this.#blocks[at]!)) {
        if (record.position < from) continue;
        size += headerBytes + record.data.length;
        if (records.length > 0 && size > maxBytes) return whole(from, records);
        records.push(record);
      }
    return whole(from, records);
  }
}

function whole(from: number, records: JournalRecord[]): JournalRead {
  return { records, missing: [], next: from + records.length };
}

function* recordsOf({ first, frames }: Block): Generator<JournalRecord> {
  for (let position = first, at = 0; at < frames.length; position += 1) {
    const start = at + headerBytes;
    at = start + frames.readUInt32LE(at);
    yield { position, data: frames.subarray(start, at) };
  }
}
