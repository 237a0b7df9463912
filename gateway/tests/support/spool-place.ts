import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SignedBatch } from '@benchline/model';
import { openSpool } from '../../src/spool/index.ts';
import type { Spool } from '../../src/spool/port.ts';
import { gatewayKey } from './batches.ts';

/** A temporary folder with a spool in it. */
export class SpoolPlace {
  readonly place = mkdtempSync(join(tmpdir(), 'benchline-spool-'));
  readonly folder = join(this.place, 'spool');
  readonly #opened: Spool[] = [];

  async start(max_bytes?: number, folder = this.folder): Promise<Spool> {
    const options = { folder, gateway: 'gw-1', key: gatewayKey };
    const spool = await openSpool(max_bytes === undefined ? options : { ...options, max_bytes });
    this.#opened.push(spool);
    return spool;
  }

  /** A copy of what a process would find that was started after this one was killed now. */
  copy(): string {
    const copy = join(this.place, `copy-${this.#opened.length}`);
    cpSync(this.folder, copy, { recursive: true });
    return copy;
  }

  afterKill(): Promise<Spool> {
    return this.start(undefined, this.copy());
  }

  /** The file that batches are written to. */
  newestSegment(spool: Spool, folder = this.folder): string {
    const epoch = join(folder, spool.epoch);
    return join(epoch, readdirSync(epoch).sort().at(-1) ?? '');
  }

  async remove(): Promise<void> {
    for (const spool of this.#opened) await spool.close();
    rmSync(this.place, { recursive: true, force: true });
  }
}

/** All batches that can be read from a sequence number on. */
export async function allFrom(spool: Spool, from = 0): Promise<SignedBatch[]> {
  const all: SignedBatch[] = [];
  for (let at = from; at < spool.next; at = (all.at(-1)?.content.seq ?? spool.next) + 1) {
    const some = await spool.read(at, 10_000);
    if (some.length === 0) break;
    all.push(...some);
  }
  return all;
}
