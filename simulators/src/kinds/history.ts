import type { CommandInput } from '@benchline/model';
import { SimClock } from '../time/clock.ts';
import { TruthLog } from '../time/truth.ts';
import { durationOption, textOption } from './options.ts';

/** Opens the truth log of `--truth`; one that keeps nothing without that option. */
export async function openTruth(values: CommandInput['values']): Promise<TruthLog> {
  const file = textOption(values, 'truth');
  return file === undefined ? TruthLog.none() : await TruthLog.open(file);
}

/** However short the history, what was held up is caught up at least so many times as fast. */
const slowestRate = 20;

/**
 * A clock that begins `--history` ago, or where an earlier process stopped if that is nearer, and takes `--catch-up`
 * for a whole history. `gridMs` is what the beginning is rounded down to.
 *
 * Without a truth log the default history is none: a later process could not know what it has said of that time.
 */
export function historyClock(
  values: CommandInput['values'],
  truth: TruthLog,
  gridMs = 1,
): { from_ms: number; clock: SimClock } {
  const history = durationOption(values, 'history', truth.isKept ? '24h' : '0s');
  const catchUp = Math.max(1, durationOption(values, 'catch-up', '40s'));
  const oldest = Math.floor((Date.now() - history) / gridMs) * gridMs;
  const from_ms = Math.max(oldest, truth.lastTime_ms ?? oldest);
  return {
    from_ms,
    clock: new SimClock({ start_ms: from_ms, rate: Math.max(slowestRate, 1 + history / catchUp) }),
  };
}
