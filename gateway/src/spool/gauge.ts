import { msFromNs } from '@benchline/model';
import type { Journal } from '@benchline/store/journal';
import type { Bounds } from './bounds.ts';
import { Forecast } from './forecast.ts';
import type { Life } from './life.ts';
import type { SpoolStatus } from './port.ts';
import type { RecentBatches } from './recent.ts';

const msPerHour = 3_600_000;

type Reading = Omit<
  SpoolStatus,
  'when_full' | 'refusing' | 'lost' | 'evicted_batches' | 'cut_bytes' | 'renewals'
>;

/** Bytes of unacknowledged batches; of a segment that is partly acknowledged its share. */
export function unackedBytes({ segments }: Pick<Journal, 'segments'>, acked: number): number {
  return segments.reduce((sum, { first, end, bytes }) => {
    const unacked = Math.min(end - first, Math.max(0, end - acked - 1));
    return end === first ? sum : sum + Math.ceil((bytes * unacked) / (end - first));
  }, 0);
}

/** Tells how full a spool is and how long what is left will do. */
export class Gauge {
  readonly #bounds: Bounds;
  readonly #forecast = new Forecast(performance.now());
  #oldestUnacked: { seq: number; ms: number } | undefined;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  appended(bytes: number): void {
    this.#forecast.add(bytes, performance.now());
  }

  read(life: Life, acked: number, recent: RecentBatches): Reading {
    const { journal, head } = life;
    const { limits, free_bytes, min_free_bytes } = this.#bounds;
    const unacked_bytes = unackedBytes(journal, acked);
    const oldest_unacked_ms = this.#oldestUnackedTime(life, acked, recent);
    const left = this.#left(journal.bytes, unacked_bytes, oldest_unacked_ms);
    return {
      epoch: head.epoch,
      floor: journal.floor,
      next: journal.next,
      acked,
      bytes: journal.bytes,
      max_bytes: limits.max_bytes,
      unacked_bytes,
      oldest_unacked_ms,
      appended_bytes: this.#forecast.total,
      free_bytes,
      min_free_bytes,
      max_age_h: limits.max_age_h,
      buffer_left_h: 'hours' in left ? left.hours : undefined,
      buffer_left_unknown: 'unknown' in left ? left.unknown : undefined,
    };
  }

  #left(bytes: number, unacked: number, oldest_ms: number | undefined) {
    const { limits, free_bytes = Number.POSITIVE_INFINITY, min_free_bytes } = this.#bounds;
    const { max_bytes, segment_bytes, max_age_h } = limits;
    const deletable = bytes - unacked;
    const room = Math.min(max_bytes - segment_bytes - unacked, free_bytes - min_free_bytes + deletable);
    const age_h = oldest_ms === undefined ? 0 : (Date.now() - oldest_ms) / msPerHour;
    const longest_h = max_age_h === undefined ? undefined : max_age_h - age_h;
    return this.#forecast.left(room, longest_h, performance.now());
  }

  /** Of a batch that is no longer in memory the disk is asked, and the answer comes with the next reading. */
  #oldestUnackedTime({ journal, reader }: Life, acked: number, recent: RecentBatches): number | undefined {
    const seq = Math.max(acked + 1, journal.floor);
    if (seq >= journal.next) return undefined;
    const known = recent.name(seq);
    if (known) return msFromNs(known.gateway_time_ns);
    if (this.#oldestUnacked?.seq !== seq)
      void reader.read(seq, 1).then(
        ({ records }) => {
          const batch = records[0]?.batch.content;
          if (batch) this.#oldestUnacked = { seq, ms: msFromNs(batch.gateway_time_ns) };
        },
        () => undefined,
      );
    return this.#oldestUnacked?.ms;
  }
}
