import { epochPattern, Slug } from '@benchline/model';
import { z } from 'zod';
import { readJson, writeJson } from '../json-file.ts';

const Checkpoint = z.strictObject({
  v: z.literal(1),
  ledger_id: Slug,
  next: z.int().min(0),
  plant_digest: z.string().optional(),
  heads: z.record(
    Slug,
    z.strictObject({
      epoch: z.string().regex(epochPattern),
      seq: z.int().min(0),
      digest: z.string(),
      epoch_offset: z.int().min(0),
      offset: z.int().min(0),
    }),
  ),
});
/** What a ledger's records below `next` come to, so that opening it reads only the tail. */
export type Checkpoint = z.output<typeof Checkpoint>;

/** Undefined when there is none that can be used: the ledger is then read from its beginning. */
export async function readCheckpoint(file: string): Promise<Checkpoint | undefined> {
  return Checkpoint.safeParse(await readJson(file)).data;
}

export async function writeCheckpoint(file: string, checkpoint: Checkpoint): Promise<void> {
  await writeJson(file, checkpoint);
}
