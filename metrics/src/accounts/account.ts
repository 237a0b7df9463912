import type { CanonicalState, Nanoseconds } from '@benchline/model';
import { mergeOrders, type OrderSums } from './orders.ts';

/**
 * Amounts are whole numbers: time in nanoseconds, items in 10⁻⁹ items, energy in 10⁻⁹ kWh (of
 * carriers that are counted by volume or mass, in 10⁻⁹ m³ or kg). Sums of them do not
 * depend on order or on where a window was cut.
 */
export type NanoItems = bigint;
export type NanoKwh = bigint;

/** Time elements of ISO 22400-2 that a known state can fall into. */
export const elements = ['apt', 'aust', 'adet', 'adot', 'pmt'] as const;
export type Element = (typeof elements)[number];

export interface Tally {
  /** PQ. */
  items: NanoItems;
  /** Those of `items` whose quality is counted too; what ratios of good and scrap items refer to. */
  judged: NanoItems;
  /** GQ. */
  good: NanoItems;
  /** SQ. */
  scrap: NanoItems;
  /** RQ. */
  rework: NanoItems;
}

/** What was made of one product in observed, planned busy time, and how much of that time there was. */
export interface Rated {
  pbt_ns: Nanoseconds;
  apt_ns: Nanoseconds;
  items: NanoItems;
  good: NanoItems;
  /** Those of `items` whose quality is counted too, and the scrap among them. */
  judged: NanoItems;
  scrap: NanoItems;
  /** Scrap and rework of which people named the cause, and those among them of which it was the start-up. */
  named: NanoItems;
  start_up: NanoItems;
}

/** Time in a state other than producing, for one reason, and how often it was entered. */
export interface Stop {
  time_ns: Nanoseconds;
  times: bigint;
}

/** State and what the controller called it: `fault/E42`; `fault/` where it said nothing. */
export type StopKey = `${CanonicalState}/${string}`;

/** Carrier, state and product: `electricity/producing/bracket-a`; the product is empty where none was known. */
export type EnergyUseKey = `${string}/${CanonicalState | 'unattributed'}/${string}`;

/** Carrier and order: `electricity/4711`. */
export type OrderEnergyKey = `${string}/${string}`;

export interface EnergyUse {
  import: NanoKwh;
  export: NanoKwh;
}

/**
 * The sums of an asset, or of several, over a window: everything that figures are computed from. Accounts of
 * adjoining windows, and of several assets, merge by `mergeAccounts`.
 */
export interface Account {
  /** All time of the window, for assets that report states. */
  calendar_ns: Nanoseconds;
  /** Time within shifts, without breaks; maintenance in it that was planned by the calendar, or seen, is `elements.pmt`. */
  planned_ns: Nanoseconds;
  /** Time within shifts with a known state or planned maintenance, by element. The rest was not observed. */
  elements: Readonly<Record<Element, Nanoseconds>>;
  /** Faults that began in observed, planned busy time (FE); one that goes on under another name is the same. */
  failures: bigint;
  /** Observed time within shifts in which nothing was produced, by state and reason. */
  stops: ReadonlyMap<StopKey, Stop>;
  /** Micro-stops that ended in the window, each as a whole, by the state and reason that it began with. */
  micro_stops: ReadonlyMap<StopKey, Stop>;
  /** By product id; only products with a planned run time per item, only machines that count good items. */
  products: ReadonlyMap<string, Rated>;
  /** What was done for each order, by its id. */
  orders: ReadonlyMap<string, OrderSums>;
  /** Counter differences over the whole window; absent when no counter was known in it. */
  counts?: Tally;
  /** The part of `counts` that falls into observed, planned busy time. */
  attributed: Tally;
  /** Register differences over the whole window by energy carrier; a carrier without readings is absent. */
  energy: ReadonlyMap<string, EnergyUse>;
  /**
   * The same, planned time or not, by what the machine did and made; of assets that report states only. What no
   * single state can be charged with is `unattributed`, so the parts of a carrier add up to its energy.
   */
  energy_uses: ReadonlyMap<EnergyUseKey, EnergyUse>;
  /** The part of it that surely belongs to an order. */
  energy_orders: ReadonlyMap<OrderEnergyKey, EnergyUse>;
  /** No reading lay at or before the window's start, so a difference begins later than the window. */
  counts_from_later: boolean;
  /** The carriers of which that is so for some register, in order of their names. */
  energy_from_later: readonly string[];
  /** A counter of all or of good items was known in the window, or the asset has none; adjoining windows share it. */
  items_told: boolean;
  /** The latest instant of the window at which any source watched the asset. */
  seen_until_ns?: Nanoseconds;
  /** It was producing or counted an item, planned or not. */
  produced: boolean;
}

