import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { World } from '../fault.ts';
import { pause } from './pause.ts';

const timeoutMs = 3000;
const pollMs = 250;

const GatewayStatus = z.object({
  sources: z.array(
    z.object({ id: z.string(), state: z.string(), counters: z.record(z.string(), z.number()) }),
  ),
  spool: z.object({ epoch: z.string() }),
  publisher: z.object({ alarms: z.array(z.string()) }),
});

/** The gateway's own word on how it fares. Rejects when it does not answer. */
async function gatewayStatus(world: World): Promise<z.output<typeof GatewayStatus>> {
  const response = await fetch(`${world.urls.gateway}/status`, { signal: AbortSignal.timeout(timeoutMs) });
  return GatewayStatus.parse(await response.json());
}

/** Resolves when the gateway raises one of these alarms. Rejects when it does not within `limit_s`. */
export async function awaitAlarm(world: World, alarms: readonly string[], limit_s: number): Promise<void> {
  const raised = async () => {
    const status = await gatewayStatus(world).catch(() => undefined);
    return status?.publisher.alarms.some((alarm) => alarms.includes(alarm)) === true;
  };
  await until(`an alarm of the gateway (${alarms.join(' or ')})`, raised, limit_s);
}

export async function gatewayEpoch(world: World): Promise<string> {
  return (await gatewayStatus(world)).spool.epoch;
}

/** Resolves when the gateway reads a source. Rejects when it does not within `limit_s`. */
export async function awaitSource(
  world: World,
  source: string,
  limit_s: number,
  signal: AbortSignal,
): Promise<void> {
  for (const end = performance.now() + limit_s * 1000; ; await pause(pollMs / 1000, signal)) {
    const status = await gatewayStatus(world).catch(() => undefined);
    if (signal.aborted || status?.sources.find(({ id }) => id === source)?.state === 'running') return;
    if (performance.now() > end) throw new Error(`the gateway does not read ${source} after ${limit_s} s`);
  }
}

/** Resolves when something holds. Rejects after `limit_s`, saying what was waited for. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limit_s: number,
): Promise<void> {
  for (const end = performance.now() + limit_s * 1000; !(await holds()); await sleep(pollMs))
    if (performance.now() > end) throw new Error(`${what}: not within ${limit_s} s`);
}
