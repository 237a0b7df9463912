import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { epochPattern } from '@benchline/model';
import { writeFileAtomically } from '@benchline/store/journal';
import { z } from 'zod';
import { SourceStateJson } from './sources.ts';

/**
 * What the spool knew when all batches below `next` were committed. Together with the records from there on,
 * it is what the spool knows; so it has to be written only before records below `next` are deleted, and now
 * and then to keep the way short.
 */
export const StateFile = z.strictObject({
  v: z.literal(1),
  epoch: z.string().regex(epochPattern),
  next: z.int().min(0),
  /** Digest of batch next − 1. */
  prev: z.string(),
  acked: z.int().min(-1),
  evicted_batches: z.int().min(0),
  renewals: z.int().min(0),
  sources: z.array(SourceStateJson),
});
export type StateFile = z.output<typeof StateFile>;

const fileOf = (folder: string) => join(folder, 'state.json');

/** Undefined when there is none, or none that can be read: then the records have to tell. */
export async function readState(folder: string): Promise<StateFile | undefined> {
  try {
    return StateFile.parse(JSON.parse(await readFile(fileOf(folder), 'utf8')));
  } catch {
    return undefined;
  }
}

export async function writeState(folder: string, state: z.input<typeof StateFile>): Promise<void> {
  await writeFileAtomically(fileOf(folder), JSON.stringify(state));
}
