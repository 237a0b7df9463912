import { setTimeout as sleep } from 'node:timers/promises';

/** Waits so many seconds, or until the signal aborts. */
export async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  await sleep(seconds * 1000, undefined, { signal }).catch(() => undefined);
}
