import type { CommandInput } from '@benchline/model';
import { SimClock } from '../time/clock.ts';
import { durationOption } from './options.ts';

/**
 * A clock that begins `--history` ago, or where an earlier process stopped if that is nearer, and takes `--catch-up`
 * for a whole history. `grid_ms` is what the beginning is rounded down to.
 */
export function historyClock(
  values: CommandInput['values'],
  last_ms: number | undefined,
  grid_ms = 1,
): { from_ms: number; clock: SimClock } {
  const history = durationOption(values, 'history', '24h');
  const catchUp = durationOption(values, 'catch-up', '40s');
  const oldest = Math.floor((Date.now() - history) / grid_ms) * grid_ms;
  const from_ms = Math.max(oldest, last_ms ?? oldest);
  return { from_ms, clock: new SimClock({ start_ms: from_ms, rate: 1 + history / catchUp }) };
}
