import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchlineError, type SignedBatch, type Slug } from '@benchline/model';
import { type Journal, openJournal } from '@benchline/store/journal';
import { Evictions } from './eviction.ts';
import type { BatchDraft, ResumeState, Spool, SpoolOptions, SpoolStatus } from './port.ts';
import { RecentBatches } from './recent.ts';
import { decodeRecords } from './record.ts';
import { copyBatches, newEpoch } from './renewal.ts';
import { type Head, type SealedBatch, Sealer } from './seal.ts';
import type { SourceStates } from './sources.ts';
import { writeState } from './state-file.ts';

/** Observations in one commit at most, unless a single call has more. */
const maxGroup = 20_000;

interface Call {
  drafts: readonly BatchDraft[];
  resolve(lastSeq: number): void;
  reject(error: unknown): void;
}

export interface RecoveredSpool {
  options: Required<SpoolOptions> & { segment_bytes: number };
  journal: Journal;
  head: Head;
  states: SourceStates;
  acked: number;
  evicted_batches: number;
  renewals: number;
}

/** The spool over a journal: sequence number = position. Opened by `openSpool`. */
export class FileSpool implements Spool {
  readonly gateway: Slug;
  readonly #options: RecoveredSpool['options'];
  readonly #sealer: Sealer;
  readonly #states: SourceStates;
  readonly #recent = new RecentBatches();
  readonly #cutBytes: number;
  #journal: Journal;
  /** Behind the last committed batch. */
  #head: Head;
  #acked: number;
  readonly #evictions: Evictions;
  #renewals: number;
  /** All batches below are covered by the state file. */
  #savedNext = -1;
  #calls: Call[] = [];
  /** Commits, renewals and closing come one after the other. */
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(recovered: RecoveredSpool) {
    const { options, journal, head, states, acked, evicted_batches, renewals } = recovered;
    this.gateway = options.gateway;
    this.#options = options;
    this.#sealer = new Sealer(options.gateway, options.key);
    this.#journal = journal;
    this.#head = head;
    this.#states = states;
    this.#acked = acked;
    this.#evictions = new Evictions(evicted_batches);
    this.#renewals = renewals;
    this.#cutBytes = journal.recovery.cut_bytes;
  }

  get epoch(): string {
    return this.#head.epoch;
  }

  get floor(): number {
    return this.#journal.floor;
  }

  get next(): number {
    return this.#journal.next;
  }

  get acked(): number {
    return this.#acked;
  }

  append(drafts: readonly BatchDraft[]): Promise<number> {
    if (this.#closed) return Promise.reject(new Error('append to a closed spool'));
    return new Promise((resolve, reject) => {
      this.#calls.push({ drafts, resolve, reject });
      if (this.#calls.length === 1) this.#scheduleCommit();
    });
  }

  resumeState(machine: Slug, source: Slug): ResumeState | undefined {
    return this.#states.get(machine, source);
  }

  resumeStates(): readonly ResumeState[] {
    return this.#states.all();
  }

  async read(from: number, maxBytes: number): Promise<SignedBatch[]> {
    // What was evicted has been declared as lost, though memory may still have it.
    const first = Math.max(from, this.floor);
    const recent = this.#recent.from(first, maxBytes);
    if (recent) return recent;
    for (let at = first; at < this.#journal.next; ) {
      const { records, next } = await this.#journal.read(at, maxBytes);
      const batches = decodeRecords(records).map(({ batch }) => batch);
      if (batches.length > 0) return batches;
      at = next;
    }
    return [];
  }

  waitFor(seq: number, signal: AbortSignal): Promise<void> {
    return this.#journal.waitFor(seq, signal);
  }

  async acknowledge(seq: number, digest: string): Promise<boolean> {
    if (seq >= this.#journal.next) return false;
    // After a loss that it recorded, a ledger names no digest.
    if (digest !== '' && seq >= this.#journal.floor) {
      const batch = this.#recent.get(seq) ?? (await this.read(seq, 1))[0];
      if (batch?.content.seq === seq && batch.digest !== digest) return false;
    }
    this.#acked = seq;
    return true;
  }

  renew(after?: string): Promise<void> {
    return this.#exclusively(() => this.#renew(after ?? this.epoch));
  }

  status(): SpoolStatus {
    return {
      epoch: this.epoch,
      floor: this.floor,
      next: this.next,
      acked: this.#acked,
      bytes: this.#journal.bytes,
      max_bytes: this.#options.max_bytes,
      evicted_batches: this.#evictions.batches,
      cut_bytes: this.#cutBytes,
      renewals: this.#renewals,
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#exclusively(async () => {
      await this.save();
      await this.#journal.close();
    });
  }

  /** Writes down what is known now, so that opening starts from here. */
  async save(
    known: Pick<RecoveredSpool, 'head' | 'acked' | 'renewals'> = {
      head: this.#head,
      acked: this.#acked,
      renewals: this.#renewals,
    },
  ): Promise<void> {
    const { seq: next, prev, epoch } = known.head;
    await writeState(this.#options.folder, {
      v: 1,
      epoch,
      next,
      prev,
      acked: known.acked,
      evicted_batches: this.#evictions.batches,
      renewals: known.renewals,
      sources: this.#states.toJson(),
    });
    this.#savedNext = next;
  }

  #exclusively(action: () => Promise<void>): Promise<void> {
    const run = this.#last.then(action);
    this.#last = run.catch(() => undefined);
    return run;
  }

