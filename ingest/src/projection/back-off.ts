const first_ms = 250;
const most_ms = 15_000;
/** Not even a lucky draw makes the tries follow each other without a pause. */
const least_ms = 50;

/** What a store asks for is believed up to here. */
const longestWish_ms = 300_000;

/**
 * How long to wait after so many failures in a row: up to 0.25 s, doubling to 15 s, drawn from the whole stretch so
 * that many writers do not come back to a restarted store in the same instant; and after what the store asked for.
 */
export function backOff(attempts: number, wish_s = 0): number {
  const longest = Math.min(most_ms, first_ms * 2 ** Math.min(attempts - 1, 16));
  const wish_ms = Math.min(wish_s * 1000, longestWish_ms);
  return wish_ms + Math.max(least_ms, Math.random() * (wish_ms > 0 ? Math.min(longest, 1000) : longest));
}
