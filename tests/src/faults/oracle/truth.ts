import {
  type Asset,
  type CanonicalState,
  canonicalStateOf,
  indexPlant,
  parsePlant,
  type Value,
} from '@benchline/model';
import { readEmissions } from '@benchline/simulators/box';
import type { Stretch } from './tolls.ts';

interface Step<T> {
  time_ns: bigint;
  value: T;
}

/** What a machine really did, by its simulator's own log, in the words of the plant file. */
export class MachineTruth {
  readonly asset: Asset;
  readonly #steps = new Map<string, Step<Value>[]>();

  constructor(asset: Asset) {
    this.asset = asset;
  }

  take(signal: string, time_ns: bigint, value: Value): void {
    let steps = this.#steps.get(signal);
    if (!steps) this.#steps.set(signal, (steps = []));
    steps.push({ time_ns, value });
  }

  /** By how much the counters or registers with this role rose in (from, to]; whole items, or kWh. */
  rise(role: 'good' | 'scrap' | 'import' | 'export', { from_ns, to_ns }: Stretch): number {
    let sum = 0;
    for (const [id, signal] of Object.entries(this.asset.type.signals)) {
      const own =
        signal.measurement === 'count'
          ? signal.role
          : signal.measurement === 'energy'
            ? signal.register
            : undefined;
      if (own !== role) continue;
      const steps = this.#steps.get(id) ?? [];
      const first = stepAt(steps, from_ns) ?? steps[0];
      const last = stepAt(steps, to_ns);
      if (first && last) sum += Number(last.value) - Number(first.value);
    }
    return sum;
  }

  /** The states of a stretch, from its start or the first word of the machine on. */
  statesIn({ from_ns, to_ns }: Stretch): (Stretch & { state: CanonicalState })[] {
    const [signal, definition] =
      Object.entries(this.asset.type.signals).find(([, s]) => s.measurement === 'state') ?? [];
    if (signal === undefined || definition?.measurement !== 'state') return [];
    const steps = this.#steps.get(signal) ?? [];
    return steps.flatMap(({ time_ns, value }, i) => {
      const state = canonicalStateOf(definition, String(value));
      const next_ns = steps[i + 1]?.time_ns ?? to_ns;
      const begins_ns = time_ns > from_ns ? time_ns : from_ns;
      const ends_ns = next_ns < to_ns ? next_ns : to_ns;
      return state && begins_ns < ends_ns ? [{ state, from_ns: begins_ns, to_ns: ends_ns }] : [];
    });
  }
}

/** Reads all truth logs of a folder, by machine. Signals that no figure is made of are left out. */
export async function readMachines(folder: string, plantText: string): Promise<Map<string, MachineTruth>> {
  const { assets } = indexPlant(parsePlant(plantText, 'plant.yaml'));
  const machines = new Map<string, MachineTruth>();
  for (const emissions of readEmissions(folder))
    for await (const { machine, signal, time_ns, value } of emissions) {
      const asset = assets.get(machine);
      const measurement = asset?.type.signals[signal]?.measurement;
      if (!asset || !['state', 'count', 'energy'].includes(measurement ?? '')) continue;
      let truth = machines.get(machine);
      if (!truth) machines.set(machine, (truth = new MachineTruth(asset)));
      truth.take(signal, time_ns, value);
    }
  return machines;
}

function stepAt<T>(steps: readonly Step<T>[], at_ns: bigint): Step<T> | undefined {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((steps[middle]?.time_ns ?? 0n) <= at_ns) low = middle + 1;
    else high = middle;
  }
  return steps[low - 1];
}
