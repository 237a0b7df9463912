import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchlineError } from '@benchline/model';
import { z } from 'zod';

const Note = z.looseObject({
  reason: z.string(),
  at: z.string(),
  bytes: z.number(),
  topic: z.string().optional(),
  detail: z.string().optional(),
  from_offset: z.int().optional(),
  to_offset: z.int().optional(),
  /** What came of it, once somebody has resubmitted it. */
  resubmitted: z
    .strictObject({ at: z.string(), author: z.string(), reason: z.string(), outcome: z.string() })
    .optional(),
});
/** Why something is in quarantine, and whence. */
export type Note = z.output<typeof Note>;

export interface QuarantinedItem {
  /** SHA-256 of the bytes. */
  digest: string;
  note: Note;
}

/** What lies in a quarantine folder, the oldest first. Notes that do not read are left out. */
export async function listItems(folder: string): Promise<QuarantinedItem[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new BenchlineError('not_found', `there is no quarantine at ${folder}`, {
      hint: 'name the data_dir of an ingest',
      cause,
    });
  });
  const items: QuarantinedItem[] = [];
  for (const name of names) {
    if (!/^[0-9a-f]{64}\.json$/.test(name)) continue;
    const digest = name.slice(0, -5);
    const note = await readNote(folder, digest);
    if (note) items.push({ digest, note });
  }
  return items.sort((a, b) => (a.note.at < b.note.at ? -1 : 1));
}

/** Why and whence something lies in quarantine; undefined when its note is gone or does not read. */
export async function readNote(folder: string, digest: string): Promise<Note | undefined> {
  try {
    return Note.parse(JSON.parse(await readFile(join(folder, `${digest}.json`), 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * The item whose digest begins so, with its bytes.
 * @throws BenchlineError `not_found` when there is none or more than one, or its bytes are not what they were.
 */
export async function readItem(folder: string, start: string): Promise<QuarantinedItem & { bytes: Buffer }> {
  const found = (await listItems(folder)).filter(({ digest }) => digest.startsWith(start));
  const [item] = found;
  if (!item || found.length > 1)
    throw new BenchlineError('not_found', `${found.length} pieces in ${folder} begin with '${start}'`, {
      hint: 'benchline quarantine list shows them',
    });
  const bytes = await readFile(join(folder, `${item.digest}.bin`)).catch(() => undefined);
  if (bytes && createHash('sha256').update(bytes).digest('hex') === item.digest) return { ...item, bytes };
  throw new BenchlineError('not_found', `the bytes of ${item.digest} are not there as they came in`, {
    hint: 'try again; if that is no use, the disk has damaged them: delete the two files',
  });
}
