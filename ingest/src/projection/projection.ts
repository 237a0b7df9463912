import { setTimeout as sleep } from 'node:timers/promises';
import { BenchlineError, describeError, type ErrorCode, type Log, nsNow, secondsOf } from '@benchline/model';
import type { MarkedStore, TelemetryStore, WriteOutcome } from '@benchline/store';
import type { Ledger } from '../ledger/ledger.ts';
import type { Quarantine } from '../quarantine.ts';
import { backOff } from './back-off.ts';
import { type Cursor, newLife, writeCursor } from './cursor.ts';
import { gather, type Portion, wantedPoints } from './gather.ts';
import { pointOf } from './point-of.ts';

export interface ProjectionOptions {
  ledger: Pick<Ledger, 'floor' | 'next' | 'read' | 'waitFor' | 'lineDigest'>;
  /** Where to; one that can be marked tells when it has lost what was written. */
  store: Pick<TelemetryStore, 'write'> & Partial<MarkedStore>;
  /** Where to begin, from `readCursor`. */
  cursor: Cursor;
  cursorFile: string;
  quarantine: Pick<Quarantine, 'put'>;
  log: Log;
}

/** Why nothing gets stored now. */
interface Failing {
  /** Unix ms. */
  since_ms: number;
  code: ErrorCode | 'unexpected';
  reason: string;
  attempts: number;
  /** When it is tried again, Unix ms. */
  next_try_ms: number;
}

/** Losing a second of the cursor only means writing a second's points again, which changes nothing. */
const cursorPause_ms = 1000;
/** A request costs both ends beside its points: what comes within this time of the last one waits. */
const betweenWrites_ms = 100;

/**
 * Writes the ledger into the telemetry store, in order, each record at least once. While the store is down it
 * waits and tries again for ever; what the store refuses for its content goes into quarantine and the rest on. It
 * holds two portions at most, however far the store is behind.
 */
export class Projection {
  readonly #options: ProjectionOptions;
  #cursor: Cursor;
  #savedAt_ms = Number.NEGATIVE_INFINITY;
  #wroteAt_ms = Number.NEGATIVE_INFINITY;
  #failing: Failing | undefined;
  #retries = 0;
  /** What the store was told that it holds, at least. */
  #marked: number;
  /** Whether it is known to say so. */
  #verified = false;
  /** When the record that is next to be stored came in. */
  #waitingSince_ns: bigint | undefined;
  #waiters = new Set<() => void>();

  constructor(options: ProjectionOptions) {
    this.#options = options;
    this.#cursor = options.cursor;
    this.#marked = options.cursor.next;
  }

  /** All records below this offset are in the store. */
  get next(): number {
    return this.#cursor.next;
  }

  /** Another one each time the store was found to hold less than was written. */
  get life(): string {
    return this.#cursor.life;
  }

  get quarantinedObservations(): number {
    return this.#cursor.quarantined_observations;
  }

