import { describeError, type Log, nsNow } from '@benchline/model';
import type { Journal, JournalRecord } from '@benchline/store/journal';
import type { Book, DurableHead } from './book.ts';
import type { Head } from './chain.ts';
import { assertNotRetired } from './floor.ts';
import { digestOfLine, readLines } from './read.ts';
import { type Draft, encodeRecord } from './record-line.ts';
import type { Hole } from './runs.ts';
import { countOn } from './scan.ts';
import { emptySummary } from './summary.ts';
import type { SummaryFiles } from './summary-files.ts';

/**
 * Everything that ever came in, in the order in which it came, one JSON line a record, in a journal. It is the
 * whole truth: all else can be rebuilt from it. Nothing is ever changed; whole segments may be deleted by policy.
 */
export class Ledger {
  readonly id: string;
  readonly book: Book;
  /** What opening found and mended. */
  readonly recovery: Journal['recovery'];
  readonly #journal: Journal;
  readonly #files: SummaryFiles;
  readonly #log: Log;
  /** The offset that the next draft gets: ahead of the journal's by what is being committed. */
  #assigned: number;
  #durable: number;
  /** Where damage was found that the book does not know yet: first offsets of segments. */
  readonly #suspects = new Set<number>();
  #examining: Promise<void> = Promise.resolve();
  #filing: Promise<void> = Promise.resolve();
  #onDamage: () => void = () => undefined;

  constructor(parts: { id: string; journal: Journal; book: Book; files: SummaryFiles; log: Log }) {
    this.id = parts.id;
    this.book = parts.book;
    this.recovery = parts.journal.recovery;
    this.#journal = parts.journal;
    this.#files = parts.files;
    this.#log = parts.log;
    this.#assigned = parts.journal.next;
    this.#durable = parts.journal.next;
  }

  /** The offset that the next durable record gets: all below can be read. */
  get next(): number {
    return this.#durable;
  }

  /** The lowest offset that the retention has left. */
  get floor(): number {
    return this.book.retired?.below_offset ?? 0;
  }

  get bytes(): number {
    return this.#journal.bytes;
  }

  /** Records that do not read back. */
  get damagedRecords(): number {
    const missing = this.book.summaries.flatMap((summary) => summary.missing);
    return missing.reduce((sum, { from, to }) => sum + to - from, 0);
  }

  /** The newest fsynced batch of a gateway. */
  head(gateway: string): DurableHead | undefined {
    return this.book.head(gateway);
  }

  /** The newest fsynced batch of a gateway without a hole before it: what can be acknowledged. */
  sound(gateway: string): Head | undefined {
    return this.book.sound(gateway);
  }

  /** Batches of a gateway's epoch that damage has cost. Sent again, they may be appended. */
  holes(gateway: string): readonly Hole[] {
    return this.book.holes(gateway);
  }

  /** Called whenever damage was found and the book knows what it cost. */
  onDamage(listener: () => void): void {
    this.#onDamage = listener;
  }

  /**
   * Appends records in the order of the calls; resolves once they are fsynced. Calls made meanwhile share the
   * next fsync and its fate, so nobody should wait for one call before making the next.
   * @throws BenchlineError `journal_full` or `journal_unwritable`: none of the running calls was appended, the
   * ledger goes on.
   */
  async append(drafts: readonly Draft[]): Promise<void> {
    const first = this.#assigned;
    const received_ns = nsNow();
    this.#assigned += drafts.length;
    try {
      await this.#journal.append(drafts.map((draft, i) => encodeRecord(draft, first + i, received_ns)));
    } catch (error) {
      this.#assigned = this.#journal.next;
      throw error;
    }
    this.#turnPage(first);
    for (const [i, draft] of drafts.entries()) this.book.append(draft, first + i, received_ns);
    this.#durable = first + drafts.length;
  }

  /**
   * Durable records from an offset on, as the lines that were written: as many as fit, at least one if there is
   * one. In the place of each record that does not read back stands a `damaged` record.
   * @throws BenchlineError `ledger_retired` below the floor.
   */
  async read(from: number, maxBytes: number): Promise<JournalRecord[]> {
    assertNotRetired(this, from);
    const { records, missing } = await readLines(this.#journal, from, maxBytes);
    for (const hole of missing) this.#suspect(hole);
    return records;
  }

  /** SHA-256 (hexadecimal) of a line as it was written; undefined when it is gone or does not read back. */
  async lineDigest(offset: number): Promise<string | undefined> {
    const { retired } = this.book;
    if (retired && offset === retired.below_offset - 1) return retired.last_line;
    return digestOfLine(this.#journal, offset);
  }

  /** Resolves when the record at `offset` is durable, or when the signal aborts. */
  waitFor(offset: number, signal: AbortSignal): Promise<void> {
    return this.#journal.waitFor(offset, signal);
  }

  /** Deletes the segments below an offset; a `retired` record that says so has to be durable. */
  async trim(below: number): Promise<void> {
    await this.#journal.trim(below);
    this.book.forget(below);
    await this.#files.forget(below);
  }

  /** Resolves when all damage that was found is understood. */
  async settle(): Promise<void> {
    await this.#examining;
    await this.#filing;
  }

  async close(): Promise<void> {
    await this.settle();
    await this.#journal.close();
  }

  /** A commit never spans segments, so a new one begins with the first record of a call. */
  #turnPage(first: number): void {
    const segments = this.#journal.segments;
    const at = segments.findLastIndex((segment) => segment.first <= first);
    const before = segments[at - 1];
    const newest = this.book.summaries.at(-1);
    if (!before || newest?.first !== before.first) return;
    const full = this.book.seal(before.bytes);
    if (full) this.#filing = this.#filing.then(() => this.#files.write(full, before.path));
  }

  #suspect(hole: { from: number; to: number }): void {
    for (const { first, end, missing } of this.book.summaries) {
      if (hole.from >= end || hole.to <= first || this.#suspects.has(first)) continue;
      const known = missing.some(
        ({ from, to }) => from <= Math.max(hole.from, first) && to >= Math.min(hole.to, end),
      );
      if (known) continue;
      this.#suspects.add(first);
      this.#examining = this.#examining
        .then(() => this.#examine(first))
        .catch((error: unknown) =>
          this.#log.error({ reason: describeError(error) }, 'cannot look through a damaged segment'),
        )
        .finally(() => this.#suspects.delete(first));
    }
  }

  /** Works out anew what a segment holds. */
  async #examine(first: number): Promise<void> {
    const summary = emptySummary(first);
    const segment = () => this.#journal.segments.find((each) => each.first === first);
    const end = () => Math.min(segment()?.end ?? 0, this.#durable);
    // Whatever is appended meanwhile must not be left out.
    do await countOn(summary, this.#journal, end);
    while (summary.end < end());
    const file = segment();
    if (!file) return;
    const full = this.#journal.segments.at(-1)?.first !== first;
    if (full) summary.bytes = file.bytes;
    this.book.replace(summary);
    this.#log.error({ missing: summary.missing.slice(0, 10) }, 'records of the ledger do not read back');
    this.#onDamage();
    if (full) await this.#files.write(summary, file.path);
  }
}
