import { describe, expect, it } from 'vitest';
import { parseBoundedJson } from '../../src/telemetry/bounded-json.ts';

const max = { length: 200_000, depth: 3 };

describe('JSON from outside', () => {
  it.each([
    ['[[[1]]]', [[[1]]]],
    ['{"a":{"b":[]}}', { a: { b: [] } }],
    ['"[[[[[{{{{"', '[[[[[{{{{'],
    ['["\\"[[[[","\\\\",[2]]', ['"[[[[', '\\', [2]]],
    ['[[],[],[],[],[[]]]', [[], [], [], [], [[]]]],
  ])('%s is parsed', (text, value) => {
    expect(parseBoundedJson(text, max)).toEqual(value);
  });

  it('is refused before it is parsed when it is too long or nests too deep', () => {
    for (const text of ['[[[[1]]]]', '{"a":[{"b":[1]}]}', '['.repeat(100_000)])
      expect(() => parseBoundedJson(text, max)).toThrow('nests deeper than 3');
    expect(() => parseBoundedJson(`"${' '.repeat(200_000)}"`, max)).toThrow('at most 200000');
    expect(() => parseBoundedJson('[', max)).toThrow(SyntaxError);
  });
});
