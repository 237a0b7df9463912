import type { MachineTags } from '@benchline/model/mapping';
import type { OpcuaConfig } from './config.ts';
import type { Item } from './items.ts';
import { resolveNode } from './tags.ts';

const serverClock = 'i=2258';
/** The server's own clock is sampled this often; the ticks in its queue prove that the server kept sampling. */
const clockSampling_ms = 500;
/** Where every change is reported, nobody knows the rate: a hundred changes a second are assumed. */
const assumedRate_per_s = 100;

/**
 * What to watch at a server: the tags of all machines, with handles in their order, and last the clock.
 * @throws BenchlineError `source_unavailable` when the server lacks a namespace.
 */
export function planOf(
  config: OpcuaConfig,
  machines: readonly MachineTags[],
  namespaces: readonly string[],
): Item[] {
  const sampling_interval_ms = config.sampling_interval_ms;
  const queue_size = config.queue_size ?? queueFor(sampling_interval_ms, config.survive_outage_s);
  const addresses = machines.flatMap(({ tags }) => [...tags.values()].map((tag) => tag.address));
  const items = addresses.map((address, handle) => ({
    handle,
    node: resolveNode(address, namespaces),
    sampling_interval_ms,
    queue_size,
  }));
  return [...items, clockItem(config, namespaces, items.length)];
}

function clockItem(config: OpcuaConfig, namespaces: readonly string[], handle: number): Item {
  if (config.clock)
    return {
      handle,
      node: resolveNode(config.clock.node, namespaces),
      sampling_interval_ms: 0,
      queue_size: 1,
    };
  return {
    handle,
    node: serverClock,
    sampling_interval_ms: clockSampling_ms,
    queue_size: queueFor(clockSampling_ms, config.survive_outage_s),
  };
}

function queueFor(sampling_interval_ms: number, outage_s: number): number {
  const rate_per_s = sampling_interval_ms > 0 ? 1000 / sampling_interval_ms : assumedRate_per_s;
  return Math.max(2, Math.ceil(outage_s * rate_per_s) + 1);
}
