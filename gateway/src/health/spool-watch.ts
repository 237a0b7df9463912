import type { SpoolStatus } from '../spool/port.ts';

type Seen = Pick<SpoolStatus, 'epoch' | 'floor' | 'next' | 'acked' | 'bytes' | 'max_bytes'>;

interface Sample {
  at_ms: number;
  next: number;
}

/** The rate of filling is that of the last ten minutes. */
const window_ms = 600_000;
/** Closer samples would only cost memory. */
const apart_ms = 5000;
/** A rate over less is chance. */
const least_ms = 10_000;

/**
 * Watches a spool fill, so that it can be said how long its room still lasts. Times are of a clock that nobody
 * sets, in milliseconds.
 */
export class SpoolWatch {
  #epoch: string | undefined;
  #samples: Sample[] = [];
  #now: { at_ms: number; status: Seen } | undefined;

  look(status: Seen, at_ms: number): void {
    if (status.epoch !== this.#epoch) this.#samples = [];
    this.#epoch = status.epoch;
    this.#now = { at_ms, status };
    const last = this.#samples.at(-1);
    if (last && at_ms - last.at_ms < apart_ms) return;
    this.#samples.push({ at_ms, next: status.next });
    while ((this.#samples[1]?.at_ms ?? at_ms) < at_ms - window_ms) this.#samples.shift();
  }

  /**
   * Seconds until the oldest unacknowledged batch has to be evicted, if nothing is acknowledged from now on and
   * as much comes as came lately; undefined while nothing comes or too little is known.
   */
  get left_s(): number | undefined {
    const [first, now] = [this.#samples[0], this.#now];
    if (!first || !now || now.at_ms - first.at_ms < least_ms) return undefined;
    const { floor, next, acked, bytes, max_bytes } = now.status;
    const perSecond = ((next - first.next) * 1000) / (now.at_ms - first.at_ms);
    if (perSecond <= 0 || next <= floor) return undefined;
    const batchBytes = bytes / (next - floor);
    const waiting = next - 1 - Math.max(acked, floor - 1);
    return Math.max(0, max_bytes / batchBytes - waiting) / perSecond;
  }
}
