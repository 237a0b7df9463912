import type { Box, SimulatorSpec } from '@benchline/simulators/box';
import { expect, test } from 'vitest';
import { testBox } from './kit.ts';

interface Stalled {
  stalled: { stage: string; subject?: string }[];
}

/** The stages that a service says stand still. */
async function stalled(url: string): Promise<string[]> {
  const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(3000) });
  const { stalled: stages } = (await response.json()) as Stalled;
  expect(response.status).toBe(stages.length > 0 ? 503 : 200);
  return stages.map(({ stage }) => stage);
}

/** What the console shows to stand still, by service. */
async function shown(box: Box): Promise<string[]> {
  const { stages } = (await (await fetch(`${box.url}/api/v1/pipeline`)).json()) as {
    stages: { service: string; stage: string; state: string }[];
  };
  return stages.flatMap(({ service, stage, state }) => (state === 'stalled' ? `${service} ${stage}` : []));
}

async function ready(box: Box): Promise<number[]> {
  const urls = [box.url, box.ingestUrl, box.gatewayUrl];
  return await Promise.all(urls.map(async (url) => (await fetch(`${url}/readyz`)).status));
}

/** No promise, but patience with a slow computer. */
const soon = { timeout: 90_000, interval: 500 };
/** What is promised: a stage that stands still is named within 30 s. */
const promised = { timeout: 30_000, interval: 500 };

/** One machine that never rests: whatever the hour, there is something to acknowledge. */
const mill: SimulatorSpec = { name: 'mill', speaks: 'opcua', args: ['mill', '--loop'] };

test('what stands still is named within 30 s by those who wait for it, and what does not run says nothing', async () => {
  const box = await testBox({ simulators: [mill] });
  await expect.poll(() => ready(box), soon).toEqual([200, 200, 200]);

  box.supervisor.child('ingest').kill('SIGSTOP');
  const waiting = () => Promise.all([box.gatewayUrl, box.url].map(stalled));
  await expect.poll(waiting, promised).toEqual([['acknowledgement'], ['feed']]);
  await expect(stalled(box.ingestUrl)).rejects.toThrow(/timeout/);
  expect(await shown(box)).toEqual(['metrics feed']);
  box.supervisor.child('ingest').kill('SIGCONT');
  await expect.poll(() => ready(box), soon).toEqual([200, 200, 200]);

  box.supervisor.child('gateway').kill('SIGSTOP');
  await expect.poll(() => shown(box), promised).toEqual(['gateway gateway']);
  await expect(stalled(box.gatewayUrl)).rejects.toThrow(/timeout/);
  // Nobody else is to blame.
  expect(await stalled(box.ingestUrl)).toEqual([]);
  expect(await stalled(box.url)).toEqual([]);
  box.supervisor.child('gateway').kill('SIGCONT');
  await expect.poll(() => shown(box), soon).toEqual([]);
  await expect.poll(() => ready(box), soon).toEqual([200, 200, 200]);
});
