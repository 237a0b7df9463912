import type { CanonicalState, Nanoseconds } from '@benchline/model';
import { firstIndex, type Interval, intersect, lengthOf, overlay } from '../intervals.ts';
import {
  type Account,
  addAmounts,
  type Element,
  type EnergyUse,
  type Rated,
  type Stop,
  type StopKey,
  type Tally,
} from './account.ts';
import { type Corrected, correctedItems, withCorrections } from './corrections.ts';
import { type EnergyPart, energyParts } from './energy-uses.ts';
import type { CountRole, Facts, RisingFacts, Step } from './facts.ts';
import { ordersOf } from './orders.ts';
import { type Increment, incrementsOf } from './registers.ts';
import { type RoleSums, type TallyRule, tallyRule } from './tally.ts';

/** A stretch with a known state. */
interface Known extends Interval {
  state: CanonicalState;
  reason: string | undefined;
  element: Element;
  product: string | undefined;
  order: string | undefined;
}

/** An increment with the stretch of observed, planned busy time that it belongs to, if it belongs to one. */
interface Placed extends Increment {
  role: CountRole;
  busy: Known | undefined;
}

/** The account of one asset over a window: states hold over [from, to), increments count in (from, to]. */
export function accountOf(facts: Facts, window: Interval): Account {
  return accountant(facts)(window);
}

/** Works out once what all windows share; each call then costs what lies in its window. */
export function accountant(facts: Facts): (window: Interval) => Account {
  const known = knownStretches(facts);
  const busy = overlay(known, facts.planned, (stretch) => stretch);
  const entries = entriesOf(facts, busy);
  const tally = tallyRule(facts.counters.map((counter) => counter.role));
  const counted = facts.counters.map((counter) =>
    incrementsOf(counter.readings, counter).map(
      (increment): Placed => ({ ...increment, role: counter.role, busy: busyAt(busy, counter, increment) }),
    ),
  );
  const corrections = correctedItems(facts.corrections ?? [], tally, busy);
  const executed = executedOf(facts);
  const metered = meteredOf(facts, known);

  return (window) => {
    const placed = counted.flatMap((increments) => within(increments, window));
    const attributed = placed.filter((p) => p.busy);
    const corrected = within(corrections, window);
    const credited = corrected.filter((c) => c.busy);
    const time = clipped(busy, window);
    const seen = clipped(facts.seen, window).at(-1);
    const entered = from(entries, window);
    return {
      calendar_ns: facts.reports_states ? window.to_ns - window.from_ns : 0n,
      planned_ns: lengthOf(clipped(facts.planned, window)),
      elements: elementTimes(time),
      failures: BigInt(entered.filter((entry) => entry.failure).length),
      stops: stopsOf(time, entered),
      products: tally.good ? ratedOf(time, attributed, credited, tally) : new Map(),
      orders: ordersOf({
        executed: clipped(executed, window),
        time,
        made: [
          ...placed.map(({ at_ns, role, delta }) => ({
            at_ns,
            items: tallyOf([{ role, delta }], tally).items,
          })),
          ...corrected.map(({ at_ns, tally: { items } }) => ({ at_ns, items })),
        ],
      }),
      ...((corrected.length > 0 || facts.counters.some((counter) => isKnown(counter, window))) && {
        counts: withCorrections(tallyOf(placed, tally), corrected),
      }),
      attributed: withCorrections(tallyOf(attributed, tally), credited),
      energy: energyOf(metered, window),
      energy_uses: energyBy(metered, window, (part) => part.key),
      energy_orders: energyBy(metered, window, (part) => part.order),
      counts_from_later: facts.counters.some((counter) => beginsLater(counter, window)),
      energy_from_later: facts.registers.some((register) => beginsLater(register, window)),
      ...(seen && { seen_until_ns: seen.to_ns }),
      produced:
        placed.length > 0 ||
        corrected.some((c) => c.tally.items > 0n) ||
        clipped(known, window).some((k) => k.element === 'apt'),
    };
  };
}

/** Where an order was open and somebody watched. */
function executedOf(facts: Facts): (Interval & { order: string })[] {
  const open = stretches(facts.orders, undefined).flatMap(({ value, ...interval }) =>
    value === undefined ? [] : [{ ...interval, order: value }],
  );
  return overlay(open, facts.seen, (stretch) => stretch);
}

