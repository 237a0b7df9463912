import { setImmediate as turn } from 'node:timers/promises';

/**
 * Periods one after the other, each in a turn of its own: a list of a hundred takes seconds, and what is kept of accounts
 * is merged without waiting for anything, so that nobody else would be answered in between.
 */
export async function* inTurns<T>(periods: readonly T[]): AsyncGenerator<T> {
  for (const period of periods) {
    await turn();
    yield period;
  }
}
