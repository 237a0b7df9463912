import type { Entry, Process } from '@benchline/model';
import { chainYield, lowestOf, processYield } from '../quality/chain-yield.ts';
import { absent, type Figure } from './figure.ts';
import type { AssetAccount } from './scope-account.ts';

/** A process of a chain with its stations. */
export interface ChainStep {
  process: Process;
  stations: readonly AssetAccount[];
}

/** Rolled throughput yield of the chains of a scope, each over its time: that of the lowest. */
export function rolledThroughputYield(
  chains: readonly { steps: readonly ChainStep[]; inspections: readonly Entry[] }[],
): Figure {
  if (chains.length === 0) return absent('not_applicable');
  const yields = chains.map(({ steps, inspections }) => {
    const processes = steps.map(({ process, stations }) =>
      processYield(
        process,
        inspections,
        stations.map(({ account }) => account.counts),
      ),
    );
    return chainYield({ processes: steps.map(({ process }) => process.id) }, processes).rolled_yield;
  });
  const lowest = lowestOf(yields);
  if ('absent' in lowest) return absent(lowest.absent === 'no_items' ? 'no_items' : 'not_applicable');
  const all = chains.flatMap(({ steps }) => steps);
  const stations = all.flatMap((step) => step.stations);
  const partial = stations.some(({ account }) => account.counts_from_later);
  const inputs = { rolled_processes: all.length };
  return { value: lowest.value, status: partial ? 'partial' : 'ok', inputs };
}
