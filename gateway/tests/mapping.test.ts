import { type Signal, status, type Value } from '@benchline/model';
import { Mapper } from '@benchline/model/mapping';
import { describe, expect, test } from 'vitest';

const states: Signal = {
  measurement: 'state',
  states: { RUN: 'producing', '3': 'setup', 'Layer *': 'producing' },
  ignore_case: false,
};
const number: Signal = { measurement: 'signal', type: 'number', unit: 'kW' };
const integer: Signal = { measurement: 'signal', type: 'integer', unit: '1' };
const flag: Signal = { measurement: 'signal', type: 'flag', unit: '1' };
const text: Signal = { measurement: 'signal', type: 'text', unit: '1' };
const count: Signal = { measurement: 'count', role: 'good', counts_per_item: 1, on_decrease: 'reset' };
const energy: Signal = {
  measurement: 'energy',
  carrier: 'electricity',
  register: 'import',
  unit: 'MWh',
  on_decrease: 'reset',
};
const program: Signal = { measurement: 'context', role: 'program' };

function map(
  signal: Signal,
  native: Value | undefined,
  options: { scale?: number; offset?: number; code?: number } = {},
) {
  const mapper = new Mapper('mill-1', 'line', new Map([['x', { signal, address: 'i=1', ...options }]]));
  const {
    signal: _s,
    source_time_ns: _t,
    ordinal: _o,
    ...rest
  } = mapper.map({
    signal: 'x',
    source_time_ns: 5n,
    native,
    status: options.code ?? 0,
  }) ?? { signal: '', source_time_ns: 0n, ordinal: 0, status: -1 };
  return rest;
}

describe('values of signals', () => {
  test('a state is looked up by its text, number or beginning, and the native one is kept', () => {
    expect(map(states, 'RUN')).toEqual({ value: 'producing', native: 'RUN', status: 0 });
    expect(map(states, 3)).toEqual({ value: 'setup', native: '3', status: 0 });
    expect(map(states, 'Layer 7 Up')).toEqual({ value: 'producing', native: 'Layer 7 Up', status: 0 });
  });

  test('a state that the plant does not list has no value and is counted by what it said', () => {
    const mapper = new Mapper('mill-1', 'line', new Map([['state', { signal: states, address: 'i=1' }]]));
    const reading = { signal: 'state', source_time_ns: 1n, native: 'toString', status: 0 };
    expect(mapper.map(reading)).toEqual({
      signal: 'state',
      source_time_ns: 1n,
      ordinal: 0,
      native: 'toString',
      status: status.badOutOfRange,
    });
    mapper.map(reading);
    expect(mapper.unlisted).toEqual([{ signal: 'state', native: 'toString', count: 2 }]);
  });

  test('a Bad status carries no value, whatever came with it; an Uncertain one does', () => {
    expect(map(number, 17, { code: status.badNotConnected })).toEqual({ status: status.badNotConnected });
    expect(map(number, 17, { code: status.uncertain })).toEqual({ value: 17, status: status.uncertain });
    expect(map(number, undefined)).toEqual({ status: status.bad });
  });

  test('NaN and infinities become Bad and are told apart by their native text', () => {
    expect(map(number, Number.NaN)).toEqual({ native: 'NaN', status: status.badOutOfRange });
    expect(map(integer, Number.POSITIVE_INFINITY)).toEqual({
      native: 'Infinity',
      status: status.badOutOfRange,
    });
  });

  test('integers keep every digit; what int64 cannot hold is Bad and kept as text', () => {
    expect(map(count, 9_007_199_254_740_993n)).toEqual({ value: 9_007_199_254_740_993n, status: 0 });
    expect(map(count, 41)).toEqual({ value: 41n, status: 0 });
    expect(map(integer, 2n ** 64n - 1n)).toEqual({
      native: '18446744073709551615',
      status: status.badOutOfRange,
    });
    expect(map(integer, 1.5)).toEqual({ native: 1.5, status: status.badTypeMismatch });
  });

  test('a number is changed by scale and offset only, and then the native one is kept', () => {
    expect(map(energy, 12.5)).toEqual({ value: 12.5, status: 0 });
    expect(map(energy, 12_500n, { scale: 0.001 })).toEqual({ value: 12.5, native: 12_500n, status: 0 });
    expect(map(number, 20, { scale: 1.8, offset: 32 })).toEqual({ value: 68, native: 20, status: 0 });
    expect(map(number, 9_007_199_254_740_993n)).toEqual({
      value: 9_007_199_254_740_992,
      native: 9_007_199_254_740_993n,
      status: 0,
    });
    expect(map(count, 7, { scale: 12 })).toEqual({ value: 84n, native: 7n, status: 0 });
  });

  test('flags, texts and programs', () => {
    expect(map(flag, true)).toEqual({ value: true, status: 0 });
    expect(map(flag, 0)).toEqual({ value: false, native: 0, status: 0 });
    expect(map(flag, 'yes')).toEqual({ native: 'yes', status: status.badTypeMismatch });
    expect(map(text, 'ok')).toEqual({ value: 'ok', status: 0 });
    expect(map(program, 4711)).toEqual({ value: '4711', native: 4711, status: 0 });
    expect(map(text, 'a\ud800b')).toEqual({ native: 'a\ufffdb', status: status.badDataEncodingInvalid });
    expect(map(number, '12.5')).toEqual({ native: '12.5', status: status.badTypeMismatch });
  });
});

describe('the digest of a mapping', () => {
  const digest = (signal: Signal, address: string, scale?: number) =>
    new Mapper('mill-1', 'line', new Map([['x', { signal, address, scale }]])).digest;

  test('changes with what decides and not with a display name', () => {
    const before = digest(number, 'i=1');
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(digest({ ...number, name: { en: 'Power', zh: '功率' } }, 'i=1')).toBe(before);
    expect(digest(number, 'i=2')).not.toBe(before);
    expect(digest(number, 'i=1', 2)).not.toBe(before);
    expect(digest({ ...states, states: { RUN: 'setup' } }, 'i=1')).not.toBe(digest(states, 'i=1'));
  });
});
