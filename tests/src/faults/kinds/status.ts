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
  spool: z.object({
    epoch: z.string(),
    refusing: z.boolean(),
    /** Unacknowledged batches that are gone, by what took them. */
    lost: z.record(z.string(), z.number()),
  }),
  publisher: z.object({ alarms: z.array(z.string()) }),
});

const ReadyAnswer = z.object({ stages: z.array(z.object({ stage: z.string(), state: z.string() })) });

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

/** What the gateway says of its spool. */
export async function spoolOf(world: World): Promise<z.output<typeof GatewayStatus>['spool']> {
  return (await gatewayStatus(world)).spool;
}

/** The gaps that the gateway has declared since it was started, by source and reason. */
export async function gapsSinceStart(
  world: World,
): Promise<{ source: string; reason: string; count: number }[]> {
  const response = await fetch(`${world.urls.gateway}/metrics`, { signal: AbortSignal.timeout(timeoutMs) });
  const rows = (await response.text()).matchAll(
    /^benchline_gateway_gaps_total\{source="([^"]*)",reason="([^"]*)"\} (\d+)/gm,
  );
  return [...rows].map(([, source = '', reason = '', count]) => ({ source, reason, count: Number(count) }));
}

/** Whether a service answers that it is not ready because a stage of it does not work. */
export async function stageFails(url: string, stage: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(timeoutMs) });
    const { stages } = ReadyAnswer.parse(await response.json());
    return response.status === 503 && stages.some((told) => told.stage === stage && told.state !== 'working');
  } catch {
    return false;
  }
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
