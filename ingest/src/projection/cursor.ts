import { randomBytes } from 'node:crypto';
import { Slug } from '@benchline/model';
import type { InfluxConfig } from '@benchline/store/influx';
import { z } from 'zod';
import { readJson, writeJson } from '../json-file.ts';
import type { Ledger } from '../ledger/ledger.ts';

const Cursor = z.strictObject({
  /** 1 wrote points of another shape: they are written again. */
  v: z.literal(2),
  ledger_id: Slug,
  /** Which store, in words: another one begins at the ledger's beginning. */
  target: z.string(),
  plant_digest: z.string(),
  next: z.int().min(0),
  /** Another one each time the store had lost some of what was written: whoever read it has to read it again. */
  life: z.string().default(newLife),
  /** SHA-256 of the ledger's line before, by which a ledger that was lost or restored is told from this one. */
  line: z.string().optional(),
  /** The first record with points for which the plant file had no place. */
  unmapped_from: z.int().min(0).optional(),
  unmapped_points: z.int().min(0),
  quarantined_observations: z.int().min(0),
  /** Older than the store keeps anything. */
  expired_points: z.int().min(0),
});
/** How far the projection of a ledger into a store has come. It may lag behind the store, never run ahead of it. */
export type Cursor = z.output<typeof Cursor>;

export type CursorIdentity = Pick<Cursor, 'ledger_id' | 'target' | 'plant_digest'>;

/** A name that no life of a store had before: 16 hexadecimal digits. */
export function newLife(): string {
  return randomBytes(8).toString('hex');
}

/** Names a store in a cursor. */
export function targetOf(influx: InfluxConfig): string {
  return influx.version === 1
    ? `${influx.url} ${influx.database}`
    : `${influx.url} ${influx.org}/${influx.bucket}`;
}

/**
 * Where to go on. At the beginning for another ledger or store, or one that has lost its end; where the first
 * homeless point was once the plant file has changed, because it may have a place now.
 */
export async function readCursor(
  file: string,
  identity: CursorIdentity,
  ledger: Pick<Ledger, 'next' | 'lineDigest'>,
): Promise<Cursor> {
  const found = Cursor.safeParse(await readJson(file)).data;
  const none = { unmapped_points: 0, quarantined_observations: 0, expired_points: 0 };
  const fresh = { v: 2, ...identity, next: 0, life: newLife(), ...none } as const;
  if (!found || found.ledger_id !== identity.ledger_id || found.target !== identity.target) return fresh;
  if (found.next > ledger.next) return fresh;
  const line = found.line === undefined ? undefined : await ledger.lineDigest(found.next - 1);
  if (line !== undefined && line !== found.line) return fresh;
  if (found.plant_digest === identity.plant_digest || found.unmapped_from === undefined)
    return { ...found, plant_digest: identity.plant_digest };
  const { unmapped_from, ...rest } = found;
  return { ...rest, plant_digest: identity.plant_digest, next: unmapped_from, unmapped_points: 0 };
}

/** Replaces the file, whole after any crash. @throws Error of the file system. */
export async function writeCursor(file: string, cursor: Cursor): Promise<void> {
  await writeJson(file, cursor);
}
