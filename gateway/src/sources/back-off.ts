const first_ms = 200;
const most_ms = 10_000;

/**
 * How long to wait after so many failures in a row: doubling from 0.2 s to 10 s, with jitter so that a hundred
 * gateways do not come back to a restarted server in the same instant.
 */
export function backOff(failures: number, limit_ms = most_ms): number {
  const delay = Math.min(limit_ms, first_ms * 2 ** Math.min(failures, 16));
  return delay * (0.5 + Math.random() / 2);
}
