import { expect, test } from 'vitest';
import { backOff } from '../src/projection/back-off.ts';

const draws = (attempts: number, wish_s?: number) =>
  Array.from({ length: 500 }, () => backOff(attempts, wish_s));

test('waits longer each time, drawn from the whole stretch, never without a pause', () => {
  for (let attempts = 1; attempts < 40; attempts += 1) {
    const longest = Math.min(15_000, 250 * 2 ** (attempts - 1));
    const waits = draws(attempts);
    expect(Math.max(...waits)).toBeLessThanOrEqual(longest);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(50);
    // Of 500 draws some are in the lower third and some in the upper one.
    expect(Math.min(...waits)).toBeLessThan(longest / 3);
    expect(Math.max(...waits)).toBeGreaterThan((longest * 2) / 3);
  }
});

test('waits as long as the store asks, within reason, and a little more so that not all come at once', () => {
  expect(Math.min(...draws(1, 60))).toBeGreaterThanOrEqual(60_000);
  expect(Math.max(...draws(9, 60))).toBeLessThanOrEqual(61_000);
  expect(Math.max(...draws(1, 1e9))).toBeLessThanOrEqual(301_000);
});