  status() {
    const { next, unmapped_points, expired_points } = this.#cursor;
    const since_ns = this.#waitingSince_ns;
    return {
      next,
      behind: this.#options.ledger.next - next,
      unmapped_points,
      expired_points,
      retries: this.#retries,
      /** Age of the oldest record that is not stored, as far as it was read. */
      ...(since_ns === undefined ? {} : { lag_s: Math.max(0, secondsOf(nsNow() - since_ns)) }),
      ...(this.#failing
        ? {
            failing: this.#failing,
            failing_s: (Date.now() - this.#failing.since_ms) / 1000,
            code: this.#failing.code,
            reason: this.#failing.reason,
          }
        : {}),
    };
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

  /**
   * Writes records [from, to] once more, after what kept the store from taking all of them was mended.
   * @returns how many points it still refuses.
   * @throws BenchlineError while the store cannot be reached.
   */
  async again(from: number, to: number): Promise<number> {
    let refused = 0;
    for (let at = from; at <= to; ) {
      const portion = await gather(this.#options.ledger, at);
      if (portion.points > 0) refused += (await this.#options.store.write(portion.write)).rejected.length;
      at = portion.next;
    }
    return refused;
  }

  /** Runs until the signal aborts; rejects never. */
  async run(signal: AbortSignal): Promise<void> {
    const { ledger } = this.#options;
    /** Gathered while the portion before it was on its way. */
    let ahead: Promise<Portion> | undefined;
    while (!signal.aborted) {
      await ledger.waitFor(this.next, signal);
      if (!ahead) await this.#pace(signal);
      if (signal.aborted) break;
      try {
        await this.#verify();
        const portion = await (ahead ?? gather(ledger, this.next));
        this.#waitingSince_ns = portion.received_ns;
        ahead = this.#gatherAhead(portion);
        await this.#store(portion);
        if (this.next !== portion.next) ahead = undefined;
      } catch (error) {
        ahead = undefined;
        await this.#backOff(error, signal);
      }
    }
    if (!this.#failing) await this.#save().catch((error: unknown) => this.#complain(error));
  }

  async #pace(signal: AbortSignal): Promise<void> {
    const early_ms = this.#wroteAt_ms + betweenWrites_ms - performance.now();
    if (early_ms > 0) await sleep(early_ms, undefined, { signal }).catch(() => {});
  }

  /** The portion after a full one, if there is any. */
  #gatherAhead({ points, next }: Portion): Promise<Portion> | undefined {
    if (points < wantedPoints || next >= this.#options.ledger.next) return undefined;
    const ahead = gather(this.#options.ledger, next);
    // Whoever awaits it hears of it; nobody does when the portion before it fails.
    ahead.catch(() => undefined);
    return ahead;
  }

  /** A store that was dropped or brought back from an older copy gets again what it has lost. */
  async #verify(): Promise<void> {
    if (this.#verified) return;
    const { ledger, log } = this.#options;
    const held = await this.#held(this.next);
    if (held < this.#marked) await this.#lost(held);
    // Nobody told it of the last of what was written.
    else if (held < this.next) this.#cursor = { ...this.#cursor, next: held };
    if (this.next < ledger.floor) {
      log.warn(
        { next: this.next, floor: ledger.floor },
        'the retention of the ledger has deleted records that the store does not hold; it begins after them',
      );
      this.#cursor = { ...this.#cursor, next: ledger.floor };
    }
    this.#verified = true;
  }

  /** What the store says that it holds; one that cannot be marked is believed to hold what was written. */
  async #held(written: number): Promise<number> {
    const { store } = this.#options;
    return store.marked ? ((await store.marked(this.#cursor.ledger_id)) ?? 0) : written;
  }

  async #lost(held: number): Promise<void> {
    const { next } = this.#cursor;
    this.#options.log.warn(
      { next, held },
      'the store holds less than was written; writing the ledger again from there',
    );
    this.#verified = false;
    this.#marked = held;
    this.#cursor = { ...this.#cursor, next: held, life: newLife() };
    // Before anything else is written: who has read of the store must learn of it, whatever ends this process.
    await this.#saveFile();
  }

  async #store(portion: Portion): Promise<void> {
    const from = this.next;
    this.#wroteAt_ms = performance.now();
    const { rejected } =
      portion.points > 0 ? await this.#options.store.write(portion.write) : { rejected: [] };
    this.#cursor = { ...this.#cursor, next: portion.next };
    for (const item of rejected) this.#reject(item, portion, from);
    this.#waitingSince_ns = undefined;
    if (this.#failing) this.#options.log.info({ next: this.next }, 'the store takes points again');
    this.#failing = undefined;
    for (const wake of [...this.#waiters]) wake();
    if (performance.now() - this.#savedAt_ms >= cursorPause_ms) await this.#save();
  }

  #reject(item: WriteOutcome['rejected'][number], portion: Portion, from: number): void {
    switch (item.code) {
      case 'unknown_signal':
        // Not wrong in itself: the plant file does not know it yet. It is in the ledger, and counted.
        this.#cursor.unmapped_points += 1;
        this.#cursor.unmapped_from ??= from;
        return;
      case 'expired':
        this.#cursor.expired_points += 1;
        return;
      case 'unrepresentable':
      case 'refused': {
        if (item.kind === 'observation') this.#cursor.quarantined_observations += 1;
        this.#options.quarantine.put(
          'store_rejected',
          Buffer.from(JSON.stringify(pointOf(item, portion.write))),
          {
            ...{ kind: item.kind, code: item.code, detail: item.detail },
            ...{ from_offset: from, to_offset: portion.next - 1 },
          },
        );
      }
    }
  }

  async #backOff(error: unknown, signal: AbortSignal): Promise<void> {
    const known = error instanceof BenchlineError ? error : undefined;
    const reason = describeError(error);
    const attempts = (this.#failing?.attempts ?? 0) + 1;
    const pause_ms = backOff(attempts, known?.retry_after_s);
    if (this.#failing?.reason !== reason || !known)
      this.#options.log.warn(
        { reason, ...(known ? {} : { err: error }) },
        'cannot store points; trying again',
      );
    this.#retries += 1;
    this.#verified = false;
    this.#failing = {
      since_ms: this.#failing?.since_ms ?? Date.now(),
      code: known?.code ?? 'unexpected',
      reason,
      attempts,
      next_try_ms: Date.now() + pause_ms,
    };
    await sleep(pause_ms, undefined, { signal }).catch(() => {});
  }

  /** First in the store, then in the file: the file never knows of more than the store. */
  async #save(): Promise<void> {
    this.#savedAt_ms = performance.now();
    const { ledger_id, next } = this.#cursor;
    // One that was away between two writes has refused none of them, and may be an older copy since.
    const held = await this.#held(next);
    if (held < this.#marked) return await this.#lost(held);
    await this.#options.store.mark?.(ledger_id, next);
    this.#marked = next;
    await this.#saveFile();
  }

  async #saveFile(): Promise<void> {
    const { ledger, cursorFile } = this.#options;
    const { line: _, ...cursor } = this.#cursor;
    const line = await ledger.lineDigest(cursor.next - 1);
    await writeCursor(cursorFile, { ...cursor, ...(line === undefined ? {} : { line }) }).catch(
      (error: unknown) => this.#complain(error),
    );
  }

  #complain(error: unknown): void {
    this.#options.log.warn({ reason: describeError(error) }, 'cannot write the cursor of the projection');
  }
}
