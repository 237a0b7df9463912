const first_ms = 250;
const most_ms = 15_000;

/**
 * How long to wait after so many failures in a row: doubling from 0.25 s to 15 s, with jitter so that many
 * writers do not come back to a restarted store in the same instant.
 */
export function backOff(attempts: number): number {
  const delay = Math.min(most_ms, first_ms * 2 ** Math.min(attempts - 1, 16));
  return delay * (0.5 + Math.random() / 2);
}
