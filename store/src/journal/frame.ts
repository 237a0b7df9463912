import { crc32 } from 'node:zlib';

/**
 * A record on disk: length of the payload u32, CRC-32 of position and payload u32, position u64, payload; all
 * little-endian. The position makes a frame recognisable wherever a reader lands after damage.
 */
export const headerBytes = 16;

/** Frames for records at consecutive positions, in one buffer. */
export function encodeFrames(first: number, records: readonly Uint8Array[]): Buffer {
  const frames = Buffer.allocUnsafe(records.reduce((sum, record) => sum + headerBytes + record.length, 0));
  let at = 0;
  records.forEach((record, index) => {
    const end = at + headerBytes + record.length;
    frames.writeUInt32LE(record.length, at);
    frames.writeBigUInt64LE(BigInt(first + index), at + 8);
    frames.set(record, at + headerBytes);
    frames.writeUInt32LE(crc32(frames.subarray(at + 8, end)), at + 4);
    at = end;
  });
  return frames;
}

export interface Frame {
  position: number;
  data: Buffer;
  /** Where it begins and ends in the buffer. */
  start: number;
  end: number;
}

/** The frame at an offset; 'short' when the buffer ends before the frame does, 'bad' when it does not check. */
export function frameAt(buffer: Buffer, start: number): Frame | 'short' | 'bad' {
  if (buffer.length - start < headerBytes) return 'short';
  const end = start + headerBytes + buffer.readUInt32LE(start);
  if (end > buffer.length) return 'short';
  if (crc32(buffer.subarray(start + 8, end)) !== buffer.readUInt32LE(start + 4)) return 'bad';
  const position = Number(buffer.readBigUInt64LE(start + 8));
  return { position, data: buffer.subarray(start + headerBytes, end), start, end };
}

/** The first sound frame after damage whose position lies in [from, below). */
export function nextSoundFrame(buffer: Buffer, start: number, from: number, below: number) {
  const wordSize = 2 ** 32;
  const lowestHigh = Math.floor(from / wordSize);
  const highestHigh = Math.floor((below - 1) / wordSize);
  for (let at = start; at + headerBytes <= buffer.length; at += 1) {
    const high = buffer.readUInt32LE(at + 12);
    if (high < lowestHigh || high > highestHigh) continue;
    const position = high * wordSize + buffer.readUInt32LE(at + 8);
    if (position < from || position >= below) continue;
    const frame = frameAt(buffer, at);
    if (typeof frame === 'object') return frame;
  }
  return undefined;
}
