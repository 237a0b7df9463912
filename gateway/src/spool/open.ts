import { mkdir, readdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { epochPattern, systemCode } from '@benchline/model';
import { lockFolder } from '@benchline/store/journal';
import { type Acknowledged, readAcked } from './ack-file.ts';
import { Bounds } from './bounds.ts';
import { Declarations } from './declarations.ts';
import { begunOf, type Life, openRecords, type Records } from './life.ts';
import type { Marks } from './marks.ts';
import type { BatchDraft, Spool, SpoolOptions } from './port.ts';
import { newEpoch } from './renewal.ts';
import { isFull } from './room.ts';
import { SourceStates } from './sources.ts';
import { FileSpool } from './spool.ts';
import { readState, type StateFile, stateFiles } from './state-file.ts';
import { keyOf } from './stretch.ts';

const defaultMaxBytes = 512 * 1024 * 1024;
const largestSegment = 8 * 1024 * 1024;
const smallestSegment = 64 * 1024;
const chunkBytes = 1024 * 1024;
/** A disk that answers with errors may come back: so long a process waits before it gives up. */
const patience_ms = 20_000;
const retry_ms = 500;

/**
 * Opens a spool, making its folder when there is none. Whatever a crash or a failing disk left behind, it
 * opens: what cannot be read back is cut, and where that may have been sent before, a new epoch begins.
 * @throws BenchlineError `folder_locked` while another process has it open; the disk's error when it persists.
 */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  const lock = await lockFolder(options.folder, 'spool');
  try {
    for (const begun_ms = performance.now(); ; ) {
      try {
        return await openLocked(options, lock);
      } catch (error) {
        const passing = isFull(error) || systemCode(error) === 'EIO';
        if (!passing || performance.now() - begun_ms > patience_ms) throw error;
      }
      await delay(retry_ms);
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openLocked(
  options: SpoolOptions,
  lock: Awaited<ReturnType<typeof lockFolder>>,
): Promise<Spool> {
  const {
    folder,
    max_bytes = defaultMaxBytes,
    max_age_h,
    min_free_bytes,
    when_full = 'evict_oldest',
  } = options;
  await setAside(folder, (name) =>
    epochPattern.test(name) ? 'folder' : stateFiles.some((file) => file === name) && 'file',
  );
  const state = await readState(folder);
  const epoch = state?.epoch ?? (await newestEpoch(folder)) ?? newEpoch();
  await removeAllBut(folder, epoch);
  await mkdir(join(folder, epoch), { recursive: true });
  await setAside(join(folder, epoch), (name) => name.endsWith('.segment') && 'file');
  const segment_bytes = await segmentBytes(folder, max_bytes);
  const acknowledged = later(await readAcked(folder, epoch), state);
  const { acked } = acknowledged;
  const records = await openRecords(folder, epoch, segment_bytes);
  const { life, states, declarations, owed, tailLost } = await recover(records, epoch, state, acked);
  const { journal } = life;
  const spool = new FileSpool({
    options: { ...options, when_full },
    bounds: new Bounds(folder, { max_bytes, segment_bytes, max_age_h, min_free_bytes }),
    lock,
    life,
    states,
    acknowledged,
    doubtful_from: state?.closed && state.next === journal.next ? undefined : doubtFrom(life, state),
    declared_below: state?.declared_below ?? 0,
    owed,
    declarations,
    losses: state?.lost ?? { bytes: 0, age: 0, disk: 0, damaged: 0 },
    renewals: state?.renewals ?? 0,
  });
  const declared = Math.max(acked + 1, state?.declared_below ?? 0);
  // On a full disk none of these succeeds. The records alone tell the same, and a lost tail shows again when a
  // ledger acknowledges what is not here.
  if (state && journal.floor > declared)
    await spool.declareMissing({ from: declared, to: journal.floor }).catch(() => undefined);
  await (tailLost ? spool.renew() : spool.save()).catch(() => undefined);
  return spool;
}

/** Segments are deleted once the state file says that they are acknowledged: the file of acks may be a second behind. */
function later(noted: Acknowledged | undefined, state: StateFile | undefined): Acknowledged {
  if (!noted || (state && state.acks > noted.acks)) return state ?? { acked: -1, acks: 0 };
  return noted;
}

/** An epoch of which nothing is left had no batch that anybody has seen. */
function doubtFrom({ journal }: Life, state: StateFile | undefined): number | undefined {
  return journal.next === 0 && state === undefined ? undefined : journal.next;
}

/** Renames what stands where files and folders of the spool belong and is neither. */
async function setAside(
  folder: string,
  expected: (name: string) => 'file' | 'folder' | false,
): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const kind = expected(entry.name);
    const fits = kind === 'file' ? entry.isFile() : kind === 'folder' ? entry.isDirectory() : true;
    if (!fits) await rename(join(folder, entry.name), join(folder, `${entry.name}.foreign-${Date.now()}`));
  }
}

/** On a small disk segments are small, too: they are what is deleted at once when it is full. */
async function segmentBytes(folder: string, max_bytes: number): Promise<number> {
  const disk = await statfs(folder).catch(() => undefined);
  const sixteenth = disk ? Math.floor((disk.blocks * disk.bsize) / 16) : largestSegment;
  return Math.min(largestSegment, Math.floor(max_bytes / 8), Math.max(smallestSegment, sixteenth));
}

/** Each epoch is a folder named by it. */
async function newestEpoch(folder: string): Promise<string | undefined> {
  const epochs = (await readdir(folder)).filter((name) => epochPattern.test(name)).sort();
  // The newest that has any records: a renewal may have been interrupted before its first.
  for (const epoch of epochs.toReversed())
    if ((await readdir(join(folder, epoch)).catch(() => [])).length > 0) return epoch;
  return epochs.at(-1);
}

/** Other epochs are what an interrupted renewal left. */
async function removeAllBut(folder: string, epoch: string): Promise<void> {
  for (const name of await readdir(folder))
    if (name !== epoch && epochPattern.test(name.replace(/\.new$/, '')))
      await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
}

interface Recovered {
  life: Life;
  states: SourceStates;
  declarations: Declarations;
  owed: BatchDraft[];
  tailLost: boolean;
}

async function recover(
  records: Records,
  epoch: string,
  state: StateFile | undefined,
  acked: number,
): Promise<Recovered> {
  const { journal, marks } = records;
  const since_ns = state ? BigInt(state.since_ns) : begunOf(epoch);
  const lifeAt = (prev: string | undefined): Life => ({
    ...records,
    since_ns,
    head: { epoch, seq: journal.next, prev: prev ?? '' },
  });
  const states = new SourceStates();
  const declarations = Declarations.fromJson(state?.declarations ?? []);
  if (state) {
    states.restore(state.sources);
    marks.restore(state.marks, journal.next);
  }
  const cut = journal.next < Math.max(state?.next ?? 0, acked + 1);
  if (state && !cut) {
    const last = await replay(records, state.next, states, declarations);
    const prev = journal.next === state.next ? state.prev : last;
    return { life: lifeAt(prev), states, declarations, owed: [], tailLost: prev === undefined };
  }
  // Durable batches are gone. Their sources have to go on from where the remaining ones left them.
  const remaining = new SourceStates();
  const owed = declarations.takeBack(journal.next, Number.POSITIVE_INFINITY, states);
  const prev = await replay(records, journal.floor, remaining, state ? undefined : declarations);
  owed.push(...lostWords(states, remaining, { marks, floor: journal.floor, since_ns }));
  states.goBackTo(remaining);
  return {
    life: lifeAt(prev),
    states,
    declarations,
    owed,
    tailLost: cut || (prev === undefined && journal.next > 0),
  };
}

/**
 * Declares what sources said of which nothing remains, not even where they stood before. A source of which something
 * remains goes on from there, and declares the rest itself; here it keeps its last words.
 */
function lostWords(
  known: SourceStates,
  remaining: SourceStates,
  { marks, floor, since_ns }: { marks: Marks; floor: number; since_ns: bigint },
): BatchDraft[] {
  const before = marks.before(floor)?.until;
  return known.all().flatMap(({ machine, source, until_ns }) => {
    const rest = remaining.get(machine, source);
    const from_ns = rest?.until_ns ?? before?.get(keyOf({ machine, source })) ?? since_ns;
    if (until_ns === undefined || until_ns <= from_ns) return [];
    const lost = known.lossOf({ machine, source }, { from_ns, to_ns: until_ns }, 'spool_damaged');
    if (!rest) return [lost];
    return lost.observations.length > 0 ? [{ ...lost, gaps: [] }] : [];
  });
}

/** Applies all batches from `first` on; the digest of the very last one, unless it cannot be read. */
async function replay(
  { journal, reader }: Pick<Life, 'journal' | 'reader'>,
  first: number,
  states: SourceStates,
  declarations: Declarations | undefined,
): Promise<string | undefined> {
  let last: string | undefined;
  for (let at = Math.max(first, journal.floor); at < journal.next; ) {
    const { records, next } = await reader.read(at, chunkBytes);
    for (const { batch, resume } of records) {
      states.apply(batch.content, resume);
      declarations?.note(batch.content);
      if (batch.content.seq === journal.next - 1) last = batch.digest;
    }
    at = next;
  }
  return last;
}