/** What registers rose by, and what of it went into which state. */
function meteredOf(facts: Facts, known: readonly Known[]) {
  return facts.registers.map((register) => {
    const increments = incrementsOf(register.readings, register);
    const parts = facts.reports_states ? energyParts(register, increments, known) : [];
    return { register, increments, parts };
  });
}

/** Where the state was watched and has a meaning, with its time element and the product being made. */
function knownStretches(facts: Facts): Known[] {
  const circumstances = overlay(
    stretches(facts.orders, undefined),
    stretches(facts.products, undefined),
    (o, p) => ({
      order: o.value,
      product: p.value,
    }),
  );
  const states = stretches(facts.states, undefined).flatMap(({ value, ...interval }) =>
    value === undefined ? [] : [{ ...interval, state: value }],
  );
  const named = overlay(states, stretches(facts.reasons, undefined), ({ state }, { value }) => ({
    state,
    reason: value,
  }));
  const explained = overlay(named, circumstances, ({ state, reason }, { order, product }) => ({
    state,
    reason,
    element: elementOf(state, order !== undefined),
    product,
    order,
  }));
  return overlay(explained, facts.states_observed, (stretch) => stretch);
}

/** A machine comes into a state, or the controller begins to call it otherwise. */
interface Entry {
  at_ns: Nanoseconds;
  state: CanonicalState;
  reason: string | undefined;
  failure: boolean;
}

/**
 * When states other than producing were entered in observed, planned busy time. Told by changes from one known
 * state to another: one that was already there when a shift or the observation began is time, but no event of it.
 */
function entriesOf(facts: Facts, busy: readonly Known[]): Entry[] {
  const states = stretches(facts.states, undefined);
  const named = overlay(states, stretches(facts.reasons, undefined), (state, reason) => ({
    state: state.value,
    reason: reason.value,
  }));
  return named.flatMap(({ from_ns: at_ns, state, reason }, i): Entry[] => {
    const before = named[i - 1];
    if (before?.state === undefined || state === undefined || state === 'producing') return [];
    if (before.state === state && before.reason === reason) return [];
    const stretch = busy[firstIndex(busy, (b) => b.to_ns > at_ns)];
    if (!stretch || stretch.from_ns > at_ns) return [];
    return [{ at_ns, state, reason, failure: state === 'fault' && before.state !== 'fault' }];
  });
}

function stopsOf(time: readonly Known[], entered: readonly Entry[]): Map<StopKey, Stop> {
  const stops = new Map<StopKey, Stop>();
  const add = ({ state, reason }: Pick<Known, 'state' | 'reason'>, amounts: Partial<Stop>) => {
    if (state === 'producing') return;
    const key: StopKey = `${state}/${reason ?? ''}`;
    const none: Stop = { time_ns: 0n, times: 0n };
    stops.set(key, addAmounts(stops.get(key) ?? none, { ...none, ...amounts }));
  };
  for (const stretch of time) add(stretch, { time_ns: stretch.to_ns - stretch.from_ns });
  for (const entry of entered) add(entry, { times: 1n });
  return stops;
}

/** The time element (ISO 22400-2) that a state falls into; a fault delays an order or, without one, is down time. */
function elementOf(state: CanonicalState, order: boolean): Element {
  switch (state) {
    case 'producing':
      return 'apt';
    case 'setup':
      return 'aust';
    case 'waiting':
    case 'short_stop':
      return 'adet';
    case 'fault':
      return order ? 'adet' : 'adot';
    case 'no_order':
      return 'adot';
    case 'planned_maintenance':
      return 'pmt';
  }
}

const everBefore = -(2n ** 63n);
const everAfter = 2n ** 63n - 1n;

/** Where each step holds; `before` is what does before the first. */
export function stretches<T>(steps: readonly Step<T>[], before: T): (Interval & { value: T })[] {
  const first = { from_ns: everBefore, to_ns: steps[0]?.at_ns ?? everAfter, value: before };
  return [
    first,
    ...steps.map(({ at_ns, value }, i) => ({
      from_ns: at_ns,
      to_ns: steps[i + 1]?.at_ns ?? everAfter,
      value,
    })),
  ];
}

/**
 * The stretch of observed, planned busy time in which an increment was made, if it surely was: the counter was
 * watched ever since the reading before, and the machine's state was known and no maintenance.
 */
