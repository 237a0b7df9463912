import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError, isoFromNs, type Log, nsNow } from '@benchline/model';

export type QuarantineReason =
  /** Not a Sparkplug payload, or not a batch or hello of the contract. */
  | 'malformed'
  /** On the topic of another gateway or machine than it was signed for. */
  | 'wrong_topic'
  | 'unknown_key'
  | 'signature_invalid'
  /** A second history under a sequence number that the ledger has. */
  | 'fork'
  /** Brought more new series than its gateway may have; the ledger holds it back, too. */
  | 'series_budget'
  /** The telemetry store refused it for what it contains. */
  | 'store_rejected';

export interface QuarantineStatus {
  /** How often something was put here since the service started. */
  seen: Partial<Record<QuarantineReason, number>>;
  /** What the folder holds. */
  files: number;
  bytes: number;
  /** What came since the start while the folder was at its bound, and was counted only. */
  not_kept: number;
  max_files: number;
  max_bytes: number;
}

const logPause_ms = 10_000;

/**
 * Keeps what was not let in, for a person to look at: the bytes as `DIGEST.bin`, why and whence as `DIGEST.json`.
 * Names are made of the bytes' SHA-256 digest alone, so no input chooses one. The same bytes are kept once, and
 * no more than the bounds, so that a flood of rubbish costs a fixed amount of disk.
 */
export class Quarantine {
  readonly folder: string;
  readonly #bounds: { max_files: number; max_bytes: number };
  readonly #log: Log;
  readonly #kept = new Set<string>();
  readonly #seen: Partial<Record<QuarantineReason, number>> = {};
  readonly #logged = new Map<QuarantineReason, number>();
  readonly #writing = new Set<Promise<void>>();
  #bytes = 0;
  #notKept = 0;

  constructor(options: { folder: string; log: Log; max_files?: number; max_bytes?: number }) {
    this.folder = options.folder;
    this.#log = options.log;
    this.#bounds = { max_files: options.max_files ?? 1000, max_bytes: options.max_bytes ?? 64 << 20 };
    mkdirSync(this.folder, { recursive: true });
    for (const name of readdirSync(this.folder))
      if (name.endsWith('.bin')) {
        this.#kept.add(name.slice(0, -4));
        this.#bytes += statSync(join(this.folder, name)).size;
      }
  }

  /** Returns at once; the files are written meanwhile. */
  put(reason: QuarantineReason, bytes: Uint8Array, about: Readonly<Record<string, unknown>>): void {
    const seen = (this.#seen[reason] ?? 0) + 1;
    this.#seen[reason] = seen;
    const digest = createHash('sha256').update(bytes).digest('hex');
    this.#say(reason, { ...about, digest, seen });
    if (this.#kept.has(digest)) return;
    if (this.#kept.size >= this.#bounds.max_files || this.#bytes + bytes.length > this.#bounds.max_bytes) {
      this.#notKept += 1;
      return;
    }
    this.#kept.add(digest);
    this.#bytes += bytes.length;
    const note = { reason, at: isoFromNs(nsNow()), bytes: bytes.length, ...about };
    const writing = this.#write(digest, bytes, note).finally(() => this.#writing.delete(writing));
    this.#writing.add(writing);
  }

  status(): QuarantineStatus {
    return {
      seen: { ...this.#seen },
      files: this.#kept.size,
      bytes: this.#bytes,
      not_kept: this.#notKept,
      ...this.#bounds,
    };
  }

  /** Resolves when everything put here so far is on its way to the disk. */
  async settle(): Promise<void> {
    await Promise.all(this.#writing);
  }

  async #write(digest: string, bytes: Uint8Array, note: unknown): Promise<void> {
    try {
      await writeFile(join(this.folder, `${digest}.json`), `${JSON.stringify(note)}\n`);
      await writeFile(join(this.folder, `${digest}.bin`), bytes);
    } catch (error) {
      this.#kept.delete(digest);
      this.#bytes -= bytes.length;
      this.#notKept += 1;
      this.#log.warn({ reason: describeError(error) }, 'cannot write into the quarantine');
    }
  }

  #say(reason: QuarantineReason, facts: Readonly<Record<string, unknown>>): void {
    const now = Date.now();
    if (now - (this.#logged.get(reason) ?? 0) < logPause_ms) return;
    this.#logged.set(reason, now);
    this.#log.warn({ ...facts, reason }, 'put into quarantine');
  }
}
