import { createHash } from 'node:crypto';
import type { JournalRead, JournalRecord, JournalView } from '@benchline/store/journal';
import { damagedLine } from './record-line.ts';

/** Stand-ins for a lost beginning are given out in portions. */
const standInsAtOnce = 1000;

/**
 * Lines of a ledger from an offset on, as many as fit, at least one if there is one. In the place of each record that
 * does not read back stands a `damaged` record; `missing` says where that is.
 */
export async function readLines(
  journal: Pick<JournalView, 'floor' | 'read'>,
  from: number,
  maxBytes: number,
): Promise<Pick<JournalRead, 'records' | 'missing'>> {
  // Segments at the beginning may be gone: the journal then reads from the first that is there.
  if (from < journal.floor)
    return { records: standIns(from, Math.min(journal.floor, from + standInsAtOnce)), missing: [] };
  const { records, missing } = await journal.read(from, maxBytes);
  if (missing.length === 0) return { records, missing };
  const all = [...records, ...missing.flatMap((hole) => standIns(hole.from, hole.to))];
  return { records: all.sort((a, b) => a.position - b.position), missing };
}

/** SHA-256 (hexadecimal) of a line as it was written; undefined when it does not read back. */
export async function digestOfLine(
  journal: Pick<JournalView, 'floor' | 'next' | 'read'>,
  offset: number,
): Promise<string | undefined> {
  if (offset < journal.floor || offset >= journal.next) return undefined;
  const [line] = (await journal.read(offset, 1)).records;
  return line?.position === offset ? createHash('sha256').update(line.data).digest('hex') : undefined;
}

function standIns(from: number, to: number): JournalRecord[] {
  return Array.from({ length: to - from }, (_, i) => ({ position: from + i, data: damagedLine(from + i) }));
}
