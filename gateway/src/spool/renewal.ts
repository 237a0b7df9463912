import { randomBytes } from 'node:crypto';
import type { Batch } from '@benchline/model';
import type { Journal } from '@benchline/store/journal';
import type { BatchDraft } from './port.ts';
import { decodeRecords } from './record.ts';
import type { Head, Sealer } from './seal.ts';

/** A name for a spool's life that sorts behind the one before, whatever the clock says. */
export function newEpoch(before?: string): string {
  const after = before === undefined ? 0 : Number.parseInt(before.slice(0, 12), 16) + 1;
  const ms = Math.max(Date.now(), after);
  return `${ms.toString(16).padStart(12, '0')}-${randomBytes(4).toString('hex')}`;
}

const chunkBytes = 1024 * 1024;

/** Numbers and signs all readable batches from `first` on anew, as the beginning of another epoch. */
export async function copyBatches(
  from: Journal,
  first: number,
  into: { journal: Journal; sealer: Sealer; epoch: string },
): Promise<Head> {
  let head: Head = { epoch: into.epoch, seq: 0, prev: '' };
  for (let at = Math.max(first, from.floor); at < from.next; ) {
    const { records, next } = await from.read(at, chunkBytes);
    const drafts = decodeRecords(records).map(({ batch, resume }) => draftOf(batch.content, resume));
    const copied = into.sealer.seal(drafts, head);
    await into.journal.append(copied.sealed.map(({ data }) => data));
    head = copied.head;
    at = next;
  }
  return head;
}

function draftOf(content: Batch, resume: string | undefined): BatchDraft {
  const { v: _v, gateway: _gateway, epoch: _epoch, seq: _seq, prev: _prev, ...draft } = content;
  return { ...draft, ...(resume === undefined ? {} : { resume }) };
}
