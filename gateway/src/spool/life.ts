import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Journal, openJournal } from '@benchline/store/journal';
import { Marks } from './marks.ts';
import { RecordReader } from './reader.ts';
import type { Head } from './seal.ts';

/** One epoch of a spool: its records, and where its chain stands. */
export interface Life {
  readonly journal: Journal;
  readonly reader: RecordReader;
  readonly marks: Marks;
  /** When the first of the epochs began whose batches were carried over into this one, nanoseconds. */
  readonly since_ns: bigint;
  /** Behind the last committed batch. */
  head: Head;
}

export type Records = Pick<Life, 'journal' | 'reader' | 'marks'>;

/**
 * Opens the records of an epoch. A hole in the middle of the newest segment costs the batches in it, not those
 * behind it.
 */
export async function openRecords(folder: string, epoch: string, segment_bytes: number): Promise<Records> {
  await mkdir(folder, { recursive: true });
  const journal = await openJournal({ folder: join(folder, epoch), segment_bytes, behind_damage: 'keep' });
  return { journal, reader: new RecordReader(journal), marks: new Marks() };
}

/** When an epoch began by its name, nanoseconds of Unix time. */
export function begunOf(epoch: string): bigint {
  return BigInt(Number.parseInt(epoch.slice(0, 12), 16)) * 1_000_000n;
}
