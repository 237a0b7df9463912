import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson, writeJson } from '../json-file.ts';

const ResubmitRequest = z.strictObject({
  v: z.literal(1),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  author: z.string().min(1).max(200),
  reason: z.string().min(1).max(2000),
  /** What replaces the bytes; without it they are taken once more as they are. */
  batch: z.unknown().optional(),
});
/** What somebody who may write into the data folder asks of the ingest that has it. */
export type ResubmitRequest = z.output<typeof ResubmitRequest>;

const pattern = /^[0-9a-f]{64}\.json$/;

function folderOf(quarantine: string): string {
  return join(quarantine, 'resubmit');
}

export function requestFile(quarantine: string, digest: string): string {
  return join(folderOf(quarantine), `${digest}.json`);
}

/** Leaves a request for the running ingest to find. @throws Error of the file system. */
export async function writeRequest(quarantine: string, request: ResubmitRequest): Promise<void> {
  await writeJson(requestFile(quarantine, request.digest), request);
}

/** Requests that wait. One that does not read is thrown away: whoever made it is told so by its absence. */
export async function takeRequests(quarantine: string): Promise<ResubmitRequest[]> {
  await mkdir(folderOf(quarantine), { recursive: true });
  const requests: ResubmitRequest[] = [];
  for (const name of await readdir(folderOf(quarantine))) {
    if (!pattern.test(name)) continue;
    const file = join(folderOf(quarantine), name);
    const { data } = ResubmitRequest.safeParse(await readJson(file));
    if (data) requests.push(data);
    else await rm(file, { force: true });
  }
  return requests;
}

export async function dropRequest(quarantine: string, digest: string): Promise<void> {
  await rm(requestFile(quarantine, digest), { force: true });
}
