import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodePoint, type FieldValue, influxTimeRange } from '../src/line-protocol/encode.ts';

interface CorpusCase {
  input: {
    point: {
      time: number | bigint;
      name: string;
      tags: { key: string; value: string }[];
      fields: { key: string; value: Record<string, FieldValue> }[];
    };
  };
  output: { result?: string; error?: string };
}

/** Integers beyond 2⁵³ and the kinds of numbers are kept: every number arrives as its source text. */
const corpus = JSON.parse(readFileSync(new URL('./corpus/encode.json', import.meta.url), 'utf8'), ((
  _key: string,
  value: unknown,
  context: { source?: string },
) => (typeof value === 'number' ? { source: context.source } : value)) as (
  key: string,
  value: unknown,
) => unknown) as Record<string, CorpusCase>;

const numeral = (value: unknown) => (value as { source: string }).source;

function encodeCase({ input: { point } }: CorpusCase): string {
  const fields = point.fields.map(({ key, value }) => {
    const [kind, given] = Object.entries(value)[0] as [string, FieldValue];
    if (kind === 'int') return [key, BigInt(numeral(given))];
    return [key, kind === 'float' ? Number(numeral(given)) : given];
  });
  return encodePoint({
    measurement: point.name,
    tags: Object.fromEntries(point.tags.map(({ key, value }) => [key, value])),
    fields: Object.fromEntries(fields),
    time_ns: BigInt(numeral(point.time)),
  });
}

describe('the public corpus of line protocol', () => {
  it.each(Object.entries(corpus))('%s', (_id, example) => {
    expect(encodeCase(example)).toBe(example.output.result);
  });
});

describe('encodePoint', () => {
  const point = { measurement: 'm', tags: { a: 'x' }, fields: { f: 1 }, time_ns: 0n };

  it('sorts tags and tells the four types apart', () => {
    const fields = { number: 0.1, integer: -(2n ** 63n), text: 'a"b\\c\nd', flag: false, absent: undefined };
    expect(encodePoint({ measurement: 'm', tags: { b: '2', a: '1' }, fields, time_ns: -1n })).toBe(
      'm,a=1,b=2 number=0.1,integer=-9223372036854775808i,text="a\\"b\\\\c\nd",flag=false -1',
    );
  });

  it.each([
    ['NaN', { fields: { f: Number.NaN } }],
    ['an infinity', { fields: { f: Number.NEGATIVE_INFINITY } }],
    ['an integer above int64', { fields: { f: 2n ** 63n } }],
    ['an integer below int64', { fields: { f: -(2n ** 63n) - 1n } }],
    ['a lone surrogate in a text', { fields: { f: '\ud800' } }],
    ['no fields', { fields: { f: undefined } }],
    ['an empty field name', { fields: { '': 1 } }],
    ['a newline in a field name', { fields: { 'a\nb': 1 } }],
    ['a field name that ends in a backslash', { fields: { 'a\\': 1 } }],
    ['the reserved field name', { fields: { time: 1 } }],
    ['an empty tag name', { tags: { '': 'x' } }],
    ['an empty tag value', { tags: { a: '' } }],
    ['a newline in a tag value', { tags: { a: 'x\ninjected f=1' } }],
    ['another control character in a tag value', { tags: { a: 'x\u0085' } }],
    ['a tag value that ends in a backslash', { tags: { a: 'x\\' } }],
    ['a tag name that ends in a backslash', { tags: { 'a\\': 'x' } }],
    ['an empty measurement', { measurement: '' }],
    ['a measurement that makes a comment', { measurement: '#m' }],
    ['a measurement that ends in a backslash', { measurement: 'm\\' }],
    ['a measurement with a backslash before a comma', { measurement: 'm\\,n' }],
    ['a backslash before a space in a tag together with a quote', { tags: { a: 'x\\ y', b: '"' } }],
    ['an unsigned integer above uint64', { fields: { f: { uint: 2n ** 64n } } }],
    ['an unsigned integer below zero', { fields: { f: { uint: -1n } } }],
    ['a field name with a backslash before a quote', { fields: { 'a\\"b': 1 } }],
    ['an instant before the first', { time_ns: influxTimeRange.first_ns - 1n }],
    ['an instant after the last', { time_ns: influxTimeRange.last_ns + 1n }],
  ])('refuses %s by name', (_what, part) => {
    expect(() => encodePoint({ ...point, ...part })).toThrow(
      expect.objectContaining({ name: 'BenchlineError', code: 'value_unrepresentable' }),
    );
  });
});
