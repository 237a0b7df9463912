import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from '@benchline/store/journal';

/** Numbers of births, 0 … 255, one more for each connection also over restarts (Sparkplug 3.0.0, 6.4.2). */
export class BirthNumbers {
  readonly #file: string | undefined;
  #last: number | undefined;

  /** @param file where the last number is kept. */
  constructor(file: string | undefined) {
    this.#file = file;
  }

  async next(): Promise<number> {
    this.#last ??= await this.#read();
    this.#last = (this.#last + 1) % 256;
    // On a full disk the numbers go on in memory; all that counts is that a birth has another than the one before.
    if (this.#file !== undefined)
      await writeFileAtomically(this.#file, `${this.#last}\n`).catch(() => undefined);
    return this.#last;
  }

  async #read(): Promise<number> {
    const text = this.#file === undefined ? '' : await readFile(this.#file, 'utf8').catch(() => '');
    return /^\d{1,3}\n$/.test(text) ? Number(text) % 256 : Math.floor(Date.now() / 1000) % 256;
  }
}
