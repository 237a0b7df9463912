import type { CanonicalState, Nanoseconds } from '@benchline/model';
import { firstIndex, type Interval } from '../intervals.ts';
import type { EnergyUseKey, OrderEnergyKey } from './account.ts';
import type { RegisterFacts } from './facts.ts';
import type { Increment } from './registers.ts';

/** A stretch with a known state. */
interface Known extends Interval {
  state: CanonicalState;
  product: string | undefined;
  order: string | undefined;
}

/** What a register rose by while one thing went on. It counts when the increment that it belongs to was seen. */
export interface EnergyPart {
  key: EnergyUseKey;
  /** The order that was open, if one was. */
  order?: OrderEnergyKey;
  at_ns: Nanoseconds;
  delta: bigint;
}

/**
 * Divides the increments of a register among what the machine did. An increment belongs to the one stretch that it
 * was made in; one that spans several is divided by time only where the register allows it, with states known all
 * the while. Everything else stays unattributed: it is neither lost nor given to whatever came last.
 * @param known stretches with a known state, disjoint and in order; increments in time order. The parts add up to
 * the increments.
 */
export function energyParts(
  register: RegisterFacts,
  increments: readonly Increment[],
  known: readonly Known[],
): EnergyPart[] {
  const parts: EnergyPart[] = [];
  // Both lists are in order, and many increments share a stretch: it is looked for, and named, once.
  let first = 0;
  let keys: EnergyKeys | undefined;
  for (const increment of increments) {
    const { since_ns, at_ns, delta } = increment;
    for (; known[first] && known[first]!.to_ns <= since_ns; first += 1) keys = undefined;
    const stretch = known[first];
    if (!stretch || stretch.from_ns > since_ns || !isWatched(register, increment))
      parts.push(unattributed(register, increment));
    else if (at_ns <= stretch.to_ns) parts.push({ ...(keys ??= keysOf(register, stretch)), at_ns, delta });
    else
      parts.push(...(apportioned(register, increment, known, first) ?? [unattributed(register, increment)]));
  }
  return parts;
}

/** Undefined when it may not be divided, or the state was not known all the while. */
function apportioned(
  register: RegisterFacts,
  { since_ns, at_ns, delta }: Increment,
  known: readonly Known[],
  first: number,
): EnergyPart[] | undefined {
  const span = at_ns - since_ns;
  if (register.apportion_ns === undefined || span > register.apportion_ns) return undefined;
  const parts: EnergyPart[] = [];
  let given = 0n;
  for (let i = first, reached = since_ns; reached < at_ns; i += 1) {
    const stretch = known[i];
    if (!stretch || stretch.from_ns > reached) return undefined;
    reached = stretch.to_ns < at_ns ? stretch.to_ns : at_ns;
    // Rounding down what all parts so far come to lets the parts add up without a rest.
    const due = (delta * (reached - since_ns)) / span;
    parts.push({ ...keysOf(register, stretch), at_ns, delta: due - given });
    given = due;
  }
  return parts;
}

function isWatched({ observed }: RegisterFacts, { since_ns, at_ns }: Increment): boolean {
  const watched = observed[firstIndex(observed, (interval) => interval.to_ns >= at_ns)];
  return watched !== undefined && watched.from_ns <= since_ns;
}

type EnergyKeys = Pick<EnergyPart, 'key' | 'order'>;

function keysOf({ carrier }: RegisterFacts, { state, product, order }: Known): EnergyKeys {
  return {
    key: `${carrier}/${state}/${product ?? ''}`,
    ...(order !== undefined && { order: `${carrier}/${order}` }),
  };
}

function unattributed({ carrier }: RegisterFacts, { at_ns, delta }: Increment): EnergyPart {
  return { key: `${carrier}/unattributed/`, at_ns, delta };
}
