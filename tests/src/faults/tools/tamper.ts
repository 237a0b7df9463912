import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a service is made to believe, as its preload reads it. */
export interface Tampering {
  /** Added to the wall clock; the monotonic clock goes on as it is. */
  clock_offset_ms: number;
  /** Local time of the process; undefined: as it was. */
  time_zone?: string;
  disk: readonly DiskFailure[];
}

/** A disk that fails under a folder (absolute path). */
export interface DiskFailure {
  folder: string;
  code: 'EIO' | 'ENOSPC';
  /** `open`: of files to be written. `write`: also renaming. `remove`: deleting and truncating, which no full disk refuses. */
  operations: readonly ('open' | 'write' | 'remove' | 'sync' | 'read')[];
}

/** By how much the clock of a process is wrong from its start to its end, ms; its children inherit it. */
export const baseOffsetVariable = 'BENCHLINE_CLOCK_OFFSET_MS';

/** The preload looks every 50 ms; a busy service somewhat later. */
const noticedAfterMs = 250;
/** What a process imports before its own code to be tampered with. */
export const preload = new URL('./tamper-preload.ts', import.meta.url).href;

/**
 * Wrong clock and failing disk of one Node process, changed while it runs. The process has to be started with
 * `environment`; without a fault in force that costs it one reading of a missing file every 50 ms.
 */
export class Tamper {
  readonly #file: string;
  #tampering: Tampering = { clock_offset_ms: 0, disk: [] };

  /** `folder`: the world's folder; `part`: the name of the process. */
  constructor(folder: string, part: string) {
    this.#file = join(folder, 'tamper', `${part}.json`);
  }

  /** To be added to the environment of the process. */
  get environment(): Readonly<Record<string, string>> {
    return { NODE_OPTIONS: `--import=${preload}`, BENCHLINE_TAMPER: this.#file };
  }

  /** Moves the wall clock; resolves when the process goes by it. */
  async setClock(offset_ms: number): Promise<void> {
    await this.#put({ ...this.#tampering, clock_offset_ms: offset_ms });
  }

  /** Changes local time; resolves when the process goes by it. */
  async setTimeZone(time_zone: string): Promise<void> {
    await this.#put({ ...this.#tampering, time_zone });
  }

  /** Lets the disk fail; resolves when it does. */
  async failDisk(...disk: readonly DiskFailure[]): Promise<void> {
    await this.#put({ ...this.#tampering, disk });
  }

  /** Clock and disk are right again. */
  async end(): Promise<void> {
    this.#tampering = { clock_offset_ms: 0, disk: [] };
    rmSync(this.#file, { force: true });
    await sleep(noticedAfterMs);
  }

  async #put(tampering: Tampering): Promise<void> {
    this.#tampering = tampering;
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(`${this.#file}.new`, JSON.stringify(tampering));
    renameSync(`${this.#file}.new`, this.#file);
    await sleep(noticedAfterMs);
  }
}
