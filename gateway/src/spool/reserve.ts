import { randomFillSync } from 'node:crypto';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A refused reserve is not asked for again at every commit. */
const retry_ms = 1000;

const smallest = 64 * 1024;
const base = 1024 * 1024;

/** Room for declarations, the head of a segment, and the state file beside its old self. */
export function reserveBytes(max_bytes: number, stateBytes: number): number {
  return Math.min(base + 2 * stateBytes, Math.max(smallest, Math.floor(max_bytes / 8)));
}

/**
 * Room on the disk that nothing else can take: given up when the disk is full, so that what has to be deleted can be
 * declared as lost before it is deleted.
 */
export class Reserve {
  readonly #file: string;
  #held = false;
  #tried_ms = Number.NEGATIVE_INFINITY;

  constructor(folder: string) {
    this.#file = join(folder, 'reserve');
  }

  get held(): boolean {
    return this.#held;
  }

  /** Takes the room, unless it is there or was refused a moment ago. Never fails: a disk may have none. */
  async restore(bytes: number, atOnce: boolean): Promise<'held' | 'refused' | 'later'> {
    if (this.#held) return 'held';
    const now_ms = performance.now();
    if (!atOnce && now_ms - this.#tried_ms < retry_ms) return 'later';
    this.#tried_ms = now_ms;
    try {
      if ((await stat(this.#file).catch(() => undefined))?.size !== bytes) await fill(this.#file, bytes);
      this.#held = true;
      return 'held';
    } catch {
      await this.release();
      return 'refused';
    }
  }

  async release(): Promise<void> {
    this.#held = false;
    await rm(this.#file, { force: true, recursive: true }).catch(() => undefined);
  }
}

/** Random bytes, because file systems that compress keep no room for zeros. */
async function fill(path: string, bytes: number): Promise<void> {
  const block = Buffer.allocUnsafe(Math.min(bytes, 64 * 1024));
  const file = await open(path, 'w');
  try {
    for (let at = 0; at < bytes; at += block.length) {
      randomFillSync(block);
      await file.write(block, 0, Math.min(block.length, bytes - at), at);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}
