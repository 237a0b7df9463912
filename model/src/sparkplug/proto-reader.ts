import { BenchlineError } from '../error.ts';
import { maxNameBytes, maxTextBytes } from './limits.ts';

const wordSize = 2 ** 32;
/** Names kept, so that the same one does not become a new string each time; only short ones, for anybody may send names. */
const namesKept = 20_000;
const longestKept = 64;
const names = new Map<number, string>();

/** Reads the protobuf encoding. @throws BenchlineError `batch_malformed` where the bytes end early or make no sense. */
export class ProtoReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #at = 0;
  #end: number;
  #low = 0;
  #high = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = bytes.byteLength;
  }

  /** The next tag (field number × 8 + wire type); 0 at the end of the message. */
  tag(): number {
    if (this.#at >= this.#end) return 0;
    this.#varint();
    if (this.#high !== 0 || this.#low < 8) throw malformed();
    return this.#low;
  }

  uint32(): number {
    this.#varint();
    return this.#low;
  }

  boolean(): boolean {
    this.#varint();
    return this.#low !== 0 || this.#high !== 0;
  }

  /** A signed integer of 64 bits as a number; exact up to 53. */
  integer(): number {
    this.#varint();
    return (this.#high | 0) * wordSize + this.#low;
  }

  uint64(): bigint {
    this.#varint();
    return this.#high < 0x20_0000
      ? BigInt(this.#high * wordSize + this.#low)
      : (BigInt(this.#high) << 32n) | BigInt(this.#low);
  }

  double(): number {
    const at = this.#advance(8);
    return this.#view.getFloat64(at, true);
  }

  float(): number {
    const at = this.#advance(4);
    return this.#view.getFloat32(at, true);
  }

  bytes(): Uint8Array {
    const length = this.#length();
    const at = this.#advance(length);
    return new Uint8Array(this.#bytes.subarray(at, at + length));
  }

  text(): string {
    const length = this.#length();
    if (length > maxTextBytes) throw tooLong('text', length, maxTextBytes);
    const at = this.#advance(length);
    return this.#bytes.toString('utf8', at, at + length);
  }

  /** A text that is likely to come again. */
  name(): string {
    const length = this.#length();
    if (length > maxNameBytes) throw tooLong('name', length, maxNameBytes);
    const at = this.#advance(length);
    const bytes = this.#bytes;
    // FNV-1a: only a first guess, which is compared.
    let hash = 0x811c_9dc5;
    for (let i = at; i < at + length; i += 1) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x0100_0193);
    const known = names.get(hash);
    if (known !== undefined && this.#is(known, at, length)) return known;
    const name = bytes.toString('utf8', at, at + length);
    if (length <= longestKept && names.size < namesKept && this.#is(name, at, length)) names.set(hash, name);
    return name;
  }

  /** Begins a message within the message; what it returns goes to `leave`. */
  enter(): number {
    const length = this.#length();
    const outer = this.#end;
    if (this.#at + length > outer) throw malformed();
    this.#end = this.#at + length;
    return outer;
  }

  leave(outer: number): void {
    this.#at = this.#end;
    this.#end = outer;
  }

  /** Passes over a field that is not known. Groups are none of Sparkplug's. */
  skip(tag: number): void {
    const wireType = tag & 7;
    if (wireType === 0) this.#varint();
    else if (wireType === 1) this.#advance(8);
    else if (wireType === 2) this.#advance(this.#length());
    else if (wireType === 5) this.#advance(4);
    else throw malformed();
  }

  #length(): number {
    this.#varint();
    if (this.#high !== 0) throw malformed();
    return this.#low;
  }

  #advance(length: number): number {
    const at = this.#at;
    if (at + length > this.#end) throw malformed();
    this.#at = at + length;
    return at;
  }

  /** Whether an ASCII text stands there. */
  #is(text: string, at: number, length: number): boolean {
    if (text.length !== length) return false;
    for (let i = 0; i < length; i += 1) if (text.charCodeAt(i) !== this.#bytes[at + i]) return false;
    return true;
  }

  #varint(): void {
    const bytes = this.#bytes;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#at >= this.#end) throw malformed();
      const byte = bytes[this.#at++] ?? 0;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift > 28) high |= bits << (shift - 32);
      else {
        low |= bits << 28;
        high = bits >>> 4;
      }
      if (byte < 0x80) {
        this.#low = low >>> 0;
        this.#high = high >>> 0;
        return;
      }
    }
    throw malformed();
  }
}

function malformed(): BenchlineError {
  return new BenchlineError('batch_malformed', 'not a Sparkplug B payload');
}

function tooLong(what: string, length: number, most: number): BenchlineError {
  return new BenchlineError('batch_malformed', `a ${what} of ${length} bytes; at most ${most}`);
}
