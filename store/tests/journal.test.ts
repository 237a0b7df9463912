import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Journal, type JournalOptions, openJournal, viewJournal } from '@benchline/store/journal';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const bytesOf = (text: string) => Buffer.from(text, 'utf8');
const folderOfTest = () => mkdtempSync(join(tmpdir(), 'benchline-journal-'));

let folder: string;
let opened: Journal[];
beforeEach(() => {
  folder = folderOfTest();
  opened = [];
});
afterEach(async () => {
  for (const journal of opened) await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Partial<JournalOptions> = {}): Promise<Journal> {
  const journal = await openJournal({ folder, ...options });
  opened.push(journal);
  return journal;
}

async function textsFrom(journal: Journal, from: number): Promise<string[]> {
  const texts: string[] = [];
  for (let at = from; at < journal.next; ) {
    const read = await journal.read(at, 64);
    expect(read.missing).toEqual([]);
    read.records.forEach((record, index) => {
      expect(record.position).toBe(at + index);
      texts.push(Buffer.from(record.data).toString('utf8'));
    });
    at = read.next;
  }
  return texts;
}

const bytesRead = () => Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
const segmentFiles = () => readdirSync(folder).sort();
const newestFile = () => join(folder, segmentFiles().at(-1) ?? '');

describe('a journal', () => {
  it('gives back what was appended, in order, also after it was opened again', async () => {
    const journal = await start({ segment_bytes: 60 });
    expect(await journal.append([bytesOf('one'), bytesOf(''), bytesOf('three')])).toBe(0);
    expect(await journal.append([bytesOf('four')])).toBe(3);
    expect(await textsFrom(journal, 0)).toEqual(['one', '', 'three', 'four']);
    await journal.close();
    const again = await start({ segment_bytes: 60 });
    expect(again.recovery).toEqual({ cut_bytes: 0, cut_from: undefined });
    expect(await again.append([bytesOf('five')])).toBe(4);
    expect(await textsFrom(again, 2)).toEqual(['three', 'four', 'five']);
  });

  it('keeps the order of calls that are made at once', async () => {
    const journal = await start({ segment_bytes: 500 });
    const firsts = await Promise.all(
      Array.from({ length: 200 }, (_, i) => journal.append([bytesOf(`a${i}`), bytesOf(`b${i}`)])),
    );
    expect(firsts).toEqual(Array.from({ length: 200 }, (_, i) => 2 * i));
    expect(await textsFrom(journal, 0)).toEqual(
      Array.from({ length: 200 }, (_, i) => [`a${i}`, `b${i}`]).flat(),
    );
    expect(segmentFiles().length).toBeGreaterThan(3);
  });

  it('writes the frames that its documentation states', async () => {
    const journal = await start();
    await journal.append([bytesOf('a')]);
    // length 1; CRC-32 of eight zero bytes and 'a', as Python's zlib.crc32 gives it; position 0; 'a'
    expect(readFileSync(newestFile()).toString('hex')).toBe('010000006045bcdc000000000000000061');
  });

  it('reads at least one record, however small the limit', async () => {
    const journal = await start();
    await journal.append([Buffer.alloc(300_000, 1), Buffer.alloc(200_000, 2)]);
    const read = await journal.read(0, 1);
    expect(read.records.map(({ data }) => data.length)).toEqual([300_000]);
    expect(read.next).toBe(1);
  });

  it('reads on where it was in a file of an earlier run', async (ctx) => {
    ctx.skip(process.platform !== 'linux', 'only Linux says how much a process has read');
    const journal = await start({ segment_bytes: 2_000_000 });
    for (let i = 0; i < 40; i += 1)
      await journal.append(Array.from({ length: 20 }, () => Buffer.alloc(5000)));
    await journal.close();
    const again = await start({ segment_bytes: 2_000_000 });
    expect(again.segments.length).toBeGreaterThan(1);
    const before = bytesRead();
    for (let at = 0; at < again.next; ) at = (await again.read(at, 50_000)).next;
    expect(bytesRead() - before).toBeLessThan(10 * again.bytes);
  });

  it('trims whole segments below a position and keeps the positions of the others', async () => {
    const journal = await start({ segment_bytes: 30 });
    for (let i = 0; i < 10; i += 1) await journal.append([bytesOf(`record ${i}`)]);
    const { segments } = journal;
    expect(segments.length).toBe(5);
    await journal.trim(5);
    expect(journal.floor).toBe(4);
    expect(await textsFrom(journal, 4)).toEqual([4, 5, 6, 7, 8, 9].map((i) => `record ${i}`));
    expect((await journal.read(0, 1)).records[0]?.position).toBe(4);
    await journal.close();
    const again = await start({ segment_bytes: 30 });
    expect([again.floor, again.next]).toEqual([4, 10]);
    await again.trim(1000);
    expect([again.floor, again.next]).toEqual([8, 10]);
  });

  it('refuses what would exceed its bound, and takes more once it was trimmed', async () => {
    const journal = await start({ segment_bytes: 100, max_bytes: 300 });
    await journal.append([Buffer.alloc(100)]);
    await journal.append([Buffer.alloc(100)]);
    await expect(journal.append([Buffer.alloc(100)])).rejects.toMatchObject({
      code: 'journal_full',
      retryable: true,
    });
    await journal.trim(1);
    expect(await journal.append([Buffer.alloc(100)])).toBe(2);
    expect(journal.bytes).toBe(2 * 116);
  });

  it('wakes who waits for a position, and only when it is durable', async () => {
    const journal = await start();
    const woken: string[] = [];
    const stop = new AbortController();
    const waits = [
      journal.waitFor(1, stop.signal).then(() => woken.push('one')),
      journal.waitFor(2, stop.signal).then(() => woken.push('two')),
    ];
    await journal.append([bytesOf('zero')]);
    expect(woken).toEqual([]);
    await journal.append([bytesOf('one')]);
    await waits[0];
    expect(woken).toEqual(['one']);
    stop.abort();
    await waits[1];
    expect(woken).toEqual(['one', 'two']);
    await journal.waitFor(0, new AbortController().signal);
  });
});

describe('a disk that fails', () => {
  it('refuses appends as long as it does, loses nothing and goes on in a file of its own', async () => {
    const journal = await start({ segment_bytes: 40 });
    await journal.append([bytesOf('one'), bytesOf('two'), bytesOf('three')]);
    // The next segment cannot be begun.
    renameSync(folder, `${folder}.away`);
    for (let i = 0; i < 3; i += 1)
      await expect(journal.append([bytesOf('lost')])).rejects.toMatchObject({
        code: 'journal_unwritable',
        retryable: true,
      });
    expect(journal.next).toBe(3);
    renameSync(`${folder}.away`, folder);
    await expect
      .poll(() => journal.append([bytesOf('four')]).catch(() => undefined), { timeout: 5000, interval: 100 })
      .toBe(3);
    await journal.append([bytesOf('five')]);
    expect(await textsFrom(journal, 0)).toEqual(['one', 'two', 'three', 'four', 'five']);
    await journal.close();
    expect(await textsFrom(await start({ segment_bytes: 40 }), 0)).toEqual([
      'one',
      'two',
      'three',
      'four',
      'five',
    ]);
  });
});

describe('damage', () => {
  const records = Array.from({ length: 12 }, (_, i) => `record number ${i}`);

  it('in the newest segment: wherever it was torn, a prefix remains and the cut is counted', async () => {
    const journal = await start();
    await journal.append(records.map(bytesOf));
    await journal.close();
    const file = newestFile();
    const whole = readFileSync(file);
    for (let length = 0; length < whole.length; length += 1) {
      writeFileSync(file, whole.subarray(0, length));
      const torn = await openJournal({ folder });
      const kept = await textsFrom(torn, 0);
      expect(kept).toEqual(records.slice(0, kept.length));
      expect(torn.recovery.cut_bytes).toBe(length - torn.bytes);
      if (torn.recovery.cut_bytes > 0) expect(torn.recovery.cut_from).toBe(kept.length);
      expect(await torn.append([bytesOf('after')])).toBe(kept.length);
      expect(await textsFrom(torn, kept.length)).toEqual(['after']);
      await torn.close();
    }
  });

  it('in the newest segment: any flipped bit leaves exactly the records before it', async () => {
    const journal = await start();
    await journal.append(records.slice(0, 3).map(bytesOf));
    await journal.close();
    const file = newestFile();
    const whole = readFileSync(file);
    const ends = [0, 1, 2].map((i) =>
      records.slice(0, i + 1).reduce((sum, text) => sum + 16 + text.length, 0),
    );
    for (let bit = 0; bit < whole.length * 8; bit += 1) {
      const flipped = Buffer.from(whole);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      writeFileSync(file, flipped);
      const mended = await openJournal({ folder });
      const sound = ends.filter((end) => end <= bit >> 3).length;
      expect(await textsFrom(mended, 0)).toEqual(records.slice(0, sound));
      await mended.close();
    }
  });

  it('in the newest segment: keeps what lies behind it when told to, and a view of it changes nothing', async () => {
    const journal = await start();
    await journal.append(records.map(bytesOf));
    await journal.close();
    const file = newestFile();
    const bytes = readFileSync(file);
    const at = bytes.indexOf('number 4');
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(file, bytes.subarray(0, bytes.length - 3));
    const view = await viewJournal(folder);
    expect([view.next, view.recovery.cut_from]).toEqual([11, 11]);
    expect(readFileSync(file).length).toBe(bytes.length - 3);
    const kept = await start({ behind_damage: 'keep' });
    const read = await kept.read(0, 10_000);
    expect(read.missing).toEqual([{ from: 4, to: 5 }]);
    expect(read.records.map(({ position }) => position)).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 9, 10]);
    expect(await kept.append([bytesOf('after')])).toBe(11);
  });

  it('in an older segment: costs the record it hit, and the read says which', async () => {
    const journal = await start({ segment_bytes: 200 });
    for (const text of records) await journal.append([bytesOf(text)]);
    const [older] = journal.segments;
    expect(older?.end).toBe(7);
    const file = join(folder, segmentFiles()[0] ?? '');
    const whole = readFileSync(file);
    await journal.close();
    for (let bit = 0; bit < whole.length * 8; bit += 7) {
      const flipped = Buffer.from(whole);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      writeFileSync(file, flipped);
      const hit = Math.floor((bit >> 3) / 31);
      const damaged = await openJournal({ folder, segment_bytes: 200 });
      const read = await damaged.read(0, 10_000);
      expect(read.missing).toEqual([{ from: hit, to: hit + 1 }]);
      expect(read.records.map(({ position }) => position)).toEqual(
        records.map((_, i) => i).filter((i) => i !== hit),
      );
      expect(read.next).toBe(12);
      await damaged.close();
    }
  });

  it('in an older segment: what was cut from its end is missing up to the next segment', async () => {
    const journal = await start({ segment_bytes: 200 });
    for (const text of records) await journal.append([bytesOf(text)]);
    await journal.close();
    const file = join(folder, segmentFiles()[0] ?? '');
    writeFileSync(file, readFileSync(file).subarray(0, 100));
    const damaged = await start({ segment_bytes: 200 });
    expect(await damaged.read(5, 10_000)).toMatchObject({ missing: [{ from: 5, to: 7 }], next: 12 });
    expect((await damaged.read(0, 10_000)).missing).toEqual([{ from: 3, to: 7 }]);
  });

  it('does not stop a journal from opening when foreign files lie in its folder', async () => {
    writeFileSync(join(folder, 'notes.txt'), 'hello');
    const journal = await start();
    expect(await journal.append([bytesOf('x')])).toBe(0);
  });
});
