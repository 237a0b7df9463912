import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Batch } from '@benchline/model';
import { openJournal } from '@benchline/store/journal';
import { declareDamage, knownBefore } from './damage.ts';
import { Declarations } from './declarations.ts';
import type { Life } from './life.ts';
import type { Mark } from './marks.ts';
import type { BatchDraft } from './port.ts';
import type { Hole } from './reader.ts';
import type { Head, Sealer } from './seal.ts';
import type { SourceStates } from './sources.ts';

/** A name for a spool's life that sorts behind the one before, whatever the clock says. */
export function newEpoch(before?: string): string {
  const after = before === undefined ? 0 : Number.parseInt(before.slice(0, 12), 16) + 1;
  const ms = Math.max(Date.now(), after);
  return `${ms.toString(16).padStart(12, '0')}-${randomBytes(4).toString('hex')}`;
}

const chunkBytes = 1024 * 1024;

export interface Renewal {
  folder: string;
  epoch: string;
  segment_bytes: number;
  sealer: Sealer;
  states: SourceStates;
  /** Declarations that are not committed yet. */
  owed: readonly BatchDraft[];
  declarations: Declarations;
  /** Makes the new epoch the one that counts; `mark` is how far each source was known before its first batch. */
  save(renewed: Renewed): Promise<void>;
}

/** What has become of the batches in their new epoch. */
export interface Renewed {
  head: Head;
  mark: Mark;
  declarations: Declarations;
  /** How many do not read back; they are declared behind the others. */
  lost: number;
}

/** Which batches go over into a new epoch. */
export interface Carried {
  /** The first of them. */
  first: number;
  /** The first that no ledger has acknowledged. */
  unacked: number;
}

/**
 * What to carry over: all that is unacknowledged, and of what is acknowledged the newest whole segments that fit
 * into some bytes. The ledger that acknowledged them may be lost one day, and then asks for them by the new epoch;
 * until then it knows them already.
 */
export function carriedOver({ segments }: Life['journal'], unacked: number, room_bytes: number): Carried {
  let first = unacked;
  let bytes = 0;
  for (const segment of segments.toReversed()) {
    bytes += segment.bytes;
    if (bytes > room_bytes) break;
    first = Math.min(first, segment.first);
  }
  return { first, unacked };
}

/**
 * Makes the folder of a new epoch, in which the carried batches of `life` that can be read are numbered and signed
 * anew, and then the state file that names it; leaves nothing behind when that fails.
 */
export async function renewLife(life: Life, carried: Carried, renewal: Renewal): Promise<Renewed> {
  const folder = join(renewal.folder, renewal.epoch);
  const unfinished = `${folder}.new`;
  try {
    const known = await knownBefore(carried.first, life);
    const mark = { position: 0, until: new Map([...known].map(([key, { until_ns }]) => [key, until_ns])) };
    const renewed = { mark, ...(await copyBatches(life, carried, unfinished, renewal)) };
    await rename(unfinished, folder);
    await renewal.save(renewed);
    return renewed;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function copyBatches(
  life: Life,
  { first, unacked }: Carried,
  folder: string,
  { epoch, segment_bytes, sealer, states, owed, declarations: before }: Renewal,
): Promise<Omit<Renewed, 'mark'>> {
  const into = await openJournal({ folder, segment_bytes });
  const holes: Hole[] = [];
  const declarations = new Declarations();
  declarations.holdAlso(before, first);
  let head: Head = { epoch, seq: 0, prev: '' };
  const copy = async (drafts: readonly BatchDraft[]) => {
    const copied = sealer.seal(drafts, head);
    await into.append(copied.sealed.map(({ data }) => data));
    for (const { batch } of copied.sealed) declarations.note(batch.content);
    head = copied.head;
  };
  try {
    const { journal, reader } = life;
    for (let at = Math.max(first, journal.floor); at < journal.next; ) {
      const read = await reader.read(at, chunkBytes);
      await copy(read.records.map(({ batch, resume }) => draftOf(batch.content, resume)));
      for (const { from, to } of read.holes) {
        if (to > unacked) holes.push({ from: Math.max(from, unacked), to });
        // What a ledger has is not lost, though it does not read back here: not as long as that ledger is there.
        if (from < unacked)
          declarations.hold(
            head.seq,
            await declareDamage({ from, to: Math.min(to, unacked) }, { ...life, states }),
          );
      }
      at = read.next;
    }
    for (const hole of holes) {
      await copy(await declareDamage(hole, { ...life, states }));
      await copy(before.takeBack(hole.from, hole.to, states));
    }
    await copy(owed);
  } finally {
    await into.close();
  }
  return { head, declarations, lost: holes.reduce((sum, { from, to }) => sum + to - from, 0) };
}

function draftOf(content: Batch, resume: string | undefined): BatchDraft {
  const { v: _v, gateway: _gateway, epoch: _epoch, seq: _seq, prev: _prev, ...draft } = content;
  return { ...draft, ...(resume === undefined ? {} : { resume }) };
}
