import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Random } from '@benchline/simulators';

/**
 * Damage to the files of a service that is down. Spool and ledger are folders of segment files; a record in them is
 * framed by 16 bytes: length u32, CRC-32 u32, position u64, little-endian.
 */
const headerBytes = 16;

/** Every file below a folder, oldest name first: segments are named so that this is their order. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** The segment files below a folder, in order. */
export function segmentsBelow(folder: string): string[] {
  return filesBelow(folder).filter((file) => /\/\d+\.\w+$/.test(file));
}

/** Where in a record a file can end. */
export const cutPlaces = [
  'length',
  'checksum',
  'position',
  'payload',
  'last-byte',
  'boundary',
  'all',
] as const;
export type CutPlace = (typeof cutPlaces)[number];

/**
 * The length to which a segment has to be cut so that it ends at that place of its `back`th record from the end
 * (0: the last). `all` is 0.
 */
export function cutLength(segment: Buffer, place: CutPlace, back = 0): number {
  const starts = recordStarts(segment);
  const index = Math.max(0, starts.length - 1 - back);
  const start = starts[index] ?? 0;
  const end = starts[index + 1] ?? segment.length;
  const within = {
    length: start + 2,
    checksum: start + 6,
    position: start + 11,
    payload: Math.floor((start + headerBytes + end) / 2),
    'last-byte': end - 1,
    boundary: start,
    all: 0,
  }[place];
  return Math.min(Math.max(within, 0), segment.length);
}

/** Cuts a segment off. Returns how many bytes are gone. */
export function cutSegment(file: string, place: CutPlace, back: number): number {
  const segment = readFileSync(file);
  const length = cutLength(segment, place, back);
  truncateSync(file, length);
  return segment.length - length;
}

/** Turns one bit round, anywhere in a file that is not empty. Returns where. */
export function flipBit(file: string, random: Random): { byte: number; bit: number } | undefined {
  const content = readFileSync(file);
  if (content.length === 0) return undefined;
  const byte = random.whole(0, content.length - 1);
  const bit = random.whole(0, 7);
  content.writeUInt8(content.readUInt8(byte) ^ (1 << bit), byte);
  writeFileSync(file, content);
  return { byte, bit };
}

/** What a crash or a bad disk leaves of a small file that is replaced now and then. */
export const wreckages = ['empty', 'half', 'zeros', 'garbage', 'gone'] as const;
export type Wreckage = (typeof wreckages)[number];

export function wreck(file: string, wreckage: Wreckage): void {
  if (wreckage === 'gone') return rmSync(file, { force: true });
  const { size } = statSync(file);
  if (wreckage === 'empty') truncateSync(file, 0);
  else if (wreckage === 'half') truncateSync(file, size >> 1);
  else writeFileSync(file, Buffer.alloc(size, wreckage === 'zeros' ? 0 : '{"v":1,'));
}

/** Copies a folder as it is now; an older copy is replaced. */
export function copyFolder(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
}

/** Makes a folder's content that of a copy taken earlier. The folder itself stays: it may be a mount point. */
export function restoreFolder(copy: string, folder: string): void {
  emptyFolder(folder);
  cpSync(copy, folder, { recursive: true, preserveTimestamps: true });
}

export function emptyFolder(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
}

function recordStarts(segment: Buffer): number[] {
  const starts: number[] = [];
  for (let at = 0; at + headerBytes <= segment.length; ) {
    starts.push(at);
    at += headerBytes + segment.readUInt32LE(at);
  }
  return starts;
}
