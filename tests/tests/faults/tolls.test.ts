import { describe, expect, it } from 'vitest';
import { Tolls } from '../../src/faults/oracle/tolls.ts';

const s = (seconds: number) => BigInt(seconds) * 1_000_000_000n;

describe('what faults may cost', () => {
  const tolls = new Tolls();
  tolls.allow([{ as: 'gap', machines: ['mill-1'], before_s: 5, after_s: 10 }], 100_000, 110_000);
  tolls.allow('nothing', 200_000, 300_000);

  it('holds for the machines, the kind and the time of the fault with its allowances', () => {
    expect(tolls.covers('gap', 'mill-1', s(95))).toBe(true);
    expect(tolls.covers('gap', 'mill-1', s(120))).toBe(true);
    expect(tolls.covers('gap', 'mill-1', s(94))).toBe(false);
    expect(tolls.covers('gap', 'mill-1', s(121))).toBe(false);
    expect(tolls.covers('gap', 'lathe-1', s(100))).toBe(false);
    expect(tolls.covers('quarantine', 'mill-1', s(100))).toBe(false);
    expect(tolls.covers('gap', 'mill-1', s(250))).toBe(false);
  });

  it('leaves of a stretch what it does not cover', () => {
    expect(tolls.uncovered_ns('mill-1', { from_ns: s(90), to_ns: s(130) })).toBe(s(5) + s(10));
    expect(tolls.uncovered_ns('mill-1', { from_ns: s(96), to_ns: s(97) })).toBe(0n);
    expect(tolls.uncovered_ns('lathe-1', { from_ns: s(96), to_ns: s(97) })).toBe(s(1));
  });
});
