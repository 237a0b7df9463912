import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Journal, openJournal } from '@benchline/store/journal';
import * as fc from 'fast-check';
import { it } from 'vitest';

/** What a journal must be equal to: an array of which the oldest entries may be gone. */
interface Model {
  records: string[];
  floor: number;
}
interface Real {
  folder: string;
  journal: Journal;
}
/** The tail that is kept in memory is shorter than what some commands append, and longer than a segment. */
const options = (folder: string) => ({ folder, segment_bytes: 120, tail_bytes: 200 });

function check(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

class Append implements fc.AsyncCommand<Model, Real> {
  readonly calls: readonly (readonly string[])[];
  constructor(calls: readonly (readonly string[])[]) {
    this.calls = calls;
  }
  check = () => true;
  async run(model: Model, { journal }: Real) {
    const running = this.calls.map((texts) => journal.append(texts.map((text) => Buffer.from(text))));
    for (const [index, texts] of this.calls.entries()) {
      const first = await running[index];
      check(first === model.records.length, `append gave ${first}, not ${model.records.length}`);
      model.records.push(...texts);
    }
    check(journal.next === model.records.length, 'next is not the number of records');
  }
  toString = () => `append(${JSON.stringify(this.calls)})`;
}

class Trim implements fc.AsyncCommand<Model, Real> {
  readonly share: number;
  constructor(share: number) {
    this.share = share;
  }
  check = () => true;
  async run(model: Model, { journal }: Real) {
    const below = Math.floor(this.share * model.records.length);
    await journal.trim(below);
    check(journal.floor >= model.floor && journal.floor <= Math.max(below, model.floor), 'trimmed too much');
    const [oldest] = journal.segments;
    check(journal.segments.length === 1 || (oldest?.end ?? 0) > below, 'trimmed too little');
    model.floor = journal.floor;
  }
  toString = () => `trim(${this.share})`;
}

class Read implements fc.AsyncCommand<Model, Real> {
  readonly share: number;
  readonly limit: number;
  constructor(share: number, limit: number) {
    this.share = share;
    this.limit = limit;
  }
  check = () => true;
  async run(model: Model, { journal }: Real) {
    const from = Math.floor(this.share * (model.records.length + 1));
    const { records, missing, next } = await journal.read(from, this.limit);
    const start = Math.max(from, model.floor);
    check(missing.length === 0, 'a record is missing');
    check(next === start + records.length || records.length === 0, 'next does not follow the records');
    check(records.length > 0 || start >= model.records.length, 'nothing read before the end');
    records.forEach(({ position, data }, index) => {
      check(position === start + index, `position ${position}, not ${start + index}`);
      check(Buffer.from(data).toString() === model.records[position], `other content at ${position}`);
    });
  }
  toString = () => `read(${this.share}, ${this.limit})`;
}

/** The process dies and the newest file ends anywhere: what remains must be a prefix. */
class Crash implements fc.AsyncCommand<Model, Real> {
  readonly keep: number;
  constructor(keep: number) {
    this.keep = keep;
  }
  check = () => true;
  async run(model: Model, real: Real) {
    await real.journal.close();
    const newest = join(real.folder, readdirSync(real.folder).sort().at(-1) ?? '');
    const size = readFileSync(newest).length;
    const left = Math.floor(this.keep * size);
    truncateSync(newest, left);
    const first = real.journal.segments.at(-1)?.first ?? 0;
    real.journal = await openJournal(options(real.folder));
    const { next, floor, recovery } = real.journal;
    check(floor === model.floor, 'the floor moved');
    check(next >= first && next <= model.records.length, `next is ${next}`);
    check(left < size || next === model.records.length, 'an untouched file lost records');
    check(recovery.cut_bytes === left - (real.journal.segments.at(-1)?.bytes ?? 0), 'cut bytes are wrong');
    model.records.length = next;
  }
  toString = () => `crash(${this.keep})`;
}

const text = fc.string({ maxLength: 40 });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const commands = fc.commands(
  [
    fc
      .array(fc.array(text, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 })
      .map((calls) => new Append(calls)),
    share.map((s) => new Trim(s)),
    fc.tuple(share, fc.integer({ min: 0, max: 400 })).map(([s, limit]) => new Read(s, limit)),
    fc.oneof(fc.constant(1), share).map((keep) => new Crash(keep)),
  ],
  { maxCommands: 30 },
);

it('behaves as an array under any order of append, crash, trim and read', async () => {
  await fc.assert(
    fc.asyncProperty(commands, async (run) => {
      const folder = mkdtempSync(join(tmpdir(), 'benchline-journal-'));
      const real: Real = { folder, journal: await openJournal(options(folder)) };
      try {
        await fc.asyncModelRun(() => ({ model: { records: [], floor: 0 } as Model, real }), run);
      } finally {
        await real.journal.close();
        rmSync(folder, { recursive: true, force: true });
      }
    }),
    { numRuns: 150 },
  );
});
