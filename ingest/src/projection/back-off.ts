const first_ms = 250;
const most_ms = 15_000;

/** What a store asks for is believed up to here. */
const longestWish_ms = 300_000;

/**
 * How long to wait after so many failures in a row: doubling from 0.25 s to 15 s, with jitter so that many
 * writers do not come back to a restarted store in the same instant; at least what the store asked for.
 */
export function backOff(attempts: number, wish_s = 0): number {
  const delay = Math.min(most_ms, first_ms * 2 ** Math.min(attempts - 1, 16));
  return Math.max(delay * (0.5 + Math.random() / 2), Math.min(wish_s * 1000, longestWish_ms));
}
