import { api } from './api.ts';
import { pause } from './pause.ts';
import type { EnergyAlarm } from './types.ts';

const leastPauseMs = 2000;
const longestPauseMs = 5000;

/**
 * Refreshes a page when the service says that something changed, at most every 2 s and at least every 5 s, and hands
 * over the alarms that stand.
 *
 * @returns what refreshes it at once.
 */
export function keepFresh(
  refresh: () => Promise<void>,
  onAlarms?: (standing: readonly EnergyAlarm[]) => void,
): () => void {
  let wake: (() => void) | undefined;
  const again = async (): Promise<never> => {
    for (;;) {
      await refresh();
      await pause(leastPauseMs);
      await Promise.race([
        pause(longestPauseMs - leastPauseMs),
        new Promise<void>((resolve) => (wake = resolve)),
      ]);
    }
  };
  api.follow({ onUpdate: () => wake?.(), ...(onAlarms && { onAlarms }) });
  void again();
  return () => wake?.();
}
