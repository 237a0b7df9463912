import { describe, expect, it } from 'vitest';
import { retryAfter_s } from '../src/influx/failure.ts';

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    ['7', 7],
    [' 0 ', 0],
    ['Thu, 01 Jan 2026 00:01:30 GMT', 90],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    ['', undefined],
  ])('%s means %s s', (header, seconds) => {
    expect(retryAfter_s(header, now)).toBe(seconds);
  });
});
