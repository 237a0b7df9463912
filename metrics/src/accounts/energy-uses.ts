import type { CanonicalState } from '@benchline/model';
import { always, clippedTo, firstIndex, type Interval, subtract } from '../intervals.ts';
import type { EnergyUseKey, OrderEnergyKey } from './account.ts';
import type { RegisterFacts } from './facts.ts';
import type { Rise, Run } from './rise.ts';

/** A stretch with a known state. */
interface Known extends Interval {
  state: CanonicalState;
  product: string | undefined;
  order: string | undefined;
}

/** A stretch of which nothing is known. */
interface Unknown extends Interval {
  state?: undefined;
}

/** What a register rose by while one thing went on. */
export interface EnergyPart extends Run {
  key: EnergyUseKey;
  /** The order that was open, if one was. */
  order: OrderEnergyKey | undefined;
  /** The part of a single increment that is divided; absent where the increments belong here as a whole. */
  delta?: bigint;
}

/**
 * Divides the increments of a register among what the machine did. An increment belongs to the one stretch that it
 * was made in; one that spans several is divided by time only where the register allows it, with states known all
 * the while. Everything else stays unattributed: it is neither lost nor given to whatever came last.
 * @param known stretches with a known state, disjoint and in order. The parts add up to the increments.
 */
export function energyParts(register: RegisterFacts, rise: Rise, known: readonly Known[]): EnergyPart[] {
  const parts: EnergyPart[] = [];
  const keysOf = keysFor(register);
  const division = new Division(register, rise, known, keysOf);
  const watched = clippedTo(known, register.observed);
  const rest: Unknown[] = subtract([always], watched);
  let next = 1;
  for (const stretch of [...watched, ...rest].sort(byTime)) {
    const { from_ns, to_ns } = stretch;
    // Both readings within the stretch: all of them are, between the first and the last that lie in it.
    const first = Math.max(rise.before(from_ns, next - 1) + 1, next);
    const inside = rise.before(to_ns, first - 1);
    const end = Math.min(inside + 1, rise.upTo(to_ns, inside));
    if (end <= first) continue;
    for (; next < first; next += 1) parts.push(...division.of(next));
    const { key, order } = keysOf(stretch.state === undefined ? undefined : stretch);
    parts.push({ key, order, first, end });
    next = end;
  }
  for (; next < rise.at_ns.length; next += 1) parts.push(...division.of(next));
  return parts;
}

/** Parts of increments that no stretch holds as a whole; these are asked for in order. */
class Division {
  readonly #register: RegisterFacts;
  readonly #rise: Rise;
  readonly #known: readonly Known[];
  readonly #keysOf: KeysOf;
  #first = 0;

  constructor(register: RegisterFacts, rise: Rise, known: readonly Known[], keysOf: KeysOf) {
    this.#register = register;
    this.#rise = rise;
    this.#known = known;
    this.#keysOf = keysOf;
  }

  of(index: number): EnergyPart[] {
    const increment = this.#increment(index);
    if (increment.delta === 0n) return [];
    const whole = { first: index, end: index + 1 };
    const known = this.#known;
    while (known[this.#first] && known[this.#first]!.to_ns <= increment.since_ns) this.#first += 1;
    const stretch = known[this.#first];
    if (!stretch || stretch.from_ns > increment.since_ns || !isWatched(this.#register, increment))
      return [{ ...this.#keysOf(undefined), ...whole }];
    if (increment.at_ns <= stretch.to_ns) return [{ ...this.#keysOf(stretch), ...whole }];
    const shares = this.#shares(increment) ?? [this.#keysOf(undefined)];
    return shares.map((share) => ({ ...share, ...whole }));
  }

  #increment(index: number): Increment {
    const { at_ns } = this.#rise;
    const delta = this.#rise.over({ first: index, end: index + 1 });
    return { since_ns: at_ns[index - 1]!, at_ns: at_ns[index]!, delta };
  }

  /** Undefined when it may not be divided, or the state was not known all the while. */
  #shares({ since_ns, at_ns, delta }: Increment): (Keys & { delta: bigint })[] | undefined {
    const register = this.#register;
    const span = at_ns - since_ns;
    if (register.apportion_ns === undefined || span > register.apportion_ns) return undefined;
    const shares: (Keys & { delta: bigint })[] = [];
    let given = 0n;
    for (let i = this.#first, reached = since_ns; reached < at_ns; i += 1) {
      const stretch = this.#known[i];
      if (!stretch || stretch.from_ns > reached) return undefined;
      reached = stretch.to_ns < at_ns ? stretch.to_ns : at_ns;
      // Rounding down what all shares so far come to lets the shares add up without a rest.
      const due = (delta * (reached - since_ns)) / span;
      shares.push({ ...this.#keysOf(stretch), delta: due - given });
      given = due;
    }
    return shares;
  }
}

interface Increment {
  /** The reading before. */
  since_ns: bigint;
  at_ns: bigint;
  delta: bigint;
}

function isWatched({ observed }: RegisterFacts, { since_ns, at_ns }: Increment): boolean {
  const watched = observed[firstIndex(observed, (interval) => interval.to_ns >= at_ns)];
  return watched !== undefined && watched.from_ns <= since_ns;
}

type Keys = Pick<EnergyPart, 'key' | 'order'>;

/** What the energy of a stretch counts as; of time of which nothing is known, undefined. */
type KeysOf = (known: Known | undefined) => Keys;

/** States come back all the time: the text of each is made once for an order and product. */
function keysFor({ carrier }: RegisterFacts): KeysOf {
  const unattributed: Keys = { key: `${carrier}/unattributed/`, order: undefined };
  const byState = new Map<CanonicalState, Keys>();
  let last: Pick<Known, 'order' | 'product'> | undefined;
  return (known) => {
    if (!known) return unattributed;
    const { state, product, order } = known;
    if (last?.order !== order || last?.product !== product) byState.clear();
    last = known;
    let keys = byState.get(state);
    if (!keys) {
      keys = {
        key: `${carrier}/${state}/${product ?? ''}`,
        order: order === undefined ? undefined : `${carrier}/${order}`,
      };
      byState.set(state, keys);
    }
    return keys;
  };
}

function byTime(a: Interval, b: Interval): number {
  return a.from_ns < b.from_ns ? -1 : 1;
}
