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
  return increments.flatMap((increment) => {
    const { at_ns, delta } = increment;
    const first = firstIndex(known, (stretch) => stretch.to_ns > increment.since_ns);
    const stretch = known[first];
    if (!stretch || stretch.from_ns > increment.since_ns || !isWatched(register, increment))
      return [unattributed(register, increment)];
    if (at_ns <= stretch.to_ns) return [{ ...keysOf(register, stretch), at_ns, delta }];
    return apportioned(register, increment, known, first) ?? [unattributed(register, increment)];
  });
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

function keysOf(
  { carrier }: RegisterFacts,
  { state, product, order }: Known,
): Pick<EnergyPart, 'key' | 'order'> {
  return {
    key: `${carrier}/${state}/${product ?? ''}`,
    ...(order !== undefined && { order: `${carrier}/${order}` }),
  };
}

function unattributed({ carrier }: RegisterFacts, { at_ns, delta }: Increment): EnergyPart {
  return { key: `${carrier}/unattributed/`, at_ns, delta };
}
