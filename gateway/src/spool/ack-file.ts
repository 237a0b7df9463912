import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Hex } from '@benchline/model';

const pause_ms = 1000;

const fileOf = (folder: string) => join(folder, 'acked');

/** What a ledger has acknowledged last: it may be less than before, when the ledger has lost its end. */
export interface Acknowledged {
  /** The batch, and all before it; -1 for none. */
  acked: number;
  /** How many acknowledgements this spool has had: of two records of them the one with more is the later one. */
  acks: number;
}

/**
 * Remembers what is acknowledged, once a second and without fsync: a gateway that was killed must not declare as
 * evicted what a ledger has. The state file says the same when it is written, and then may be the later one.
 */
export class AckFile {
  readonly #file: string;
  #timer: NodeJS.Timeout | undefined;
  #newest = '';
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#file = fileOf(folder);
  }

  note(epoch: string, { acked, acks }: Acknowledged): void {
    this.#newest = `${epoch} ${acked} ${acks}`;
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

/** What the file says of an epoch; undefined when it says nothing, or does not read back. */
export async function readAcked(folder: string, epoch: string): Promise<Acknowledged | undefined> {
  const text = await readFile(fileOf(folder), 'utf8').catch(() => '');
  const [known, acked, acks, digest] = text.trim().split(' ');
  const reads = known === epoch && digest === sha256Hex(`${known} ${acked} ${acks}`);
  return reads ? { acked: Number(acked), acks: Number(acks) } : undefined;
}
