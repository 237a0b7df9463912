import type { SignedBatch } from '@benchline/model';

/**
 * Bytes of records whose batches are kept in memory, so that live ones are not read back from the disk. What lives
 * longer costs V8 a second copy and a slower collection: half a second of the fastest pace is enough.
 */
const keptBytes = 1024 * 1024;

/** The newest batches, without a hole. */
export class RecentBatches {
  #batches: { batch: SignedBatch; bytes: number }[] = [];
  #bytes = 0;

  add(batch: SignedBatch, bytes: number): void {
    this.#batches.push({ batch, bytes });
    this.#bytes += bytes;
    let drop = 0;
    while (this.#bytes > keptBytes && drop < this.#batches.length - 1)
      this.#bytes -= this.#batches[drop++]?.bytes ?? 0;
    if (drop > 0) this.#batches.splice(0, drop);
  }

  get(seq: number): SignedBatch | undefined {
    return this.#batches[seq - this.#first]?.batch;
  }

  /** Batches from `seq` on, at least one, up to `maxBytes`; undefined when `seq` is not among them. */
  from(seq: number, maxBytes: number): SignedBatch[] | undefined {
    const start = seq - this.#first;
    if (!this.#batches[start]) return undefined;
    let bytes = 0;
    const end = this.#batches.findIndex((entry, index) => {
      if (index < start) return false;
      bytes += entry.bytes;
      return index > start && bytes > maxBytes;
    });
    return this.#batches.slice(start, end === -1 ? undefined : end).map(({ batch }) => batch);
  }

  clear(): void {
    this.#batches = [];
    this.#bytes = 0;
  }

  get #first(): number {
    return this.#batches[0]?.batch.content.seq ?? 0;
  }
}
