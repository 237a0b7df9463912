import type { Asset, Nanoseconds } from '@benchline/model';
import type { Account, StopKey } from '../accounts/account.ts';
import { reportsOf } from '../kpis/scope-account.ts';

/**
 * 10⁻¹⁸ s. Items are counted in 10⁻⁹ and run times in nanoseconds, so their product is a whole number: bars of
 * parts of a window, and of parts of a plant, add up to the last digit.
 */
export type Attoseconds = bigint;

/** Planned run time per item (PRI) of a product; 0 where the plant file has none. */
export type RunTimeNs = (product: string) => Nanoseconds;

/** What is taken off the calendar time, in this order, and what is left of it. */
export const lossBars = [
  'no_shift',
  'planned_maintenance',
  'unobserved',
  'fault',
  'setup',
  'no_order',
  'waiting',
  'short_stop',
  'unrated',
  'speed',
  'start_up',
  'defects',
] as const;
export type LossBar = (typeof lossBars)[number];

export interface Waterfall {
  calendar: Attoseconds;
  losses: Readonly<Record<LossBar, Attoseconds>>;
  /** Whether rejects of start-up are told from others; where they are not, they stand among the defects. */
  start_up: 'told' | 'partly' | 'not_told';
  /** Planned run time of the good items. */
  fully_productive: Attoseconds;
}

const perNano = 1_000_000_000n;

/**
 * From calendar time to fully productive time. Each bar is worked out by itself; they add up because states, and
 * what is not observed, cover the time without overlap. Speed loss is negative where more was made than the planned
 * run time allows: the run time is too long then, and nothing is clamped. Rejects of start-up are those that people
 * named so.
 * @param named whether any scrap cause of the plant is one of start-up.
 */
export function waterfallOf(account: Account, runTime: RunTimeNs, named: boolean): Waterfall {
  const { calendar_ns, planned_ns, elements, products } = account;
  const known_ns = Object.values(elements).reduce((sum, time) => sum + time, 0n);
  const stopped = stoppedByState(account);
  const rated = { apt_ns: 0n, earned: 0n, good: 0n, judged: 0n, named: 0n, start_up: 0n };
  for (const [product, { apt_ns, items, good, ...told }] of products) {
    const run_ns = runTime(product);
    if (run_ns === 0n) continue;
    rated.apt_ns += apt_ns;
    rated.earned += run_ns * items;
    rated.good += run_ns * good;
    rated.judged += run_ns * told.judged;
    rated.named += run_ns * told.named;
    rated.start_up += run_ns * told.start_up;
  }
  const bar = (ns: Nanoseconds): Attoseconds => ns * perNano;
  const rejects = rated.earned - rated.good;
  return {
    calendar: bar(calendar_ns),
    losses: {
      no_shift: bar(calendar_ns - planned_ns),
      planned_maintenance: bar(elements.pmt),
      unobserved: bar(planned_ns - known_ns),
      fault: bar(stopped('fault')),
      setup: bar(stopped('setup')),
      no_order: bar(stopped('no_order')),
      waiting: bar(stopped('waiting')),
      short_stop: bar(stopped('short_stop')),
      unrated: bar(elements.apt - rated.apt_ns),
      speed: bar(rated.apt_ns) - rated.earned,
      start_up: rated.start_up,
      defects: rejects - rated.start_up,
    },
    start_up: named ? toldOf(rated) : 'not_told',
    fully_productive: rated.good,
  };
}

/** Without a cause named of any reject nobody knows which are those of start-up; without rejects there are none. */
function toldOf({
  earned,
  good,
  judged,
  named,
}: Record<'earned' | 'good' | 'judged' | 'named', Attoseconds>): Waterfall['start_up'] {
  const all = judged === earned && named >= earned - good;
  if (all) return 'told';
  return named > 0n ? 'partly' : 'not_told';
}

function stoppedByState({ stops }: Account): (state: string) => Nanoseconds {
  const sums = new Map<string, Nanoseconds>();
  for (const [key, { time_ns }] of stops) {
    const { state } = stopOf(key);
    sums.set(state, (sums.get(state) ?? 0n) + time_ns);
  }
  return (state) => sums.get(state) ?? 0n;
}

/** The state and the reason that a key of stops is made of; a state has no slash in it. */
export function stopOf(key: StopKey): { state: string; reason: string } {
  const cut = key.indexOf('/');
  return { state: key.slice(0, cut), reason: key.slice(cut + 1) };
}

/** Nakajima's six big losses; `undefined` is a loss that nothing measured tells. */
export type SixLosses = Record<
  'breakdown' | 'setup' | 'idling_and_minor_stops' | 'reduced_speed' | 'process_defects' | 'start_up',
  Attoseconds | undefined
>;

/**
 * Six big losses (Nakajima, Introduction to TPM, 1988). Time without an order is none of them. Where nobody names
 * causes of start-up, its rejects stand among the process defects.
 */
export function sixLosses({ losses, start_up }: Waterfall): SixLosses {
  return {
    breakdown: losses.fault,
    setup: losses.setup,
    idling_and_minor_stops: losses.waiting + losses.short_stop,
    reduced_speed: losses.speed,
    process_defects: losses.defects,
    start_up: start_up === 'not_told' ? undefined : losses.start_up,
  };
}

/** What makes a waterfall say less than it seems to. */
export const waterfallNotes = [
  'faster_than_planned',
  'defects_not_counted',
  'start_up_not_told',
  'start_up_partly_told',
] as const;

/** @param machines those that the waterfall is the sum of. */
export function notesOf(
  { losses, start_up }: Waterfall,
  machines: readonly Asset[],
): (typeof waterfallNotes)[number][] {
  const uncounted = machines.map(reportsOf).some(({ good, judged }) => good && !judged);
  return [
    ...(losses.speed < 0n ? (['faster_than_planned'] as const) : []),
    ...(uncounted ? (['defects_not_counted'] as const) : []),
    ...(start_up === 'not_told' ? (['start_up_not_told'] as const) : []),
    ...(start_up === 'partly' ? (['start_up_partly_told'] as const) : []),
  ];
}

/** Seconds, rounded once. */
export function barSeconds(time: Attoseconds): number {
  const whole = time / (perNano * perNano);
  return Number(whole) + Number(time - whole * perNano * perNano) / 1e18;
}
