import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Hex } from '@benchline/model';

const pause_ms = 1000;

const fileOf = (folder: string) => join(folder, 'acked');

/**
 * Remembers what is acknowledged, once a second and without fsync: a gateway that was killed must not declare as
 * evicted what a ledger has. Should a power failure take it, the state file says less, which is safe.
 */
export class AckFile {
  readonly #file: string;
  #timer: NodeJS.Timeout | undefined;
  #newest = '';
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#file = fileOf(folder);
  }

  note(epoch: string, acked: number): void {
    this.#newest = `${epoch} ${acked}`;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#writing = this.#write().catch(() => undefined);
    }, pause_ms).unref();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writing;
  }

  async #write(): Promise<void> {
    const text = this.#newest;
    await writeFile(`${this.#file}.new`, `${text} ${sha256Hex(text)}\n`);
    await rename(`${this.#file}.new`, this.#file);
  }
}

/** What was last known to be acknowledged of an epoch; undefined when nothing was, or it does not read back. */
export async function readAcked(folder: string, epoch: string): Promise<number | undefined> {
  const text = await readFile(fileOf(folder), 'utf8').catch(() => '');
  const [known, acked, digest] = text.trim().split(' ');
  return known === epoch && digest === sha256Hex(`${known} ${acked}`) ? Number(acked) : undefined;
}
