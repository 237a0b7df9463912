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

/**
 * Cases whose expected text we do not reproduce to the letter. The corpus writes doubles as Go does, with an
 * exponent from 1e6 on; ours are the shortest form of ECMAScript. Both read back as the same double.
 */
const otherNotation: Record<string, string> = {
  '34f17db4b263f6f2647d931eae615510': 'cpu value=6632243 1000000000',
};

/**
 * Cases that we refuse on purpose: a backslash directly before a space, comma or equals sign. InfluxDB 2.x takes
 * them; 1.6.7 does not split lines and names in the same way after one.
 */
const refusedOnPurpose: Record<string, string> = {
  '20f288a995174bed597f0b405df7756b': String.raw`tag value \,,=east`,
  b3db57d81f6283cd8ffdc25df4ef66d1: String.raw`tag value eas\ t`,
  f84fa178c83d4c4fdeb903e337af0c88: String.raw`tag key reg\=ion`,
};

describe('the public corpus of line protocol', () => {
  it.each(Object.entries(corpus))('%s', (id, example) => {
    const text = refusedOnPurpose[id];
    if (text !== undefined) {
      expect(() => encodeCase(example)).toThrow('has a backslash before');
      return;
    }
    expect(encodeCase(example)).toBe(otherNotation[id] ?? example.output.result);
  });

  it('has the same double where the notation differs', () => {
    const numberOf = (line: string | undefined) => Number(line?.match(/value=(\S+)/)?.[1]);
    for (const [id, ours] of Object.entries(otherNotation))
      expect(numberOf(ours)).toBe(numberOf(corpus[id]?.output.result));
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
    ['a tag value with a backslash before a space', { tags: { a: 'x\\ y' } }],
    ['a field name with a backslash before a quote', { fields: { 'a\\"b': 1 } }],
    ['an instant before the first', { time_ns: influxTimeRange.first_ns - 1n }],
    ['an instant after the last', { time_ns: influxTimeRange.last_ns + 1n }],
  ])('refuses %s by name', (_what, part) => {
    expect(() => encodePoint({ ...point, ...part })).toThrow(
      expect.objectContaining({ name: 'BenchlineError', code: 'value_unrepresentable' }),
    );
  });
});
