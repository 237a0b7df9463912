import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfig, parseConfig, resolveFrom } from '../../src/config/load.ts';
import { nearest } from '../../src/config/nearest.ts';
import { complaint, unmark } from '../plant/marked.ts';

const Config = z.strictObject({
  data_dir: z.string().describe('Folder for data'),
  interval_ms: z.int().min(10).max(5000).default(100),
  store: z.union([
    z.strictObject({ embedded: z.strictObject({ file: z.string() }) }),
    z.strictObject({ influx: z.strictObject({ url: z.url(), version: z.literal([1, 2]) }) }),
  ]),
  sources: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('opcua'), endpoint: z.string() }),
        z.strictObject({ type: z.literal('mqtt'), topic: z.string() }),
      ]),
    )
    .default([]),
});
const store = 'store: { embedded: { file: x } }';

function complaints(marked: string) {
  const { text, marks } = unmark(marked);
  return { marks, ...complaint(() => parseConfig(Config, text, 'gateway.yaml')) };
}

describe('a configuration', () => {
  it('is YAML or JSON, with its defaults', () => {
    const expected = { data_dir: 'data', interval_ms: 100, store: { embedded: { file: 'x' } }, sources: [] };
    expect(parseConfig(Config, `data_dir: data\n${store}\n`, 'a.yaml')).toEqual(expected);
    expect(
      parseConfig(Config, '{\n\t"data_dir": "data",\n\t"store": {"embedded": {"file": "x"}}\n}', 'a.json'),
    ).toEqual(expected);
  });

  it.each([
    ['a missing key', `§${store}`, 'data_dir: is missing → add data_dir: folder for data'],
    ['a fraction', `data_dir: d\n${store}\ninterval_ms: §0.5`, 'interval_ms: 0.5 is not a whole number'],
    [
      'too much',
      `data_dir: d\n${store}\ninterval_ms: §9000`,
      'interval_ms: 9000 is too much → give at most 5000',
    ],
    [
      'a union, by the branch that was meant',
      'data_dir: d\nstore: { embedded: { §fil: x } }',
      "store.embedded.fil: is not a key that belongs here → did you mean 'file'?",
    ],
    [
      'a choice of numbers',
      'data_dir: d\nstore: { influx: { url: "http://h", version: §3 } }',
      'store.influx.version: 3 is not allowed here → choose one of: 1, 2',
    ],
    [
      'no URL',
      'data_dir: d\nstore: { influx: { url: §localhost, version: 1 } }',
      "store.influx.url: 'localhost' does not fit → write a URL such as",
    ],
    ['a union of other kinds', 'data_dir: d\nstore: §7', 'store: 7 is not allowed here'],
    [
      'the wrong branch of a discriminated union',
      `data_dir: d\n${store}\nsources: [{ type: mqtt, topic: t, §endpoint: e }]`,
      'sources[0].endpoint: is not a key that belongs here → remove it; the keys here are: type, topic',
    ],
    ['a list instead of keys', '§- 1', 'a list is not a group of keys'],
    ['nothing at all', '§', 'nothing is not a group of keys'],
    ['a text over many lines', `data_dir: d\n${store}\ninterval_ms: §|\n  ten\n  twenty`, 'is not a number'],
  ])('is refused for %s', (_, marked, message) => {
    const { code, lines, marks } = complaints(marked);
    expect([code, lines.length]).toEqual(['config_invalid', 1]);
    expect(lines[0]).toMatch(new RegExp(`^gateway\\.yaml:${marks[0]} `));
    expect(lines[0]).toContain(message);
  });

  it('points into an anchor where an alias repeats its mistake', () => {
    const { lines } = complaints(
      `data_dir: d\n${store}\nsources:\n  - &s { type: opcua, endpont: e }\n  - *s`,
    );
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/^gateway\.yaml:4:23 .*did you mean 'endpoint'/);
  });

  it.each([
    ['a doubled key', 'data_dir: a\n§data_dir: b\n'],
    ['an open bracket', 'data_dir: [a\nstore: b§\n'],
    ['a tag of another program', 'data_dir: §!!python/object x\n'],
  ])('is refused for YAML with %s', (_, marked) => {
    const { code, lines, marks } = complaints(marked);
    expect(code).toBe('config_invalid');
    expect(lines[0]).toMatch(new RegExp(`^gateway\\.yaml:${marks[0]?.split(':')[0]}:\\d+ .* → `));
  });

  it('does not grow without bound from nested aliases', () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) =>
        `l${i}: &l${i} [${Array(10)
          .fill(i === 0 ? 'x' : `*l${i - 1}`)
          .join(', ')}]`,
    );
    expect(complaint(() => parseConfig(Config, levels.join('\n'), 'bomb.yaml')).code).toBe('config_invalid');
  });
});

describe('a configuration file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'benchline-config-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is read from disk; its paths are relative to it', () => {
    const file = join(folder, 'gateway.yaml');
    writeFileSync(file, `data_dir: data\n${store}\n`);
    expect(resolveFrom(file, loadConfig(Config, file).data_dir)).toBe(join(folder, 'data'));
    expect(resolveFrom(file, '/var/lib/x')).toBe('/var/lib/x');
  });

  it('in another encoding is refused: its names would change unseen', () => {
    const path = join(folder, 'gbk.yaml');
    writeFileSync(path, Buffer.concat([Buffer.from('port: 1\nname: '), Buffer.from([0xb3, 0xb5])]));
    expect(complaint(() => loadConfig(Config, path)).lines).toEqual([
      `${path}:2 is not UTF-8 text → save the file in UTF-8`,
    ]);
  });

  it('that cannot be read is named in full', () => {
    for (const path of [join(folder, 'none.yaml'), folder])
      expect(complaint(() => loadConfig(Config, path))).toEqual({
        code: 'config_invalid',
        lines: [expect.stringContaining(path) as unknown],
      });
  });
});

describe('the nearest word', () => {
  it.each([
    ['calender', ['calendar', 'controller'], 'calendar'],
    ['mahcines', ['machines', 'meters'], 'machines'],
    ['planned_runtime_per_item', ['planned_run_time_per_item_s'], 'planned_run_time_per_item_s'],
    ['EN', ['en', 'zh'], 'en'],
    ['colour', ['en', 'zh', 'type'], undefined],
    ['x', ['y'], undefined],
    ['SPS', ['CNC', 'PLC', 'DCS'], undefined],
    ['', ['en'], undefined],
  ])('to %j in %j is %j', (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });
});