  #scheduleCommit(): void {
    void this.#exclusively(() => this.#commitCalls());
  }

  /** Never rejects: who called is told. */
  async #commitCalls(): Promise<void> {
    const group = this.#takeGroup();
    const sealed: SealedBatch[] = [];
    const settled: (() => void)[] = [];
    try {
      await this.#makeRoom();
      let head = this.#head;
      for (const call of group) {
        try {
          const part = this.#sealer.seal(call.drafts, head);
          sealed.push(...part.sealed);
          ({ head } = part);
          const lastSeq = head.seq - 1;
          settled.push(() => call.resolve(lastSeq));
        } catch (error) {
          call.reject(error);
        }
      }
      await this.#commit(sealed, head);
      for (const settle of settled) settle();
    } catch (error) {
      for (const call of group) call.reject(error);
    }
    if (this.#calls.length > 0) this.#scheduleCommit();
  }

  #takeGroup(): Call[] {
    let observations = 0;
    const end = this.#calls.findIndex((call, index) => {
      observations += call.drafts.reduce((sum, draft) => sum + draft.observations.length, 0);
      return index > 0 && observations > maxGroup;
    });
    return this.#calls.splice(0, end === -1 ? this.#calls.length : end);
  }

  async #commit(sealed: readonly SealedBatch[], head: Head): Promise<void> {
    const records = sealed.map(({ data }) => data);
    try {
      await this.#journal.append(records);
    } catch (error) {
      if (!isFull(error) || this.#journal.segments.length < 2) throw error;
      // Nothing can be written before something is deleted, not even the declaration of what that loses.
      await this.#evictions.declareOldest(this.#journal, this.#acked);
      await this.#journal.trim(this.#journal.segments[0]?.end ?? 0);
      await this.#journal.append(records);
    }
    this.#head = head;
    for (const { batch, resume, data } of sealed) {
      this.#states.apply(batch.content, resume);
      this.#recent.add(batch, data.length);
    }
    const newest = this.#journal.segments.at(-1)?.first ?? 0;
    // A convenience that shortens opening: it has to succeed only before segments are deleted.
    if (newest > this.#savedNext) await this.save().catch(() => undefined);
  }

  /** Keeps one segment's worth of room below the bound, at the cost of the oldest segments. */
  async #makeRoom(): Promise<void> {
    await this.#commitOwed();
    const { max_bytes, segment_bytes } = this.#options;
    while (this.#journal.bytes + segment_bytes > max_bytes && this.#journal.segments.length > 1) {
      const end = this.#journal.segments[0]?.end ?? 0;
      await this.#evictions.declareOldest(this.#journal, this.#acked);
      await this.#commitOwed();
      await this.save();
      await this.#journal.trim(end);
    }
  }

  async #commitOwed(): Promise<void> {
    const { owed } = this.#evictions;
    if (owed.length === 0) return;
    this.#evictions.owed = [];
    try {
      const { sealed, head } = this.#sealer.seal(owed, this.#head);
      await this.#commit(sealed, head);
    } catch (error) {
      this.#evictions.owed.unshift(...owed);
      throw error;
    }
  }

  async #renew(after: string): Promise<void> {
    const { folder, segment_bytes } = this.#options;
    const epoch = newEpoch(after > this.epoch ? after : this.epoch);
    const old = { journal: this.#journal, folder: join(folder, this.epoch) };
    const head = await this.#copyUnacked(epoch, join(folder, epoch));
    this.#journal = await openJournal({ folder: join(folder, epoch), segment_bytes });
    this.#head = head;
    this.#acked = -1;
    this.#renewals += 1;
    this.#evictions.reset();
    this.#recent.clear();
    await old.journal.close();
    await rm(old.folder, { recursive: true });
  }

  /** Makes the folder of a new epoch and then the state file that names it; leaves nothing behind when that fails. */
  async #copyUnacked(epoch: string, folder: string): Promise<Head> {
    const { segment_bytes } = this.#options;
    const unfinished = `${folder}.new`;
    try {
      const journal = await openJournal({ folder: unfinished, segment_bytes });
      let head: Head;
      try {
        head = await copyBatches(this.#journal, this.#acked + 1, { journal, sealer: this.#sealer, epoch });
      } finally {
        await journal.close();
      }
      await rename(unfinished, folder);
      await this.save({ head, acked: -1, renewals: this.#renewals + 1 });
      return head;
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }
}

function isFull(error: unknown): boolean {
  return error instanceof BenchlineError && error.code === 'journal_full';
}