export const emptyTally: Tally = { items: 0n, judged: 0n, good: 0n, scrap: 0n, rework: 0n };

export const emptyAccount: Account = {
  calendar_ns: 0n,
  planned_ns: 0n,
  elements: { apt: 0n, aust: 0n, adet: 0n, adot: 0n, pmt: 0n },
  failures: 0n,
  stops: new Map(),
  micro_stops: new Map(),
  products: new Map(),
  orders: new Map(),
  attributed: emptyTally,
  energy: new Map(),
  energy_uses: new Map(),
  energy_orders: new Map(),
  counts_from_later: false,
  energy_from_later: [],
  items_told: false,
  produced: false,
};

/** The account of two windows that adjoin, or of two assets; associative and commutative. */
export function mergeAccounts(a: Account, b: Account): Account {
  const counts = a.counts && b.counts ? addAmounts(a.counts, b.counts) : (a.counts ?? b.counts);
  const seen = later(a.seen_until_ns, b.seen_until_ns);
  return {
    calendar_ns: a.calendar_ns + b.calendar_ns,
    planned_ns: a.planned_ns + b.planned_ns,
    elements: addAmounts(a.elements, b.elements),
    failures: a.failures + b.failures,
    stops: addMaps(a.stops, b.stops),
    micro_stops: addMaps(a.micro_stops, b.micro_stops),
    products: addMaps(a.products, b.products),
    orders: mergeOrders(a.orders, b.orders),
    ...(counts && { counts }),
    attributed: addAmounts(a.attributed, b.attributed),
    energy: addMaps(a.energy, b.energy),
    energy_uses: addMaps(a.energy_uses, b.energy_uses, isUse),
    energy_orders: addMaps(a.energy_orders, b.energy_orders, isUse),
    counts_from_later: a.counts_from_later || b.counts_from_later,
    energy_from_later: namesIn([...a.energy_from_later, ...b.energy_from_later]),
    items_told: a.items_told || b.items_told,
    ...(seen !== undefined && { seen_until_ns: seen }),
    produced: a.produced || b.produced,
  };
}

/**
 * The account of a whole window, without what was counted where nothing in it tells how many were made: rejects alone would
 * make items of what are some of them, and good ones below none. To be asked once all parts are merged, for each asset.
 */
export function asTold(account: Account): Account {
  if (account.items_told) return account;
  const { counts: _, ...rest } = account;
  const orders = new Map([...account.orders].map(([order, sums]) => [order, { ...sums, items: 0n }]));
  return { ...rest, attributed: emptyTally, products: new Map(), orders };
}

/** Each name once, in order, so that equal accounts look alike. */
export function namesIn(names: readonly string[]): readonly string[] {
  return names.length > 1 ? [...new Set(names)].toSorted() : names;
}

function later(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}

export function addAmounts<T extends { readonly [K in keyof T]: bigint }>(a: T, b: T): T {
  const sum = { ...a };
  for (const key in b) sum[key] = (a[key] + b[key]) as T[typeof key];
  return sum;
}

/** What rose and fell back again went into nothing, wherever time was cut between. */
export function isUse({ import: taken, export: given }: EnergyUse): boolean {
  return taken !== 0n || given !== 0n;
}

function addMaps<K extends string, T extends { readonly [A in keyof T]: bigint }>(
  a: ReadonlyMap<K, T>,
  b: ReadonlyMap<K, T>,
  isThere: (sum: T) => boolean = () => true,
): ReadonlyMap<K, T> {
  if (b.size === 0) return a;
  if (a.size === 0) return b;
  const sum = new Map(a);
  for (const [key, amounts] of b) {
    const known = sum.get(key);
    const both = known ? addAmounts(known, amounts) : amounts;
    if (isThere(both)) sum.set(key, both);
    else sum.delete(key);
  }
  return sum;
}
