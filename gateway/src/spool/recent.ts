import type { SignedBatch } from '@benchline/model';

/**
 * Bytes of records whose batches are kept in memory, so that live ones are not read back from the disk. What lives
 * longer costs V8 a second copy and a slower collection: half a second of the fastest pace is enough.
 */
const keptBytes = 1024 * 1024;

/** What stays of a batch when it is on its way, for acknowledgements and for who asks how old it is. */
export interface BatchName {
  seq: number;
  prev: string;
  digest: string;
  gateway_time_ns: bigint;
}

interface Kept {
  name: BatchName;
  bytes: number;
  /** Undefined once something behind it was read: then it is on its way, and what is sent again is read from the disk. */
  batch: SignedBatch | undefined;
}

/** The newest batches, without a hole. */
export class RecentBatches {
  #batches: Kept[] = [];
  #bytes = 0;
  /** Of batches below nothing but the name is kept. */
  #readBelow = 0;

  add(batch: SignedBatch, bytes: number): void {
    const { seq, prev, gateway_time_ns } = batch.content;
    this.#batches.push({ name: { seq, prev, digest: batch.digest, gateway_time_ns }, bytes, batch });
    this.#bytes += bytes;
    let drop = 0;
    while (this.#bytes > keptBytes && drop < this.#batches.length - 1)
      this.#bytes -= this.#batches[drop++]?.bytes ?? 0;
    if (drop > 0) this.#batches.splice(0, drop);
  }

  name(seq: number): BatchName | undefined {
    return this.#batches[seq - this.#first]?.name;
  }

  /**
   * Batches from `seq` on, at least one, up to `maxBytes`; undefined when they are not among them. Those before have
   * been read and are let go of: what waits for nothing but its acknowledgement would grow old in the heap.
   */
  from(seq: number, maxBytes: number): SignedBatch[] | undefined {
    const start = seq - this.#first;
    if (!this.#batches[start]?.batch) return undefined;
    this.#letGo(seq);
    let bytes = 0;
    const end = this.#batches.findIndex((entry, index) => {
      if (index < start) return false;
      bytes += entry.bytes;
      return index > start && bytes > maxBytes;
    });
    return this.#batches.slice(start, end === -1 ? undefined : end).flatMap(({ batch }) => batch ?? []);
  }

  clear(): void {
    this.#batches = [];
    this.#bytes = 0;
    this.#readBelow = 0;
  }

  #letGo(below: number): void {
    const first = this.#first;
    for (let at = Math.max(this.#readBelow, first); at < below; at += 1) {
      const kept = this.#batches[at - first];
      if (kept) kept.batch = undefined;
    }
    this.#readBelow = Math.max(this.#readBelow, below);
  }

  get #first(): number {
    return this.#batches[0]?.name.seq ?? 0;
  }
}
