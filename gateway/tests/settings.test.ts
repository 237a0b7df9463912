import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchlineError, describeError } from '@benchline/model';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkFiles } from '../src/check.ts';
import { loadSettings } from '../src/settings.ts';
import { OpcuaConfig } from '../src/sources/opcua/config.ts';
import { machinesOf, resolveNode } from '../src/sources/opcua/tags.ts';
import { configure } from './support/gateway-process.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'benchline-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const endpoint = 'opc.tcp://127.0.0.1:4840';
const source = (change: object) => ({
  id: 'cell',
  type: 'opcua',
  endpoint,
  security: { mode: 'SignAndEncrypt' },
  tag_sets: { lathe: { state: { node: 'i=1' } } },
  machines: [{ machine: 'lathe-1', tag_set: 'lathe' }],
  ...change,
});

function refusal(change: object): string {
  const file = configure(folder, endpoint, 'mqtt://127.0.0.1:1883', change);
  try {
    loadSettings(file);
  } catch (error) {
    expect(error).toBeInstanceOf(BenchlineError);
    return describeError(error);
  }
  throw new Error('it was accepted');
}

describe('a configuration is refused with what to do', () => {
  const machine = (entry: object) => [source({ machines: [entry] })];
  test.each([
    ['a machine that the plant lacks', machine({ machine: 'lathe-9', tag_set: 'lathe' }), /'lathe-9'/],
    [
      'a signal that its type lacks',
      machine({ machine: 'lathe-1', tags: { speed: { node: 'i=1' } } }),
      /no signal 'speed'/,
    ],
    ['a tag set that is not there', machine({ machine: 'lathe-1', tag_set: 'press' }), /no tag set 'press'/],
    ['a machine without tags', machine({ machine: 'lathe-1' }), /maps no tags/],
    [
      'a scaled text',
      machine({ machine: 'lathe-1', tags: { state: { node: 'i=1', scale: 2 } } }),
      /cannot be scaled/,
    ],
    [
      'a placeholder that nothing fills',
      machine({ machine: 'lathe-1', tags: { state: { node: 's={cell}' } } }),
      /stands for \{cell\}/,
    ],
    ['no security and no word of it', [source({ security: { mode: 'None' } })], /accept/],
    [
      'a signal fed twice',
      [source({}), source({ id: 'other' })],
      /lathe-1\.state is fed already by source 'cell'/,
    ],
    [
      'a source named twice',
      [source({}), source({ machines: [{ machine: 'lathe-2', tag_set: 'lathe' }] })],
      /there twice/,
    ],
    ['an unknown key', [source({ sampling_ms: 3 })], /sampling_ms/],
  ])('%s', (_what, sources, message) => {
    const said = refusal({ sources });
    expect(said).toMatch(message);
    expect(said).toContain('→');
  });
});

test('a complete configuration is read with paths relative to its file', () => {
  const file = configure(folder, endpoint, 'mqtt://127.0.0.1:1883');
  const settings = loadSettings(file);
  expect(settings.data_dir).toBe(join(folder, 'data'));
  expect(settings.context.pki_dir).toBe(join(folder, 'data', 'pki'));
  expect(settings.sources.map((s) => s.machines.map((m) => m.asset.id))).toEqual([['lathe-1', 'lathe-2']]);
  expect(settings.sources[0]?.marks).toEqual(['unauthenticated_source']);
});

test('is not in order, to be checked as to be started, where it opens to others and asks nobody', () => {
  const open = { http: { host: '0.0.0.0', port: 0 } };
  const settings = loadSettings(configure(folder, endpoint, 'mqtt://127.0.0.1:1883', open));
  expect(() => checkFiles(settings)).toThrow('will not listen on 0.0.0.0 without credentials');
});

test('one tag set serves many machines, by substitution', () => {
  const config = OpcuaConfig.parse(
    source({
      tag_sets: {
        lathe: { state: { node: 'nsu=urn:x;s={cell}/{machine}.State' }, power: { node: 'i=7', scale: 2 } },
      },
      machines: [
        { machine: 'lathe-1', tag_set: 'lathe', substitution: { cell: 'A' } },
        {
          machine: 'lathe-2',
          tag_set: 'lathe',
          substitution: { cell: 'B' },
          tags: { power: { node: 'i=8' } },
        },
      ],
    }),
  );
  const addresses = machinesOf(config).map((m) =>
    [...m.tags].map(([id, tag]) => [id, tag.address, tag.scale]),
  );
  expect(addresses).toEqual([
    [
      ['state', 'nsu=urn:x;s=A/lathe-1.State', undefined],
      ['power', 'i=7', 2],
    ],
    [
      ['state', 'nsu=urn:x;s=B/lathe-2.State', undefined],
      ['power', 'i=8', undefined],
    ],
  ]);
});

test('a node is found by the index that its namespace has now', () => {
  expect(resolveNode('nsu=urn:b;s=x;y', ['urn:ua', 'urn:a', 'urn:b'])).toBe('ns=2;s=x;y');
  expect(resolveNode('i=2258', ['urn:ua'])).toBe('i=2258');
  expect(() => resolveNode('nsu=urn:c;s=x', ['urn:ua', 'urn:a'])).toThrow(/no namespace urn:c/);
});
