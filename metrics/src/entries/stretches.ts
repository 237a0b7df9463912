import type { Asset, Entry, Nanoseconds, Statement, StatementKind } from '@benchline/model';
import type { Facts } from '../accounts/facts.ts';
import { microStopReach } from '../accounts/micro-stops.ts';
import { columnsOf } from '../accounts/readings.ts';
import { stateReach } from '../figures/takeover.ts';
import { everAfter, type Interval } from '../intervals.ts';
import type { Stretch } from './overlay.ts';

/** An entry that states something of a kind. */
export type EntryOf<K extends StatementKind> = Entry & { statement: Extract<Statement, { kind: K }> };

/** Entries of some kinds, in their order. */
export function entriesOf<K extends StatementKind>(
  entries: readonly Entry[],
  ...kinds: readonly K[]
): EntryOf<K>[] {
  return entries.filter((entry): entry is EntryOf<K> =>
    (kinds as readonly string[]).includes(entry.statement.kind),
  );
}

/** Those that were entered later last, so that they lie on top. */
export function asEntered<T extends Entry>(entries: readonly T[]): T[] {
  return entries.toSorted((a, b) =>
    a.entered_ns === b.entered_ns ? (a.id < b.id ? -1 : 1) : a.entered_ns < b.entered_ns ? -1 : 1,
  );
}

/**
 * The orders that people named, by start: each goes on until its end or the next one, or until somebody said that
 * it ended.
 * @param holding entries that hold, by start.
 */
export function orderStretches(holding: readonly Entry[]): Stretch<EntryOf<'order'>>[] {
  const said = entriesOf(holding, 'order', 'order_end');
  return said.flatMap((entry, i): Stretch<EntryOf<'order'>>[] => {
    if (!isOrder(entry)) return [];
    const next = said[i + 1]?.from_ns ?? everAfter;
    const to_ns = entry.to_ns !== undefined && entry.to_ns < next ? entry.to_ns : next;
    return to_ns > entry.from_ns ? [{ from_ns: entry.from_ns, to_ns, value: entry }] : [];
  });
}

function isOrder(entry: EntryOf<'order' | 'order_end'>): entry is EntryOf<'order'> {
  return entry.statement.kind === 'order';
}

/**
 * The time that accounts of a span are made of: increments and micro-stops that end in it may have begun before it,
 * and what people stated of that time decides where they belong.
 * @param holding entries that hold, by start.
 */
export function reachOf(
  { counters, registers, micro_stop_ns = 0n }: Pick<Facts, 'counters' | 'registers' | 'micro_stop_ns'>,
  span: Interval,
  holding: readonly Entry[],
): Interval {
  let from_ns = span.from_ns - microStopReach(micro_stop_ns);
  const taken = entriesOf(holding, 'register_exchange', 'register_reading').filter(
    (entry) => entry.from_ns <= span.from_ns,
  );
  const last = new Map(taken.map((entry) => [entry.statement.signal, entry.from_ns]));
  const first = [...counters, ...registers].flatMap(({ readings }) => columnsOf(readings).at_ns[0] ?? []);
  for (const at_ns of [...first, ...last.values()]) if (at_ns < from_ns) from_ns = at_ns;
  return { from_ns, to_ns: span.to_ns };
}

/**
 * The entries that figures of a span depend on: those that touch it, and before it the last order and the last
 * reading of each register.
 * @param holding entries that hold, by start.
 */
export function relevantEntries(holding: readonly Entry[], { from_ns, to_ns }: Interval): Entry[] {
  const carried = new Map<string, Entry>();
  const relevant = new Set<Entry>();
  for (const entry of holding) {
    if (entry.from_ns > to_ns) break;
    if ((entry.to_ns ?? entry.from_ns) >= from_ns) relevant.add(entry);
    else if (carryOf(entry) !== undefined) carried.set(carryOf(entry)!, entry);
  }
  for (const entry of carried.values()) relevant.add(entry);
  return holding.filter((entry) => relevant.has(entry));
}

/** What of an entry goes on to matter after its time: by what it is replaced. */
function carryOf({ statement }: Entry): string | undefined {
  switch (statement.kind) {
    case 'order':
    case 'order_end':
      return 'order';
    case 'register_exchange':
    case 'register_reading':
      return `register ${statement.signal}`;
    default:
      return undefined;
  }
}

/**
 * The time of which accounts change when an entry comes or goes, its end included.
 * @param known entries about the same subject that hold besides it.
 * @param later_ns as `entryReach` says.
 */
export function touchedBy(entry: Entry, known: readonly Entry[], later_ns: Nanoseconds): Interval {
  const { from_ns, to_ns } = spokenOf(entry, known);
  return { from_ns, to_ns: to_ns < everAfter - later_ns ? to_ns + later_ns : everAfter };
}

/** How much later than its time an entry may change an account. */
export function entryReach(
  { statement }: Pick<Entry, 'statement'>,
  asset: Asset,
  micro_stop_ns: Nanoseconds,
): Nanoseconds {
  switch (statement.kind) {
    case 'state':
    case 'order':
    case 'order_end':
      return stateReach(asset, micro_stop_ns);
    case 'stop_reason':
      return micro_stop_ns;
    default:
      return 0n;
  }
}

function spokenOf(entry: Entry, known: readonly Entry[]): Interval {
  const { from_ns, to_ns, statement } = entry;
  switch (statement.kind) {
    case 'order':
    case 'order_end': {
      const next =
        entriesOf(known, 'order', 'order_end').find((e) => e.from_ns > from_ns)?.from_ns ?? everAfter;
      return { from_ns, to_ns: to_ns !== undefined && to_ns < next ? to_ns : next };
    }
    case 'register_exchange':
    case 'register_reading':
      // The next reading may lie anywhere.
      return { from_ns, to_ns: everAfter };
    default:
      return { from_ns, to_ns: to_ns ?? from_ns };
  }
}
