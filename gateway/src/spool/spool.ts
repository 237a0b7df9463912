import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SignedBatch, Slug } from '@benchline/model';
import type { FolderLock } from '@benchline/store/journal';
import { AckFile } from './ack-file.ts';
import type { Bounds } from './bounds.ts';
import { type Call, sealGroup, takeGroup } from './calls.ts';
import { digestOf } from './digest-of.ts';
import { Evictions } from './eviction.ts';
import { Gauge, unackedBytes } from './gauge.ts';
import { type Life, openRecords } from './life.ts';
import { marksToJson } from './marks.ts';
import type { BatchDraft, ResumeState, Spool, SpoolStatus } from './port.ts';
import type { Hole } from './reader.ts';
import { RecentBatches } from './recent.ts';
import type { RecoveredSpool } from './recovered.ts';
import { carriedOver, newEpoch, renewLife } from './renewal.ts';
import { Reserve, reserveBytes } from './reserve.ts';
import { asRefusal, ignoreFull, isFull, Room } from './room.ts';
import { type Head, type SealedBatch, Sealer } from './seal.ts';
import type { SourceStates } from './sources.ts';
import { type StateChange, writeState } from './state-file.ts';

/** The spool over a journal: sequence number = position. Opened by `openSpool`. */
export class FileSpool implements Spool {
  readonly gateway: Slug;
  readonly #options: RecoveredSpool['options'];
  readonly #bounds: Bounds;
  readonly #lock: FolderLock;
  readonly #sealer: Sealer;
  readonly #states: SourceStates;
  readonly #evictions: Evictions;
  readonly #room: Room;
  readonly #recent = new RecentBatches();
  readonly #gauge: Gauge;
  readonly #ackFile: AckFile;
  readonly #cutBytes: number;
  #life: Life;
  #acked: number;
  #acks: number;
  #doubtfulFrom: number | undefined;
  #renewals: number;
  /** All batches below are covered by the state file. */
  #savedNext = -1;
  /** Of so many sources it says since when they are watched. */
  #savedKnown = 0;
  #stateBytes = 0;
  #calls: Call[] = [];
  /** Commits, renewals and closing come one after the other. */
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(recovered: RecoveredSpool) {
    const { options, bounds, life, states } = recovered;
    this.gateway = options.gateway;
    this.#options = options;
    this.#bounds = bounds;
    this.#gauge = new Gauge(bounds);
    this.#ackFile = new AckFile(options.folder);
    this.#lock = recovered.lock;
    this.#sealer = new Sealer(options.gateway, options.key);
    this.#life = life;
    this.#states = states;
    ({ acked: this.#acked, acks: this.#acks } = recovered.acknowledged);
    this.#doubtfulFrom = recovered.doubtful_from;
    this.#evictions = new Evictions(recovered.losses, recovered.declared_below, recovered.declarations);
    this.#evictions.owed = recovered.owed;
    this.#renewals = recovered.renewals;
    this.#cutBytes = life.journal.recovery.cut_bytes;
    this.#room = new Room({
      when_full: options.when_full,
      bounds,
      reserve: new Reserve(options.folder),
      evictions: this.#evictions,
      states,
      life: () => this.#life,
      acked: () => this.#acked,
      settle: () => this.#settleOwed(),
      save: () => this.save(),
      reserveBytes: () => reserveBytes(bounds.limits.max_bytes, this.#stateBytes),
    });
  }

  get epoch(): string {
    return this.#life.head.epoch;
  }

  get floor(): number {
    return this.#life.journal.floor;
  }

  get next(): number {
    return this.#life.journal.next;
  }

  get acked(): number {
    return this.#acked;
  }

  get doubtful_from(): number | undefined {
    return this.#doubtfulFrom;
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
    const { journal, reader } = this.#life;
    for (let at = first; at < journal.next; ) {
      const { records, holes, next } = await reader.read(at, maxBytes);
      if (holes.length > 0) await this.#exclusively(() => this.#declare(holes));
      if (records.length > 0) return records.map(({ batch }) => batch);
      at = next;
    }
    return [];
  }

  waitFor(seq: number, signal: AbortSignal): Promise<void> {
    return this.#life.journal.waitFor(seq, signal);
  }

  async acknowledge(seq: number, digest: string): Promise<boolean> {
    if (seq >= this.next) return false;
    // After a loss that it recorded, a ledger names no digest.
    if (digest !== '' && seq >= this.floor) {
      const known = await digestOf(seq, this.#life, this.#recent);
      if (known !== undefined && known !== digest) return false;
    }
    this.#evictions.acknowledged(this.#acked, seq);
    this.#acked = seq;
    this.#acks += 1;
    this.#ackFile.note(this.epoch, { acked: seq, acks: this.#acks });
    return true;
  }

  settleDoubt(): void {
    this.#doubtfulFrom = undefined;
    this.#evictions.settle(this.#acked, { ...this.#life, states: this.#states });
  }

  renew(after?: string): Promise<void> {
    return this.#exclusively(() => this.#renew(after ?? this.epoch));
  }

  status(): SpoolStatus {
    return {
      ...this.#gauge.read(this.#life, this.#acked, this.#recent),
      when_full: this.#options.when_full,
      refusing: this.#room.refusing,
      lost: { ...this.#evictions.losses },
      evicted_batches: this.#evictions.evicted,
      cut_bytes: this.#cutBytes,
      renewals: this.#renewals,
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#exclusively(async () => {
      try {
        await this.#ackFile.close();
        await this.save({ closed: true }).catch(ignoreFull);
      } finally {
        await this.#life.journal.close();
        this.#lock.release();
      }
    });
  }

  /** Writes down what is known now, so that opening starts from here. */
  async save(change: StateChange = {}): Promise<void> {
    const { head = this.#life.head, acked = this.#acked, renewals = this.#renewals } = change;
    const { declarations = this.#evictions.declarations } = change;
    const renewed = head.epoch !== this.epoch;
    declarations.prune(acked, renewed ? 0 : this.floor);
    const { seq: next, prev, epoch } = head;
    this.#stateBytes = await writeState(this.#options.folder, {
      v: 1,
      epoch,
      next,
      prev,
      acked,
      acks: this.#acks,
      declared_below: renewed ? 0 : this.#evictions.declaredBelow,
      lost: this.#evictions.losses,
      renewals,
      sources: this.#states.toJson(),
      marks: marksToJson(change.marks ?? this.#life.marks.all),
      since_ns: this.#life.since_ns.toString(),
      declarations: declarations.toJson(),
      closed: change.closed ?? false,
    });
    this.#savedNext = next;
    this.#savedKnown = this.#states.known;
  }

  /** Declares batches below `floor` that are gone without anybody having deleted them. */
  declareMissing(hole: Hole): Promise<void> {
    return this.#exclusively(() => this.#declare([hole]));
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
    const group = takeGroup(this.#calls);
    // Another commit has taken what this one was for; room must not be made for nothing.
    if (group.length === 0) return;
    try {
      await this.#settleOwed().catch(ignoreFull);
      await this.#room.make();
      await this.#commitGroup(group);
    } catch (error) {
      this.#room.refused();
      for (const call of group) call.reject(asRefusal(error));
    }
    if (this.#calls.length > 0) this.#scheduleCommit();
  }

  async #commitGroup(group: readonly Call[]): Promise<void> {
    for (;;) {
      const { sealed, head, settled } = sealGroup(group, this.#life.head, this.#sealer);
      try {
        await this.#commit(sealed, head);
        this.#room.taken();
        for (const settle of settled) settle();
        return;
      } catch (error) {
        if (!isFull(error)) throw error;
        if (!(await this.#room.drop('disk'))) throw this.#room.refuse('disk');
      }
    }
  }

  async #commit(sealed: readonly SealedBatch[], head: Head): Promise<void> {
    const { journal, marks } = this.#life;
    const first = journal.next;
    await journal.append(sealed.map(({ data }) => data));
    const newest = journal.segments.at(-1)?.first ?? 0;
    if (newest === first && sealed.length > 0) marks.add({ position: first, until: this.#states.until() });
    this.#life.head = head;
    for (const { batch, resume, data } of sealed) {
      this.#states.apply(batch.content, resume);
      this.#evictions.declarations.note(batch.content);
      this.#recent.add(batch, data.length);
    }
    this.#gauge.appended(sealed.reduce((sum, { data }) => sum + data.length, 0));
    // A convenience that shortens opening: it has to succeed only before segments are deleted. Of a source that only
    // the records know nobody could say that it is missing, should they be lost.
    if (newest > this.#savedNext || this.#states.known > this.#savedKnown)
      await this.save().catch(() => undefined);
  }

  async #declare(holes: readonly Hole[]): Promise<void> {
    const around = { ...this.#life, states: this.#states };
    for (const { from, to } of holes)
      if (to > this.#acked + 1)
        await this.#evictions.declareHole({ from: Math.max(from, this.#acked + 1), to }, around);
    await this.#settleOwed();
  }

  /**
   * Commits the declarations that are owed, and writes them down beside the records as well: a ledger acknowledges
   * what lies behind a loss before it has the declaration, and from then on nothing else tells of the loss.
   */
  async #settleOwed(): Promise<void> {
    const { owed } = this.#evictions;
    if (owed.length > 0) {
      const { sealed, head } = this.#sealer.seal(owed, this.#life.head);
      await this.#commit(sealed, head);
      this.#evictions.owed = this.#evictions.owed.filter((draft) => !owed.includes(draft));
    }
    if (this.#evictions.declarations.newest >= this.#savedNext) await this.save();
  }

  async #renew(after: string): Promise<void> {
    const { folder } = this.#options;
    const { segment_bytes } = this.#bounds.limits;
    const epoch = newEpoch(after > this.epoch ? after : this.epoch);
    await this.#bounds.fit(
      () => unackedBytes(this.#life.journal, this.#acked),
      () => this.#room.drop('disk'),
    );
    const old = this.#life;
    const carried = carriedOver(old.journal, this.#acked + 1, this.#bounds.roomToCopy());
    const renewed = await renewLife(old, carried, {
      folder,
      epoch,
      segment_bytes,
      sealer: this.#sealer,
      states: this.#states,
      owed: this.#evictions.owed,
      declarations: this.#evictions.declarations,
      save: (change) =>
        this.save({ ...change, marks: [change.mark], acked: -1, renewals: this.#renewals + 1 }),
    });
    const records = await openRecords(folder, epoch, segment_bytes);
    const prev = (await records.reader.read(records.journal.next - 1, 1)).records[0]?.batch.digest ?? '';
    records.marks.add(renewed.mark);
    this.#life = {
      ...records,
      head: { epoch, seq: records.journal.next, prev },
      since_ns: old.since_ns,
    };
    this.#acked = -1;
    this.#doubtfulFrom = undefined;
    this.#renewals += 1;
    this.#evictions.renewed(renewed.lost, renewed.declarations);
    this.#recent.clear();
    await old.journal.close();
    await rm(join(folder, old.head.epoch), { recursive: true, force: true });
  }
}