function busyAt(
  busy: readonly Known[],
  counter: RisingFacts,
  { since_ns, at_ns }: Increment,
): Known | undefined {
  const watched = counter.observed[firstIndex(counter.observed, (i) => i.to_ns >= at_ns)];
  if (!watched || watched.from_ns > since_ns) return undefined;
  const stretch = busy[firstIndex(busy, (b) => b.to_ns >= at_ns)];
  return stretch && stretch.from_ns < at_ns && stretch.element !== 'pmt' ? stretch : undefined;
}

function elementTimes(time: readonly Known[]): Record<Element, Nanoseconds> {
  const times: Record<Element, Nanoseconds> = { apt: 0n, aust: 0n, adet: 0n, adot: 0n, pmt: 0n };
  for (const { element, from_ns, to_ns } of time) times[element] += to_ns - from_ns;
  return times;
}

function ratedOf(
  time: readonly Known[],
  attributed: readonly Placed[],
  credited: readonly Corrected<Known>[],
  tally: TallyRule,
): Map<string, Rated> {
  const rated = new Map<string, Rated>();
  const add = (product: string | undefined, amounts: Partial<Rated>) => {
    if (product === undefined) return;
    const none: Rated = { pbt_ns: 0n, apt_ns: 0n, items: 0n, good: 0n, judged: 0n, scrap: 0n };
    rated.set(product, addAmounts(rated.get(product) ?? none, { ...none, ...amounts }));
  };
  for (const { element, product, from_ns, to_ns } of time)
    if (element !== 'pmt')
      add(product, { pbt_ns: to_ns - from_ns, ...(element === 'apt' && { apt_ns: to_ns - from_ns }) });
  const made = [...Map.groupBy(attributed, ({ busy }) => busy?.product)].map(([product, increments]) => ({
    product,
    counted: tallyOf(increments, tally),
  }));
  const corrected = credited.map((c) => ({ product: c.busy?.product, counted: c.tally }));
  for (const { product, counted } of [...made, ...corrected]) {
    const { items, good, judged, scrap } = counted;
    add(product, { items, good, judged, scrap });
  }
  return rated;
}

function tallyOf(increments: readonly Pick<Placed, 'role' | 'delta'>[], rule: TallyRule): Tally {
  const sums: { -readonly [R in keyof RoleSums]: bigint } = { total: 0n, good: 0n, scrap: 0n, rework: 0n };
  for (const { role, delta } of increments) sums[role] += delta;
  return rule.of(sums);
}

function energyOf(
  metered: readonly { register: Facts['registers'][number]; increments: readonly Increment[] }[],
  window: Interval,
): Map<string, EnergyUse> {
  const energy = new Map<string, EnergyUse>();
  for (const { register, increments } of metered) {
    if (!isKnown(register, window)) continue;
    const use = energy.get(register.carrier) ?? { import: 0n, export: 0n };
    for (const { delta } of within(increments, window)) use[register.direction] += delta;
    energy.set(register.carrier, use);
  }
  return energy;
}

/** Sums the parts of a window by one of their keys; parts without it are left out. */
function energyBy<K extends string>(
  metered: readonly { register: Facts['registers'][number]; parts: readonly EnergyPart[] }[],
  window: Interval,
  keyOf: (part: EnergyPart) => K | undefined,
): Map<K, EnergyUse> {
  const uses = new Map<K, { import: bigint; export: bigint }>();
  for (const { register, parts } of metered)
    for (const part of within(parts, window)) {
      const key = keyOf(part);
      if (key === undefined) continue;
      let use = uses.get(key);
      if (!use) {
        use = { import: 0n, export: 0n };
        uses.set(key, use);
      }
      use[register.direction] += part.delta;
    }
  return uses;
}

/** Whether a counter says anything of a window: it was read in it, or watched in it without a change. */
function isKnown({ readings, observed }: RisingFacts, window: Interval): boolean {
  if (within(readings, window).length > 0) return true;
  return !beginsLater({ readings }, window) && intersect(observed, [window]).length > 0;
}

function beginsLater({ readings }: Pick<RisingFacts, 'readings'>, window: Interval): boolean {
  return !(readings[0] && readings[0].at_ns <= window.from_ns);
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
  return items.slice(first, end).map((s) => ({
    ...s,
    from_ns: s.from_ns > window.from_ns ? s.from_ns : window.from_ns,
    to_ns: s.to_ns < window.to_ns ? s.to_ns : window.to_ns,
  }));
}
