import { setTimeout as sleep } from 'node:timers/promises';
import type { Box } from './box.ts';

const pollMs = 200;
const limitMs = 60_000;

interface GatewayStatus {
  sources: { id: string; connected: boolean }[];
}

/**
 * Waits until the gateway reads every source, at most a minute: what a machine says before anybody has connected to
 * it reaches nobody, and a run that ends by then could not account for it.
 *
 * @returns ids of the sources that are still not read.
 */
export async function sourcesRead(box: Box, signal: AbortSignal): Promise<string[]> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const status = (await (await fetch(`${box.gatewayUrl}/status`)).json()) as GatewayStatus;
    const missing = status.sources.filter(({ connected }) => !connected).map(({ id }) => id);
    if (missing.length === 0 || Date.now() > deadline || signal.aborted) return missing;
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
}
