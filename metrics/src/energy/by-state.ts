import type { CanonicalState } from '@benchline/model';
import type { Account, EnergyUse } from '../accounts/account.ts';
import { absent, type Figure } from '../kpis/figure.ts';
import { unitsOf } from '../kpis/quantities.ts';

/** What a carrier's energy went into, net of what was given back, in 10⁻⁹ units. */
export interface StateEnergy {
  states: ReadonlyMap<CanonicalState | 'unattributed', bigint>;
  /** By product id; empty for energy without a known product. */
  products: ReadonlyMap<string, bigint>;
  total: bigint;
}

/** States in which a machine does what it is there for. */
const useful: readonly string[] = ['producing', 'setup'] satisfies CanonicalState[];

export function stateEnergy({ energy_uses }: Pick<Account, 'energy_uses'>, carrier: string): StateEnergy {
  const states = new Map<CanonicalState | 'unattributed', bigint>();
  const products = new Map<string, bigint>();
  let total = 0n;
  for (const { key, use } of usesOf(energy_uses, carrier)) {
    const net = use.import - use.export;
    states.set(key.state, (states.get(key.state) ?? 0n) + net);
    products.set(key.product, (products.get(key.product) ?? 0n) + net);
    total += net;
  }
  return { states, products, total };
}

/** The uses of one carrier with their keys taken apart. */
export function usesOf(uses: Account['energy_uses'], carrier: string) {
  return [...uses].flatMap(([text, use]): { key: UseKey; use: EnergyUse }[] => {
    const [of, state, product] = text.split('/') as [string, UseKey['state'], string];
    return of === carrier ? [{ key: { state, product }, use }] : [];
  });
}

interface UseKey {
  state: CanonicalState | 'unattributed';
  product: string;
}

/**
 * Idle share: energy while the machine was powered and neither produced nor was set up, of all energy while it was
 * powered. It is powered while it reports a state, in shifts or not. Energy that no state can be charged with is in
 * neither; the bounds say what the share were, had all of it been idle or none.
 */
export function idleShare(energy: StateEnergy): Figure {
  const { states, total } = energy;
  if (states.size === 0) return absent('not_observed');
  const { idle, powered, unattributed } = idlePart(energy);
  if (powered <= 0n) return absent('not_observed');
  const value = Number(idle) / Number(powered);
  if (unattributed <= 0n) return { value, status: 'ok' };
  const all = Number(total);
  return {
    value,
    status: 'partial',
    lower: Number(idle) / all,
    upper: Number(idle + unattributed) / all,
  };
}

/** What an idle share was computed from, by the names of the catalogue. */
export function idleInputs(energy: StateEnergy): Record<string, number> {
  const { idle, powered } = idlePart(energy);
  return { idle_kwh: unitsOf(idle), powered_kwh: unitsOf(powered) };
}

function idlePart({ states, total }: StateEnergy): Record<'idle' | 'powered' | 'unattributed', bigint> {
  const unattributed = states.get('unattributed') ?? 0n;
  const powered = total - unattributed;
  let idle = powered;
  for (const [state, energy] of states) if (useful.includes(state)) idle -= energy;
  return { idle, powered, unattributed };
}
