import type { CommandInput } from '@benchline/model';
import { SimClock } from '../time/clock.ts';
import { TruthLog } from '../time/truth.ts';
import { durationOption, positiveOption, textOption } from './options.ts';

/** Opens the truth log of `--truth`; one that keeps nothing without that option. */
export async function openTruth(values: CommandInput['values']): Promise<TruthLog> {
  const file = textOption(values, 'truth');
  if (file === undefined) return TruthLog.none();
  const limit = positiveOption(values, 'truth-limit', Number.POSITIVE_INFINITY);
  return await TruthLog.open(file, limit * megabyte);
}

const megabyte = 1_000_000;

/** However short the history, what was held up is caught up at least so many times as fast. */
const slowestRate = 20;

/** Where simulated time begins, and how fast it catches up from there. */
export interface History {
  /** `--history` ago, ms since 1970, rounded down to a multiple of the grid. */
  oldest_ms: number;
  /** So that a whole history takes `--catch-up`. */
  rate: number;
}

/** What `--history` and `--catch-up` ask for. @param gridMs the history begins at a multiple of it, ms. @throws BenchlineError `usage`. */
export function historyOf(values: CommandInput['values'], fallback: string, gridMs = 1): History {
  const history = durationOption(values, 'history', fallback);
  const catchUp = Math.max(1, durationOption(values, 'catch-up', '40s'));
  return {
    oldest_ms: Math.floor((Date.now() - history) / gridMs) * gridMs,
    rate: Math.max(slowestRate, 1 + history / catchUp),
  };
}

/**
 * A clock that begins a history ago, or where an earlier process stopped if that is nearer.
 *
 * Without a truth log the default history is none: a later process could not know what it has said of that time.
 */
export function historyClock(
  values: CommandInput['values'],
  truth: TruthLog,
  gridMs = 1,
): { from_ms: number; clock: SimClock } {
  const { oldest_ms, rate } = historyOf(values, truth.isKept ? '24h' : '0s', gridMs);
  const from_ms = Math.max(oldest_ms, truth.lastTime_ms ?? oldest_ms);
  return { from_ms, clock: new SimClock({ start_ms: from_ms, rate }) };
}
