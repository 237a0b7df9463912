import { statfs } from 'node:fs/promises';
import { msFromNs } from '@benchline/model';
import type { Journal } from '@benchline/store/journal';
import type { RecordReader } from './reader.ts';

/** Why room has to be made. */
export type Bound = 'bytes' | 'age' | 'disk';

export interface Limits {
  max_bytes: number;
  /** Room below `max_bytes` that is kept for the next commits. */
  segment_bytes: number;
  max_age_h: number | undefined;
  /** Undefined for what suits the disk. */
  min_free_bytes: number | undefined;
}

/** The disk is asked at most this often while nothing is deleted. */
const askDisk_ms = 1000;
const defaultMinFree = 64 * 1024 * 1024;
/** A copy of batches takes a little more than they did. */
const copyMargin = 1.1;
const msPerHour = 3_600_000;

/** Knows how much a spool may hold: by bytes, by age, and by what the disk has left for others. */
export class Bounds {
  readonly limits: Limits;
  readonly #folder: string;
  #asked_ms = Number.NEGATIVE_INFINITY;
  #disk: { free: number; size: number } | undefined;
  /** When the second segment began: all of the first is older. */
  #second: { position: number; began_ms: number } | undefined;

  constructor(folder: string, limits: Limits) {
    this.#folder = folder;
    this.limits = limits;
  }

  /** Free bytes when the disk was last asked; undefined where it does not say. */
  get free_bytes(): number | undefined {
    return this.#disk?.free;
  }

  get min_free_bytes(): number {
    const twentieth = Math.floor((this.#disk?.size ?? Number.POSITIVE_INFINITY) / 20);
    return this.limits.min_free_bytes ?? Math.min(defaultMinFree, twentieth);
  }

  /** The bound that a journal has reached, if any. */
  async reached(journal: Journal, reader: RecordReader): Promise<Bound | undefined> {
    const { max_bytes, segment_bytes, max_age_h } = this.limits;
    if (journal.bytes + segment_bytes > max_bytes) return 'bytes';
    await this.#askDisk();
    if (this.#disk && this.#disk.free < this.min_free_bytes) return 'disk';
    if (max_age_h === undefined) return undefined;
    const began_ms = await this.#secondBegan(journal, reader);
    return began_ms !== undefined && began_ms < Date.now() - max_age_h * msPerHour ? 'age' : undefined;
  }

  /** Deletes by `drop` until a copy of `bytes` fits on the disk, or nothing may be deleted any more. */
  async fit(bytes: () => number, drop: () => Promise<boolean>): Promise<void> {
    for (;;) {
      this.changed();
      await this.#askDisk();
      if (!this.#disk || this.#disk.free > copyMargin * bytes() || !(await drop())) return;
    }
  }

  /**
   * How many bytes of batches may be copied without need: an eighth of the bound, so that sending them again does not
   * hold up live data for long, and no more than the disk has to spare.
   */
  roomToCopy(): number {
    const spare = this.#disk
      ? (this.#disk.free - this.min_free_bytes) / copyMargin
      : Number.POSITIVE_INFINITY;
    return Math.min(this.limits.max_bytes / 8, spare);
  }

  /** Something was deleted: the disk has to be asked again. */
  changed(): void {
    this.#asked_ms = Number.NEGATIVE_INFINITY;
  }

  async #askDisk(): Promise<void> {
    const now_ms = performance.now();
    if (now_ms - this.#asked_ms < askDisk_ms) return;
    this.#asked_ms = now_ms;
    try {
      const { bavail, blocks, bsize } = await statfs(this.#folder);
      this.#disk = { free: bavail * bsize, size: blocks * bsize };
    } catch {
      this.#disk = undefined;
    }
  }

  async #secondBegan(journal: Journal, reader: RecordReader): Promise<number | undefined> {
    const position = journal.segments[1]?.first;
    if (position === undefined) return undefined;
    if (this.#second?.position !== position) {
      const { records } = await reader.read(position, 1);
      const first = records[0]?.batch.content;
      if (!first) return undefined;
      this.#second = { position, began_ms: msFromNs(first.gateway_time_ns) };
    }
    return this.#second.began_ms;
  }
}
