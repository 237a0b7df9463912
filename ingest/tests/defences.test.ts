import { type Batch, indexPlant, nsFromIso, parsePlant } from '@benchline/model';
import { describe, expect, test } from 'vitest';
import { SourceClocks } from '../src/intake/clocks.ts';
import { EpochsHeard } from '../src/intake/epochs.ts';
import { FailureBudget } from '../src/intake/failures.ts';
import { SeriesBook } from '../src/intake/series.ts';
import { plantText } from './kit/works.ts';

const at_ms = Date.parse('2026-03-02T08:00:00Z');
const gateway_time_ns = nsFromIso('2026-03-02T08:00:00Z');
const second = 1_000_000_000n;

function batch(signals: readonly string[], rest: Partial<Batch> = {}): Batch {
  return {
    v: 1,
    gateway: 'gateway-1',
    epoch: '018000000000-00000000',
    seq: 0,
    prev: '',
    gateway_time_ns,
    machine: 'mill',
    source: 'opc',
    mapping: 'ab'.repeat(32),
    marks: [],
    observations: signals.map((signal) => ({
      signal,
      source_time_ns: gateway_time_ns,
      ordinal: 0,
      value: 1,
      status: 0,
    })),
    gaps: [],
    ...rest,
  };
}

describe('a budget of series', () => {
  const plant = indexPlant(parsePlant(plantText, 'plant.yaml'));

  test('lets known series pass for ever and new ones up to the bound, a source counting as one', () => {
    const book = new SeriesBook(plant, 4);
    expect(book.admit(batch(['power', 'parts', 'power']))).toBe(true);
    expect(book.seriesOf('gateway-1')).toEqual({ known: 3, max: 4 });
    expect(book.admit(batch(['power', 'state', 'bomb-1']))).toBe(false);
    // What was turned away has used nothing up.
    expect(book.admit(batch(['state']))).toBe(true);
    expect(book.admit(batch(['power']))).toBe(true);
    expect(book.admit(batch([], { source: 'other' }))).toBe(false);
    expect(book.admit(batch(['power'], { gateway: 'gateway-2' }))).toBe(true);
    expect(book.seriesOf('gateway-1')).toEqual({ known: 4, max: 4 });
  });

  test('counts what the plant file does not have, each time it comes', () => {
    const book = new SeriesBook(plant, 100);
    book.admit(batch(['power', 'constructor']));
    book.admit(batch(['constructor', 'constructor']));
    book.admit(batch(['power'], { machine: 'oven' }));
    expect(book.unmapped()).toEqual({ names: { 'mill/constructor': 3, 'oven/power': 1 }, others: 0 });
  });
});

describe('the clock of a source', () => {
  const source = 'mill/opc';

  test('is as far ahead or behind as its newest times say, whatever is late besides', () => {
    const clocks = new SourceClocks();
    const until = (offset: bigint, late = 0n) =>
      clocks.note(
        batch(['power'], {
          gateway_time_ns: gateway_time_ns + late,
          observed: { from_ns: 0n, until_ns: gateway_time_ns + offset * second },
          observations: [],
        }),
        at_ms,
      );
    until(-90n);
    until(-90n, 30n * second);
    expect(clocks.report()[source]).toMatchObject({ offset_s: -90, drifting: true });
    until(2n);
    expect(clocks.report()[source]).toMatchObject({ offset_s: 2, drifting: false });
  });

  test('forgets after some minutes what it showed before it was set', () => {
    const clocks = new SourceClocks();
    const note = (offset_s: bigint, now_ms: number) =>
      clocks.note(
        batch([], { observed: { from_ns: 0n, until_ns: gateway_time_ns + offset_s * second } }),
        now_ms,
      );
    note(3600n, at_ms);
    note(0n, at_ms + 301_000);
    expect(clocks.report()[source]?.offset_s).toBe(3600);
    note(0n, at_ms + 602_000);
    expect(clocks.report()[source]?.offset_s).toBe(0);
  });

  test('that cannot be true is counted, not measured; a simulated one is neither', () => {
    const clocks = new SourceClocks();
    const times = ['1970-01-01T00:00:00Z', '2000-01-01T00:00:00Z', '2026-03-04T00:00:00Z'].map(nsFromIso);
    const observations = times.map((source_time_ns) => ({
      signal: 'power',
      source_time_ns,
      ordinal: 0,
      value: 1,
      status: 0,
    }));
    clocks.note(batch([], { observations }), at_ms);
    expect(clocks.report()[source]).toEqual({ drifting: false, insane: { before: 2, ahead: 1 } });
    clocks.note(
      batch([], { source: 'replay', observations: observations.slice(0, 2), marks: ['simulated_clock'] }),
      at_ms,
    );
    expect(clocks.report()['mill/replay']).toEqual({ drifting: false, insane: { before: 0, ahead: 0 } });
  });
});

describe('a budget for bad messages', () => {
  test('runs out for who sends them, not for others, and comes back with time', () => {
    const budget = new FailureBudget();
    for (let i = 0; i < 200; i += 1) budget.spend('attacker', at_ms);
    expect(budget.allows('attacker', at_ms)).toBe(false);
    expect(budget.allows('gateway-1', at_ms)).toBe(true);
    expect(budget.allows('attacker', at_ms + 200)).toBe(true);
  });

  test('remembers a bounded number of names and lets all further ones share one', () => {
    const budget = new FailureBudget();
    for (let i = 0; i < 100_000; i += 1) budget.spend(`node-${i}`, at_ms);
    expect(budget.allows('never-heard', at_ms)).toBe(false);
    // Whoever has used nothing up is forgotten, so that room comes back.
    budget.spend('one-more', at_ms + 60_000);
    expect(budget.allows('never-heard', at_ms + 60_000)).toBe(true);
  });
});

test('the epochs of a gateway are the last few heard, with what was refused of each', () => {
  const heard = new EpochsHeard();
  for (let i = 0; i < 9; i += 1) heard.note(`epoch-${i}`, i > 0, at_ms + i);
  heard.note('epoch-5', false, at_ms + 100);
  expect(heard.report().map(({ epoch }) => epoch)).toEqual([
    'epoch-4',
    'epoch-6',
    'epoch-7',
    'epoch-8',
    'epoch-5',
  ]);
  expect(heard.report().at(-1)).toEqual({
    epoch: 'epoch-5',
    last_heard: '2026-03-02T08:00:00.100Z',
    messages: 2,
    refused: 1,
  });
});
