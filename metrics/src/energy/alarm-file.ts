import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from '@benchline/store/journal';
import { z } from 'zod';
import type { Told } from './alarm-changes.ts';
import { alarmStates } from './alarms.ts';

const Content = z.strictObject({
  alarms: z.record(z.string(), z.strictObject({ state: z.enum(alarmStates), acknowledged: z.boolean() })),
});

/** What was told of which alarm; nothing while there is no file that is whole: alarms that stand are then told anew. */
export async function readTold(file: string): Promise<Map<string, Told>> {
  try {
    return new Map(Object.entries(Content.parse(JSON.parse(await readFile(file, 'utf8'))).alarms));
  } catch {
    return new Map();
  }
}

/** Replaces the file at once. @throws Error of the file system. */
export async function writeTold(file: string, told: ReadonlyMap<string, Told>): Promise<void> {
  await writeFileAtomically(file, `${JSON.stringify({ alarms: Object.fromEntries(told) })}\n`);
}
