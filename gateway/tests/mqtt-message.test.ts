import { describe, expect, test } from 'vitest';
import { MqttConfig } from '../src/sources/mqtt/config.ts';
import { parseJson, pointTo } from '../src/sources/mqtt/json.ts';
import { readMessage } from '../src/sources/mqtt/message.ts';

describe('JSON of devices', () => {
  test.each([
    ['{"a":{"b~":[10,{"c/d":1}]}}', '/a/b~0/1/c~1d', 1],
    ['{"":5}', '/', 5],
    ['[1,2]', '/01', undefined],
    ['{"a":1}', '/toString', undefined],
    ['7', '', 7],
    ['{"n":18446744073709551615}', '/n', 18_446_744_073_709_551_615n],
    ['{"n":1e400}', '/n', Number.POSITIVE_INFINITY],
  ])('%s at %s', (document, pointer, expected) => {
    expect(pointTo(parseJson(Buffer.from(document)), pointer)).toBe(expected);
  });
});

const config = MqttConfig.parse({
  id: 'packer',
  type: 'mqtt',
  topic: 'plant/packer',
  machine: 'packer-1',
  time: { pointer: '/t', format: 'unix_ms' },
  sequence: { pointer: '/seq' },
  tags: { total: { pointer: '/v/total' } },
});

test.each([
  ['a message that is no JSON', '{"seq":2', 'one JSON text in UTF-8'],
  ['a message that is no JSON', Buffer.from([0x22, 0xff, 0x22]), 'one JSON text in UTF-8'],
  ['a message of 1048578 bytes', `"${'x'.repeat(1024 * 1024)}"`, 'less in one message'],
  ['a message that nests deeper than 64', '['.repeat(65), 'flatter'],
  ["no time (unix_ms) at '/t'", '{"seq":2}', 'time.pointer'],
  ["no whole sequence number at '/seq'", '{"t":1,"seq":0.5}', 'sequence.pointer'],
])('%s: it is said what to do', (fact, document, hint) => {
  expect(() => readMessage(Buffer.from(document), config)).toThrow(
    expect.objectContaining({
      code: 'bad_request',
      message: expect.stringContaining(fact),
      hint: expect.stringContaining(hint),
    }),
  );
});
