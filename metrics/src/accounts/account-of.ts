import type { Nanoseconds } from '@benchline/model';
import { clippedTo, firstIndex, type Interval, lengthOf } from '../intervals.ts';
import {
  type Account,
  addAmounts,
  type Element,
  type EnergyUse,
  emptyTally,
  isUse,
  namesIn,
  type Rated,
  type Stop,
  type StopKey,
  type Tally,
} from './account.ts';
import { busyAt, type Corrected, correctedItems, withCorrections } from './corrections.ts';
import {
  attributedIn,
  beginsLater,
  type Counted,
  countedOf,
  erasOf,
  isKnown,
  runOf,
  runsWithin,
  talliedIn,
} from './counting.ts';
import { type EnergyPart, energyParts } from './energy-uses.ts';
import type { Facts, NamedDefects } from './facts.ts';
import { type Entry, entriesOf, type Known, knownStretches, namedStretches, stretches } from './known.ts';
import { type MicroStop, microStopsIn } from './micro-stops.ts';
import { ordersOf } from './orders.ts';
import { columnsOf } from './readings.ts';
import { Rise } from './rise.ts';
import { tallyRule } from './tally.ts';

/** The account of one asset over a window: states hold over [from, to), increments count in (from, to]. */
export function accountOf(facts: Facts, window: Interval): Account {
  return accountant(facts)(window);
}

/** Works out once what all windows share; each call then costs what lies in its window. */
export function accountant(facts: Facts): (window: Interval) => Account {
  const named = namedStretches(facts);
  const known = knownStretches(facts, named);
  const busy = clippedTo(known, facts.planned);
  const entries = entriesOf(named, busy);
  const microStops = microStopsIn(busy, facts.micro_stop_ns ?? 0n);
  const tally = tallyRule(facts.counters.map((counter) => counter.role));
  const counters = facts.counters.map((counter) => countedOf(counter, busy));
  const leading = counters.filter(({ role }) => role === 'total' || role === 'good');
  const eras = erasOf(counters);
  const corrections = correctedItems(facts.corrections ?? [], tally, busy);
  const named_defects = (facts.named_defects ?? []).map((said) => ({
    ...said,
    busy: busyAt(busy, said.at_ns),
  }));
  const executed = executedOf(facts);
  const metered = meteredOf(facts, known);

  return (window) => {
    const told = clipped(eras, window);
    const placed = talliedIn(counters, told);
    const attributed = attributedIn(counters, told);
    const corrected = within(corrections, window);
    const credited = corrected.filter((c) => c.busy);
    const time = clipped(busy, window);
    const maintained_ns = lengthOf(clipped(facts.maintenance ?? [], window));
    const seen = clipped(facts.seen, window).at(-1);
    const entered = from(entries, window);
    const made = (stretch: Interval) =>
      withCorrections(talliedIn(counters, clipped(eras, stretch)), within(corrected, stretch)).items;
    return {
      calendar_ns: facts.reports_states ? window.to_ns - window.from_ns : 0n,
      planned_ns: lengthOf(clipped(facts.planned, window)) + maintained_ns,
      elements: elementTimes(time, maintained_ns),
      failures: BigInt(entered.filter((entry) => entry.failure).length),
      stops: stopsOf(time, entered),
      micro_stops: summedUp(from(microStops, window)),
      products: tally.good
        ? ratedOf({ time, attributed, credited, named: within(named_defects, window) })
        : new Map(),
      orders: ordersOf({ executed: clipped(executed, window), time, made }),
      ...((corrected.length > 0 || isKnownIn(told, counters)) && {
        counts: withCorrections(placed, corrected),
      }),
      attributed: withCorrections([...attributed.values()].reduce(addAmounts, emptyTally), credited),
      energy: energyOf(metered, window),
      energy_uses: energyBy(metered, window, (part) => part.key),
      energy_orders: energyBy(metered, window, (part) => part.order),
      counts_from_later: counters.some((counter) => beginsLater(counter, window)),
      energy_from_later: namesIn(
        metered.filter((meter) => beginsLater(meter, window)).map(({ register }) => register.carrier),
      ),
      items_told: !tally.items || corrected.length > 0 || isKnownIn(told, leading),
      ...(seen && { seen_until_ns: seen.to_ns }),
      produced:
        Object.values(placed).some((sum) => sum > 0n) ||
        corrected.some((c) => c.tally.items > 0n) ||
        clipped(known, window).some((k) => k.element === 'apt'),
    };
  };
}

