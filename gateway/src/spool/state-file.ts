import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { epochPattern, sha256Hex } from '@benchline/model';
import { writeFileAtomically } from '@benchline/store/journal';
import { z } from 'zod';
import { type Declarations, DeclarationsJson } from './declarations.ts';
import { type Mark, MarksJson } from './marks.ts';
import type { Head } from './seal.ts';
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
  /** How many acknowledgements there had been. */
  acks: z.int().min(0).default(0),
  /** Unacknowledged batches below have been declared as lost. */
  declared_below: z.int().min(0),
  lost: z.strictObject({
    bytes: z.int().min(0),
    age: z.int().min(0),
    disk: z.int().min(0),
    damaged: z.int().min(0),
  }),
  renewals: z.int().min(0),
  sources: z.array(SourceStateJson),
  marks: MarksJson,
  declarations: DeclarationsJson,
  /** When the first epoch began whose batches this one carries, Unix nanoseconds. */
  since_ns: z.string().regex(/^\d+$/),
  /** Whether the spool was closed after this: then no batch from `next` on has ever existed. */
  closed: z.boolean(),
});
export type StateFile = z.output<typeof StateFile>;

/** What is to be written other than it stands at present. */
export interface StateChange {
  head?: Head;
  marks?: Mark[];
  acked?: number;
  renewals?: number;
  closed?: boolean;
  declarations?: Declarations;
}

/** Two, the second written after the first: some of what they say stands nowhere else. */
export const stateFiles = ['state.json', 'state-copy.json'] as const;

/** Undefined when there is none, or none that reads back as it was written: then the records have to tell. */
export async function readState(folder: string): Promise<StateFile | undefined> {
  for (const name of stateFiles) {
    const state = await readOne(join(folder, name));
    if (state) return state;
  }
  return undefined;
}

async function readOne(path: string): Promise<StateFile | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    const end = text.indexOf('\n');
    const json = text.slice(end + 1);
    return sha256Hex(json) === text.slice(0, end) ? StateFile.parse(JSON.parse(json)) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The digest comes first, on a line of its own: a flipped bit must not make another epoch or position of what was.
 * @returns how many bytes they take.
 */
export async function writeState(folder: string, state: z.input<typeof StateFile>): Promise<number> {
  const json = JSON.stringify(state);
  const text = `${sha256Hex(json)}\n${json}`;
  for (const name of stateFiles) await writeFileAtomically(join(folder, name), text);
  return stateFiles.length * text.length;
}
