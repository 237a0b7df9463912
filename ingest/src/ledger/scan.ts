import type { JournalView } from '@benchline/store/journal';
import { decodeRecord } from './record-line.ts';
import { countIn, emptySummary, type Summary } from './summary.ts';

const readBytes = 1 << 20;

/** Looks through the records [first, end) of a segment. @param bytes its size. */
export async function summarize(
  journal: Pick<JournalView, 'read'>,
  { first, end, bytes }: { first: number; end: number; bytes: number },
): Promise<Summary> {
  const summary = emptySummary(first);
  await countOn(summary, journal, () => end);
  return { ...summary, bytes };
}

/** Counts in what stands behind a summary's end, until there is no more. */
export async function countOn(
  summary: Summary,
  journal: Pick<JournalView, 'read'>,
  end: () => number,
): Promise<void> {
  let at = summary.end;
  while (at < end()) {
    const until = end();
    const read = await journal.read(at, readBytes);
    for (const { position, data } of read.records) {
      if (position >= until) break;
      const record = decodeRecord(data);
      countIn(summary, record, position, record.received_ns);
    }
    for (const { from, to } of read.missing)
      if (from < until) summary.missing.push({ from, to: Math.min(to, until) });
    at = Math.min(read.next, until);
  }
  summary.end = at;
}