/** Whether some counter says anything of time of which items can be told. */
function isKnownIn(eras: readonly Interval[], counters: readonly Counted[]): boolean {
  return eras.some((era) => counters.some((counter) => isKnown(counter, era)));
}

/** Where an order was open and somebody watched. */
function executedOf(facts: Facts): (Interval & { order: string })[] {
  const open = stretches(facts.orders, undefined).flatMap(({ value, ...interval }) =>
    value === undefined ? [] : [{ ...interval, order: value }],
  );
  return clippedTo(open, facts.seen);
}

/** A register with what it rose by, and what of it went into which state. */
interface Metered {
  register: Facts['registers'][number];
  observed: readonly Interval[];
  rise: Rise;
  parts: readonly EnergyPart[];
}

function meteredOf(facts: Facts, known: readonly Known[]): Metered[] {
  return facts.registers.map((register) => {
    const rise = new Rise(columnsOf(register.readings), register);
    const parts = facts.reports_states ? energyParts(register, rise, known) : [];
    return { register, observed: register.observed, rise, parts };
  });
}

interface Sum {
  time_ns: Nanoseconds;
  times: bigint;
}

function stopsOf(time: readonly Known[], entered: readonly Entry[]): Map<StopKey, Stop> {
  const stops = new Map<StopKey, Sum>();
  // Looked up by what each stretch says: making its key takes longer than all the rest.
  const byState = new Map<Known['state'], Map<string, Sum>>();
  const of = ({ state, reason = '' }: Pick<Known, 'state' | 'reason'>) => {
    let byReason = byState.get(state);
    if (!byReason) byState.set(state, (byReason = new Map<string, Sum>()));
    let stop = byReason.get(reason);
    if (!stop) {
      stop = { time_ns: 0n, times: 0n };
      byReason.set(reason, stop);
      stops.set(`${state}/${reason}`, stop);
    }
    return stop;
  };
  for (const stretch of time)
    if (stretch.state !== 'producing') of(stretch).time_ns += stretch.to_ns - stretch.from_ns;
  for (const entry of entered) of(entry).times += 1n;
  return stops;
}

function summedUp(stops: readonly MicroStop[]): Map<StopKey, Stop> {
  const sums = new Map<StopKey, Stop>();
  for (const { key, time_ns } of stops) {
    const known = sums.get(key) ?? { time_ns: 0n, times: 0n };
    sums.set(key, { time_ns: known.time_ns + time_ns, times: known.times + 1n });
  }
  return sums;
}

function elementTimes(time: readonly Known[], maintained_ns: Nanoseconds): Record<Element, Nanoseconds> {
  const times: Record<Element, Nanoseconds> = { apt: 0n, aust: 0n, adet: 0n, adot: 0n, pmt: maintained_ns };
  for (const { element, from_ns, to_ns } of time) times[element] += to_ns - from_ns;
  return times;
}

interface Made {
  time: readonly Known[];
  attributed: ReadonlyMap<string | undefined, Tally>;
  credited: readonly Corrected<Known>[];
  named: readonly (NamedDefects & { busy: Known | undefined })[];
}

