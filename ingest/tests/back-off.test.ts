import { expect, test } from 'vitest';
import { backOff } from '../src/projection/back-off.ts';

test('waits longer each time, within bounds, and as long as the store asks', () => {
  for (let attempts = 1; attempts < 40; attempts += 1) {
    const full = Math.min(15_000, 250 * 2 ** (attempts - 1));
    expect(backOff(attempts)).toBeGreaterThanOrEqual(full / 2);
    expect(backOff(attempts)).toBeLessThanOrEqual(full);
  }
  expect(backOff(1, 60)).toBe(60_000);
  expect(backOff(1, 1e9)).toBe(300_000);
});
