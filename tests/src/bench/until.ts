import { setTimeout as sleep } from 'node:timers/promises';
import { BenchlineError } from '@benchline/model';

const patience_s = 60;
const pause_ms = 20;

/** Waits until a condition holds. @throws BenchlineError after a minute. */
export async function until(
  signal: AbortSignal,
  what: string,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  for (const deadline = Date.now() + patience_s * 1000; !(await condition()); await sleep(pause_ms)) {
    signal.throwIfAborted();
    if (Date.now() > deadline)
      throw new BenchlineError('source_unavailable', `it took more than ${patience_s} s until ${what}`);
  }
}
