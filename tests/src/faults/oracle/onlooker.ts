import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Asset, indexPlant, isoFromNs, nsNow, parsePlant, scopeOf } from '@benchline/model';
import { type Home, MetricsApi } from '@benchline/simulators/box';

const pause_ms = 1000;

/**
 * Asks for figures all through a story, as a board does: of one machine after the other, from its beginning until now.
 * What the service keeps of that while data come, late ones too, is what it answers from when it is judged. Ends soon
 * after `signal` says so, and rejects never.
 */
export async function lookOn(
  { home, url, from_ns }: { home: Home; url: string; from_ns: bigint },
  signal: AbortSignal,
): Promise<void> {
  const api = new MetricsApi(url);
  const { assets } = indexPlant(parsePlant(readFileSync(home.config('plant.yaml'), 'utf8'), 'plant.yaml'));
  while (!signal.aborted)
    for (const asset of assets.values()) {
      // Whatever is down now is looked at again.
      await look(api, asset, from_ns).catch(() => undefined);
      await sleep(pause_ms, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
    }
}

async function look(api: MetricsApi, asset: Asset, from_ns: bigint): Promise<void> {
  const [from, to] = [isoFromNs(from_ns), isoFromNs(nsNow())];
  const states = asset.kind === 'machine' ? api.states(asset.id, from, to) : undefined;
  await Promise.all([api.kpis(scopeOf(asset), from, to), states]);
}
