import { setTimeout as sleep } from 'node:timers/promises';
import { BenchlineError, describeError, type Log, machineObservationToJson } from '@benchline/model';
import type { TelemetryStore, WriteOutcome } from '@benchline/store';
import type { Ledger } from '../ledger/ledger.ts';
import type { Quarantine } from '../quarantine.ts';
import { backOff } from './back-off.ts';
import { type Cursor, writeCursor } from './cursor.ts';
import { gather, type Portion } from './gather.ts';

export interface ProjectionOptions {
  ledger: Ledger;
  store: Pick<TelemetryStore, 'write'>;
  /** Where to begin, from `readCursor`. */
  cursor: Cursor;
  cursorFile: string;
  quarantine: Quarantine;
  log: Log;
}

/** Losing a second of the cursor only means writing a second's points again, which changes nothing. */
const cursorPause_ms = 1000;

/**
 * Writes the ledger into the telemetry store, in order, each record at least once. While the store is down it
 * waits and tries again for ever; what the store refuses for its content goes into quarantine and the rest on.
 */
export class Projection {
  readonly #options: ProjectionOptions;
  #cursor: Cursor;
  #savedAt_ms = 0;
  #progress_ms = Date.now();
  #failing: { since_ms: number; reason: string; attempts: number } | undefined;
  #waiters = new Set<() => void>();

  constructor(options: ProjectionOptions) {
    this.#options = options;
    this.#cursor = options.cursor;
  }

  /** All records below this offset are in the store. */
  get next(): number {
    return this.#cursor.next;
  }

  get quarantinedObservations(): number {
    return this.#cursor.quarantined_observations;
  }

  status() {
    const { next, unmapped_points } = this.#cursor;
    return {
      next,
      behind: this.#options.ledger.next - next,
      unmapped_points,
      ...(this.#failing
        ? { failing_s: (Date.now() - this.#failing.since_ms) / 1000, reason: this.#failing.reason }
        : {}),
    };
  }

  /** How long there has been something to store without any of it getting stored, in milliseconds. */
  stalled_ms(): number {
    return this.next < this.#options.ledger.next ? Date.now() - this.#progress_ms : 0;
  }

  /** Resolves when the record at `offset` is in the store, or when the signal aborts. */
  async waitFor(offset: number, signal: AbortSignal): Promise<void> {
    while (this.next <= offset && !signal.aborted)
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiters.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        this.#waiters.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
  }

  /** Runs until the signal aborts; rejects never. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#options.ledger.waitFor(this.next, signal);
      if (signal.aborted) break;
      // Idle time is no stall.
      if (!this.#failing) this.#progress_ms = Date.now();
      try {
        const portion = await gather(this.#options.ledger, this.next);
        await this.#store(portion);
      } catch (error) {
        await this.#backOff(error, signal);
      }
    }
    await this.#save();
  }

  async #store(portion: Portion): Promise<void> {
    const from = this.next;
    const { rejected } =
      portion.points > 0 ? await this.#options.store.write(portion.write) : { rejected: [] };
    this.#cursor = { ...this.#cursor, next: portion.next };
    for (const item of rejected) this.#reject(item, portion, from);
    this.#progress_ms = Date.now();
    if (this.#failing) this.#options.log.info({ next: this.next }, 'the store takes points again');
    this.#failing = undefined;
    for (const wake of [...this.#waiters]) wake();
    if (Date.now() - this.#savedAt_ms >= cursorPause_ms) await this.#save();
  }

  #reject(item: WriteOutcome['rejected'][number], portion: Portion, from: number): void {
    if (item.code === 'unknown_signal') {
      // Not wrong in itself: the plant file does not know it yet. It is in the ledger, and counted.
      this.#cursor.unmapped_points += 1;
      this.#cursor.unmapped_from ??= from;
      return;
    }
    if (item.kind === 'observation') this.#cursor.quarantined_observations += 1;
    const point = JSON.stringify(pointOf(item, portion));
    const { kind, code, detail } = item;
    const offsets = { from_offset: from, to_offset: portion.next - 1 };
    this.#options.quarantine.put('store_rejected', Buffer.from(point), { kind, code, detail, ...offsets });
  }

  async #backOff(error: unknown, signal: AbortSignal): Promise<void> {
    const reason = describeError(error);
    const attempts = (this.#failing?.attempts ?? 0) + 1;
    const known = error instanceof BenchlineError;
    if (this.#failing?.reason !== reason || !known)
      this.#options.log.warn(
        { reason, ...(known ? {} : { err: error }) },
        'cannot store points; trying again',
      );
    this.#failing = { since_ms: this.#failing?.since_ms ?? Date.now(), reason, attempts };
    await sleep(backOff(attempts, known ? error.retry_after_s : 0), undefined, { signal }).catch(() => {});
  }

  async #save(): Promise<void> {
    this.#savedAt_ms = Date.now();
    try {
      await writeCursor(this.#options.cursorFile, this.#cursor);
    } catch (error) {
      this.#options.log.warn({ reason: describeError(error) }, 'cannot write the cursor of the projection');
    }
  }
}

function pointOf({ kind, index }: WriteOutcome['rejected'][number], { write }: Portion): unknown {
  const observation = kind === 'observation' ? write.observations[index] : undefined;
  if (observation) return machineObservationToJson(observation);
  const interval = kind === 'observed' ? write.observed[index] : write.gaps[index];
  return Object.fromEntries(
    Object.entries(interval ?? {}).map(([key, value]) => [
      key,
      typeof value === 'bigint' ? value.toString() : value,
    ]),
  );
}
