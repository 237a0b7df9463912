import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@benchline/simulators';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  copyFolder,
  cutLength,
  cutPlaces,
  flipBit,
  restoreFolder,
  segmentsBelow,
  wreck,
  wreckages,
} from '../../src/faults/tools/damage.ts';
import { SmallDisk } from '../../src/faults/tools/small-disk.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'benchline-damage-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A segment of records with payloads of these sizes. */
function segment(...sizes: number[]): Buffer {
  return Buffer.concat(
    sizes.map((size) => {
      const frame = Buffer.alloc(16 + size, 7);
      frame.writeUInt32LE(size, 0);
      return frame;
    }),
  );
}

describe('damage to a journal', () => {
  it('cuts in every part of a record', () => {
    // Records at 0, 26 and 62.
    const bytes = segment(10, 20, 30);
    const lengths = (back: number) =>
      Object.fromEntries(cutPlaces.map((place) => [place, cutLength(bytes, place, back)]));
    expect(lengths(0)).toEqual({
      length: 64,
      checksum: 68,
      position: 73,
      payload: 93,
      'last-byte': 107,
      boundary: 62,
      all: 0,
    });
    expect(lengths(1)).toMatchObject({ boundary: 26, 'last-byte': 61 });
    expect(lengths(9)).toMatchObject({ boundary: 0 });
    for (const place of cutPlaces) expect(cutLength(Buffer.alloc(0), place)).toBe(0);
  });

  it('turns exactly one bit round', () => {
    const file = join(temporaryFolder(), 'segment');
    const before = segment(100);
    writeFileSync(file, before);
    const at = flipBit(file, new Random('a'));
    const changed = [...readFileSync(file)].flatMap((byte, i) => (byte === before[i] ? [] : [[i, byte]]));
    expect(changed).toEqual([[at?.byte, (before[at?.byte ?? 0] ?? 0) ^ (1 << (at?.bit ?? 0))]]);
  });

  it('wrecks small files in every way', () => {
    const folder = temporaryFolder();
    const left = wreckages.map((wreckage) => {
      const file = join(folder, `${wreckage}.json`);
      writeFileSync(file, '{"next":12}');
      wreck(file, wreckage);
      return readdirSync(folder).includes(`${wreckage}.json`) ? statSync(file).size : undefined;
    });
    expect(left).toEqual([0, 5, 11, 11, undefined]);
  });

  it('brings a folder back from a copy, and finds its segments in order', () => {
    const folder = temporaryFolder();
    const data = join(folder, 'data');
    mkdirSync(join(data, 'journal'), { recursive: true });
    writeFileSync(join(data, 'journal', '0000000000000000.segment'), 'old');
    copyFolder(data, join(folder, 'copy'));
    writeFileSync(join(data, 'journal', '0000000000000000.segment'), 'new');
    writeFileSync(join(data, 'journal', '0000000000000009.segment'), 'newer');
    expect(segmentsBelow(data).map((file) => readFileSync(file, 'utf8'))).toEqual(['new', 'newer']);
    restoreFolder(join(folder, 'copy'), data);
    expect(segmentsBelow(data).map((file) => readFileSync(file, 'utf8'))).toEqual(['old']);
  });
});

it('fills a small disk to the last byte', ({ skip }) => {
  const folder = join(temporaryFolder(), 'disk');
  const impossible = SmallDisk.impossible();
  skip(impossible !== undefined, impossible);
  const disk = SmallDisk.mount(folder, 1 << 20);
  onTestFinished(() => disk.unmount());
  const file = join(disk.folder, 'file');
  disk.fill();
  expect(() => writeFileSync(file, Buffer.alloc(8192))).toThrow('ENOSPC');
  disk.free();
  writeFileSync(file, Buffer.alloc(8192));
  expect(statSync(file).size).toBe(8192);
});
