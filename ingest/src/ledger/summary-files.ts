import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError, type Log } from '@benchline/model';
import type { JournalSegment, JournalView } from '@benchline/store/journal';
import { z } from 'zod';
import { readJson, writeJson } from '../json-file.ts';
import { summarize } from './scan.ts';
import { Summary } from './summary.ts';

const SummaryFile = z.strictObject({ mtime_ms: z.number(), summary: Summary });

/**
 * One file for each segment that is full, so that opening a ledger reads the newest one only. They can be made
 * again at any time: one that does not fit its segment is, and failing to write one is logged and nothing more.
 */
export class SummaryFiles {
  readonly #folder: string;
  readonly #log: Log;

  constructor(folder: string, log: Log) {
    this.#folder = folder;
    this.#log = log;
  }

  /** The summaries of all segments of a journal. */
  async all(journal: JournalView): Promise<Summary[]> {
    const summaries: Summary[] = [];
    for (const [index, segment] of journal.segments.entries()) {
      const full = index < journal.segments.length - 1;
      const known = full ? await this.#read(segment) : undefined;
      const summary = known ?? (await summarize(journal, segment));
      if (full && !known) await this.write(summary, segment.path);
      summaries.push(summary);
    }
    return summaries;
  }

  /** @param segment the file that it is of. */
  async write(summary: Summary, segment: string): Promise<void> {
    try {
      const { mtimeMs } = await stat(segment);
      await writeJson(this.#file(summary.first), { mtime_ms: mtimeMs, summary });
    } catch (error) {
      this.#log.warn({ reason: describeError(error) }, 'cannot write the summary of a segment');
    }
  }

  /** Deletes those of segments below an offset. */
  async forget(below: number): Promise<void> {
    for (const name of await readdir(this.#folder).catch(() => []))
      if (Number.parseInt(name, 10) < below) await rm(join(this.#folder, name), { force: true });
  }

  /** Undefined also when the segment was written to since: by whom, and what, nobody knows. */
  async #read({ first, end, bytes, path }: JournalSegment): Promise<Summary | undefined> {
    const { data } = SummaryFile.safeParse(await readJson(this.#file(first)));
    if (!data || data.mtime_ms !== (await stat(path)).mtimeMs) return undefined;
    const { summary } = data;
    return summary.first === first && summary.end === end && summary.bytes === bytes ? summary : undefined;
  }

  #file(first: number): string {
    return join(this.#folder, `${first.toString().padStart(16, '0')}.json`);
  }
}
