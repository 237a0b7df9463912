import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LedgerBatch } from './ledger.ts';

/** Observations that ingest says it has put into quarantine, by machine, signal and source time. */
export class Quarantined {
  readonly #ids = new Set<string>();

  /** What a ledger holds back is in no store. */
  takeHeld({ held, machine, observations }: LedgerBatch): void {
    if (held === undefined) return;
    for (const { signal, source_time_ns } of observations) this.#add({ machine, signal, source_time_ns });
  }

  /** Points that a store refused lie in the quarantine's folder, as JSON beside a note of why. */
  takeFolder(folder: string): void {
    for (const name of existsSync(folder) ? readdirSync(folder) : []) {
      if (!name.endsWith('.json')) continue;
      const note = noteIn(join(folder, name));
      const bytes = join(folder, `${name.slice(0, -5)}.bin`);
      // What was submitted again is in the ledger.
      const rejected = note.reason === 'store_rejected' && note.resubmitted === undefined;
      if (rejected && existsSync(bytes)) this.#add(JSON.parse(readFileSync(bytes, 'utf8')) as Point);
    }
  }

  has(machine: string, signal: string, time_ns: bigint): boolean {
    return this.#ids.has(`${machine} ${signal} ${time_ns}`);
  }

  #add({ machine, signal, source_time_ns }: Point): void {
    this.#ids.add(`${machine} ${signal} ${source_time_ns}`);
  }
}

/** A fault may have wrecked it; then it says nothing. */
function noteIn(file: string): { reason?: string; resubmitted?: unknown } {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ReturnType<typeof noteIn>;
  } catch {
    return {};
  }
}

interface Point {
  machine?: string;
  signal?: string;
  source_time_ns?: string;
}
