import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { epochPattern } from '@benchline/model';
import { type Journal, openJournal } from '@benchline/store/journal';
import type { Spool, SpoolOptions } from './port.ts';
import { decodeRecords } from './record.ts';
import { newEpoch } from './renewal.ts';
import type { Head } from './seal.ts';
import { SourceStates } from './sources.ts';
import { FileSpool } from './spool.ts';
import { readState, type StateFile } from './state-file.ts';

const defaultMaxBytes = 512 * 1024 * 1024;
const largestSegment = 8 * 1024 * 1024;
const chunkBytes = 1024 * 1024;

/**
 * Opens a spool, making its folder when there is none. Whatever a crash or a failing disk left behind, it
 * opens: what cannot be read back is cut, and where that may have been sent before, a new epoch begins.
 */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const { folder, max_bytes = defaultMaxBytes } = options;
  await mkdir(folder, { recursive: true });
  const state = await readState(folder);
  const epoch = state?.epoch ?? (await newestEpoch(folder)) ?? newEpoch();
  await removeAllBut(folder, epoch);
  const segment_bytes = Math.min(largestSegment, Math.floor(max_bytes / 8));
  const journal = await openJournal({ folder: join(folder, epoch), segment_bytes });
  const { head, states, tailLost } = await recover(journal, epoch, state);
  const spool = new FileSpool({
    options: { ...options, max_bytes, segment_bytes },
    journal,
    head,
    states,
    acked: state?.acked ?? -1,
    evicted_batches: state?.evicted_batches ?? 0,
    renewals: state?.renewals ?? 0,
  });
  // On a full disk neither succeeds. The records alone tell the same, and a lost tail shows again when a ledger
  // acknowledges what is not here.
  await (tailLost ? spool.renew() : spool.save()).catch(() => undefined);
  return spool;
}

/** Each epoch is a folder named by it. */
async function newestEpoch(folder: string): Promise<string | undefined> {
  return (await readdir(folder))
    .filter((name) => epochPattern.test(name))
    .sort()
    .at(-1);
}

/** Other epochs are what an interrupted renewal left. */
async function removeAllBut(folder: string, epoch: string): Promise<void> {
  for (const name of await readdir(folder))
    if (name !== epoch && epochPattern.test(name.replace(/\.new$/, '')))
      await rm(join(folder, name), { recursive: true });
}

async function recover(journal: Journal, epoch: string, state: StateFile | undefined) {
  const states = new SourceStates();
  if (state) states.restore(state.sources);
  const cut = state !== undefined && journal.next < Math.max(state.next, state.acked + 1);
  if (state && !cut) {
    const last = await replay(journal, state.next, states);
    const prev = journal.next === state.next ? state.prev : last;
    return { head: headAt(journal, epoch, prev), states, tailLost: prev === undefined };
  }
  // Durable batches are gone. Their sources have to go on from where the remaining ones left them.
  const remaining = new SourceStates();
  const prev = await replay(journal, journal.floor, remaining);
  states.goBackTo(remaining);
  return {
    head: headAt(journal, epoch, prev),
    states,
    tailLost: cut || (prev === undefined && journal.next > 0),
  };
}

function headAt(journal: Journal, epoch: string, prev: string | undefined): Head {
  return { epoch, seq: journal.next, prev: prev ?? '' };
}

/** Applies all batches from `first` on; the digest of the very last one, unless it cannot be read. */
async function replay(journal: Journal, first: number, states: SourceStates): Promise<string | undefined> {
  let last: string | undefined;
  for (let at = Math.max(first, journal.floor); at < journal.next; ) {
    const { records, next } = await journal.read(at, chunkBytes);
    for (const { batch, resume } of decodeRecords(records)) {
      states.apply(batch.content, resume);
      if (batch.content.seq === journal.next - 1) last = batch.digest;
    }
    at = next;
  }
  return last;
}
