import { setTimeout as sleep } from 'node:timers/promises';
import { describeError, type Log } from '@benchline/model';
import type { Ledger } from './ledger.ts';
import type { Draft } from './record-line.ts';
import { type RetentionConfig, retire } from './retention.ts';

/** Between two looks at what is to be done. */
const pause_ms = 1000;
const retentionPause_ms = 60_000;
/** Old segments are read through once a day, slowly enough to disturb nobody: 10 MB a second. */
const scrubPause_ms = 86_400_000;
const scrubBytes = 1 << 20;
const betweenReads_ms = 100;

export interface UpkeepOptions {
  ledger: Ledger;
  plant: Draft & { kind: 'plant' };
  retention: RetentionConfig;
  /** The lowest offset that somebody still has to read. */
  held(): number;
  log: Log;
}

/** What a ledger needs done now and then. */
export class Upkeep {
  readonly #options: UpkeepOptions;
  #complaint: string | undefined;
  #retired_ms = Number.NEGATIVE_INFINITY;

  constructor(options: UpkeepOptions) {
    this.#options = options;
  }

  /** Runs until the signal aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const scrubbing = this.#scrub(signal);
    while (!signal.aborted) {
      await this.catchUp();
      await sleep(pause_ms, undefined, { signal }).catch(() => undefined);
    }
    await scrubbing;
  }

  /** Appends what the ledger should say and does not yet. While it cannot be written, that is tried again. */
  async catchUp(): Promise<void> {
    const { ledger, retention, held, plant, log } = this.#options;
    try {
      const owed = this.#owed();
      if (owed.length > 0) await ledger.append(owed);
      const now_ms = Date.now();
      if (Math.abs(now_ms - this.#retired_ms) >= retentionPause_ms) {
        this.#retired_ms = now_ms;
        await retire(ledger, retention, { held: held(), plant, log, now_ms });
      }
      this.#complaint = undefined;
    } catch (error) {
      const reason = describeError(error);
      if (reason !== this.#complaint) log.warn({ reason }, 'cannot keep up the ledger; trying again');
      this.#complaint = reason;
    }
  }

  /** The ledger holds every version of the plant file from when it was in force, and names its own damage. */
  #owed(): Draft[] {
    const { ledger, plant } = this.#options;
    const damage = ledger.book.undeclared().map((damaged): Draft => ({ kind: 'damaged', damaged }));
    const losses = ledger.book.ended.map(({ gateway, epoch, from_seq, to_seq }): Draft => {
      return { kind: 'loss', loss: { gateway, epoch, from_seq, to_seq, reason: 'damaged' } };
    });
    const inForce = ledger.book.plant?.digest === plant.digest;
    return [...damage, ...losses, ...(inForce ? [] : [plant])];
  }

  /** Damage that nobody reads would be found when the gateways no longer have what it cost. */
  async #scrub(signal: AbortSignal): Promise<void> {
    const { ledger, log } = this.#options;
    while (!signal.aborted) {
      try {
        for (let at = ledger.floor; at < ledger.next && !signal.aborted; ) {
          const records = await ledger.read(Math.max(at, ledger.floor), scrubBytes);
          at = (records.at(-1)?.position ?? ledger.next) + 1;
          await sleep(betweenReads_ms, undefined, { signal }).catch(() => undefined);
        }
      } catch (error) {
        log.warn({ reason: describeError(error) }, 'cannot read the ledger through');
      }
      await sleep(scrubPause_ms, undefined, { signal }).catch(() => undefined);
    }
  }
}
