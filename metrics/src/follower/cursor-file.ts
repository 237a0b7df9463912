import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { type FeedPosition, feedStart } from './position.ts';

const Cursor = z.strictObject({ next: z.int().min(0), line: z.string(), sha256: z.string() });

/**
 * The place that a file remembers. The beginning while there is none that is whole: the feed is then read again,
 * which changes nothing that is already right.
 */
export async function readCursor(file: string): Promise<FeedPosition> {
  try {
    const { next, line, sha256 } = Cursor.parse(JSON.parse(await readFile(file, 'utf8')));
    return sha256 === checksum(next, line) ? { next, line: line === '' ? undefined : line } : feedStart;
  } catch {
    return feedStart;
  }
}

/** Replaces the file at once, so that it never holds half a number. */
export async function writeCursor(file: string, { next, line = '' }: FeedPosition): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify({ next, line, sha256: checksum(next, line) })}\n`);
  await rename(`${file}.new`, file);
}

function checksum(next: number, line: string): string {
  return createHash('sha256').update(`${next} ${line}`).digest('hex');
}
