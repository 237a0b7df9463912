import type { Entry, Process } from '@benchline/model';
import { chainYield, lowestOf, processYield } from '../quality/chain-yield.ts';
import { absent, type Figure } from './figure.ts';
import type { AssetAccount } from './scope-account.ts';

/** A process of a chain with its stations. */
export interface ChainStep {
  process: Process;
  stations: readonly AssetAccount[];
}

interface Chain {
  steps: readonly ChainStep[];
  inspections: readonly Entry[];
}

/** The operations whose yield comes from counters, because nobody inspected what they submitted. */
function counted({ steps, inspections }: Chain): ChainStep[] {
  const inspected = new Set(
    inspections.map(({ statement }) => statement.kind === 'inspection' && statement.process),
  );
  return steps.filter(({ process }) => !inspected.has(process.id));
}

/** Whether nobody knows of some process what was submitted: no station of it told its counts, and no inspection. */
function unheard(chain: Chain): boolean {
  return counted(chain).some(({ stations }) => stations.every(isUnheard));
}

function isUnheard({ account }: AssetAccount): boolean {
  return account.counts === undefined;
}

/** Rolled throughput yield of the chains of a scope, each over its time: that of the lowest. */
export function rolledThroughputYield(chains: readonly Chain[]): Figure {
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
  const all = chains.flatMap(({ steps }) => steps);
  const stations = all.flatMap((step) => step.stations);
  if ('absent' in lowest) {
    if (lowest.absent !== 'no_items') return absent('not_applicable');
    return absent(chains.some(unheard) ? 'not_observed' : 'no_items');
  }
  const missing = chains.flatMap(counted).flatMap((step) => step.stations.filter((s) => s.reports.judged));
  const partial = stations.some(({ account }) => account.counts_from_later) || missing.some(isUnheard);
  const inputs = { rolled_processes: all.length };
  return { value: lowest.value, status: partial ? 'partial' : 'ok', inputs };
}
