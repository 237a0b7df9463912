import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { openJournal } from '@benchline/store/journal';
import type { Bench, Setting } from './bench.ts';
import { inTurns, perCpuSecond, perSecond, type Turn, timed } from './measure.ts';
import { compared } from './row.ts';

const valuesPerRecord = 100;
const recordBytes = 1200;
/** Appends that wait for their fsync at the same time. */
const inFlight = 64;

/** The journal under spool and ledger beside a bare file that commits the same records in the same groups. */
export const spool: Bench = {
  summary: 'appends to the spool, fsynced, beside writev and fdatasync on a bare file',
  async run(setting: Setting) {
    const records = setting.quick ? 10_000 : 50_000;
    const { things, limits } = await inTurns({
      turns: setting.quick ? 3 : 5,
      warm_up: true,
      most_s: setting.quick ? 4 : 15,
      signal: setting.signal,
      thing: async (turn) => {
        const journal = await openJournal({ folder: join(setting.folder, `journal-${turn}`) });
        try {
          return await measured(records, (record) => journal.append([record]));
        } finally {
          await journal.close();
        }
      },
      limit: async (turn) => {
        const file = await open(join(setting.folder, `bare-${turn}`), 'w');
        try {
          const bare = new BareFile(file);
          return await measured(records, (record) => bare.append(record));
        } finally {
          await file.close();
        }
      },
    });
    return [
      compared(
        { name: 'spool append', unit: 'values/s', goal: 0.5 },
        things.map(perSecond),
        limits.map(perSecond),
      ),
      compared(
        { name: 'spool append, CPU', unit: 'values/CPU-s' },
        things.map(perCpuSecond),
        limits.map(perCpuSecond),
      ),
    ];
  },
};

function measured(records: number, append: (record: Uint8Array) => Promise<unknown>): Promise<Turn> {
  const record = Buffer.alloc(recordBytes, 'x');
  return timed(records * valuesPerRecord, async () => {
    let left = records;
    const appendInTurn = async () => {
      while (left > 0) {
        left -= 1;
        await append(record);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, appendInTurn));
  });
}

/** What waits while an fdatasync runs is written by the next writev: the least that group commit takes. */
class BareFile {
  readonly #file: FileHandle;
  #waiting: { record: Uint8Array; done: () => void; failed: (error: unknown) => void }[] = [];
  #committing = false;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  append(record: Uint8Array): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ record, done, failed });
      if (!this.#committing) void this.#commit();
    });
  }

  async #commit(): Promise<void> {
    this.#committing = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0);
      try {
        await this.#file.writev(group.map(({ record }) => record));
        await this.#file.datasync();
        for (const { done } of group) done();
      } catch (error) {
        for (const { failed } of group) failed(error);
      }
    }
    this.#committing = false;
  }
}
