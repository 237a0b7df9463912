import { describe, expect, it } from 'vitest';
import { canonicalStateOf, Signal } from '../src/index.ts';

const signal = (states: Record<string, string>, ignore_case = false) =>
  Signal.parse({ measurement: 'state', states, ignore_case }) as Extract<Signal, { measurement: 'state' }>;

describe('state table', () => {
  it('prefers the exact entry, then the longest beginning', () => {
    const table = signal({ 'Layer*': 'producing', 'Layer 2*': 'setup', 'Layer 2 Up': 'waiting' });
    expect(canonicalStateOf(table, 'Layer 1 Down')).toBe('producing');
    expect(canonicalStateOf(table, 'Layer 2 Down')).toBe('setup');
    expect(canonicalStateOf(table, 'Layer 2 Up')).toBe('waiting');
  });

  it('does not guess a state that is not listed', () => {
    expect(canonicalStateOf(signal({ End: 'waiting' }), 'end')).toBeUndefined();
    expect(canonicalStateOf(signal({ End: 'waiting' }, true), 'end')).toBe('waiting');
    expect(canonicalStateOf(signal({ 'Layer*': 'producing' }), 'Lay')).toBeUndefined();
  });
});