function ratedOf({ time, attributed, credited, named }: Made): Map<string, Rated> {
  const rated = new Map<string, { -readonly [A in keyof Rated]: Rated[A] }>();
  const of = (product: string) => {
    let sums = rated.get(product);
    if (!sums) {
      const none = { items: 0n, good: 0n, judged: 0n, scrap: 0n, named: 0n, start_up: 0n };
      sums = { pbt_ns: 0n, apt_ns: 0n, ...none };
      rated.set(product, sums);
    }
    return sums;
  };
  for (const { element, product, from_ns, to_ns } of time) {
    if (element === 'pmt' || product === undefined) continue;
    const sums = of(product);
    sums.pbt_ns += to_ns - from_ns;
    if (element === 'apt') sums.apt_ns += to_ns - from_ns;
  }
  const made = [...attributed].map(([product, counted]) => ({ product, counted }));
  const corrected = credited.map((c) => ({ product: c.busy?.product, counted: c.tally }));
  for (const { product, counted } of [...made, ...corrected]) {
    if (product === undefined) continue;
    const sums = of(product);
    sums.items += counted.items;
    sums.good += counted.good;
    sums.judged += counted.judged;
    sums.scrap += counted.scrap;
  }
  for (const { busy, items, start_up } of named) {
    if (busy?.product === undefined) continue;
    const sums = of(busy.product);
    sums.named += items;
    if (start_up) sums.start_up += items;
  }
  return rated;
}

function energyOf(metered: readonly Metered[], window: Interval): Map<string, EnergyUse> {
  const energy = new Map<string, EnergyUse>();
  for (const { register, observed, rise } of metered) {
    if (!isKnown({ rise, observed }, window)) continue;
    const use = energy.get(register.carrier) ?? { import: 0n, export: 0n };
    use[register.direction] += rise.over(runOf(rise, window));
    energy.set(register.carrier, use);
  }
  return energy;
}

/** Sums the parts of a window by one of their keys; parts without it are left out. */
function energyBy<K extends string>(
  metered: readonly Metered[],
  window: Interval,
  keyOf: (part: EnergyPart) => K | undefined,
): Map<K, EnergyUse> {
  const uses = new Map<K, { import: bigint; export: bigint }>();
  for (const { register, rise, parts } of metered)
    for (const part of runsWithin(parts, runOf(rise, window))) {
      const key = keyOf(part);
      const delta = part.delta ?? rise.over(part);
      if (key === undefined || delta === 0n) continue;
      let use = uses.get(key);
      if (!use) {
        use = { import: 0n, export: 0n };
        uses.set(key, use);
      }
      use[register.direction] += delta;
    }
  for (const [key, use] of uses) if (!isUse(use)) uses.delete(key);
  return uses;
}

/** Items stamped in (from, to]; the list is in time order. */
function within<T extends { at_ns: Nanoseconds }>(items: readonly T[], { from_ns, to_ns }: Interval): T[] {
  return items.slice(
    firstIndex(items, (i) => i.at_ns > from_ns),
    firstIndex(items, (i) => i.at_ns > to_ns),
  );
}

/** Events at an instant in [from, to); the list is in time order. */
function from<T extends { at_ns: Nanoseconds }>(items: readonly T[], { from_ns, to_ns }: Interval): T[] {
  return items.slice(
    firstIndex(items, (i) => i.at_ns >= from_ns),
    firstIndex(items, (i) => i.at_ns >= to_ns),
  );
}

function clipped<T extends Interval>(items: readonly T[], window: Interval): T[] {
  const first = firstIndex(items, (s) => s.to_ns > window.from_ns);
  const end = firstIndex(items, (s) => s.from_ns >= window.to_ns);
  const inside = items.slice(first, end);
  for (const i of new Set([0, inside.length - 1])) {
    const s = inside[i];
    if (s)
      inside[i] = {
        ...s,
        from_ns: s.from_ns > window.from_ns ? s.from_ns : window.from_ns,
        to_ns: s.to_ns < window.to_ns ? s.to_ns : window.to_ns,
      };
  }
  return inside;
}
