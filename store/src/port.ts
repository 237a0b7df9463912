import type { Entry, Gap, KpiId, MachineObservation, Nanoseconds, Value } from '@benchline/model';

/** Where an asset's points stand in the plant, carried as tags by stores that have tags. */
export interface PointLocation {
  enterprise: string;
  site: string;
  area: string;
  line: string;
}

/**
 * Which measurement a signal's observations belong to. Names come from the plant model, never from input. A
 * store assumes that the answers stay the same while it is open. `placementOf` makes one from a plant.
 */
export interface Placement {
  (machine: string, signal: string): SignalPlacement | undefined;
  /** Where a machine stands: tags for what is not of one signal (observed stretches, gaps). */
  location(machine: string): PointLocation | undefined;
}
export interface SignalPlacement {
  measurement: 'state' | 'count' | 'energy' | 'signal' | 'characteristic' | 'context';
  location: PointLocation;
}

export interface ObservedInterval {
  machine: string;
  source: string;
  from_ns: Nanoseconds;
  until_ns: Nanoseconds;
}

export interface MachineGap extends Gap {
  machine: string;
  source: string;
}

/** What one write carries. Writing the same again changes nothing. */
export interface StoreWrite {
  observations: readonly MachineObservation[];
  observed: readonly ObservedInterval[];
  gaps: readonly MachineGap[];
  /** No two about one subject have the same `entered_ns`. Absent: none. */
  entries?: readonly Entry[];
}

export type WriteItem = { kind: 'observation' | 'observed' | 'gap' | 'entry'; index: number };

/** Partial success is a value: what the store refused for what it contains, never for its own state. */
export interface WriteOutcome {
  accepted: number;
  rejected: readonly (WriteItem & {
    /** `expired`: older than the store keeps anything. */
    code: 'unknown_signal' | 'unrepresentable' | 'refused' | 'expired';
    detail: string;
  })[];
}

export type KpiPeriod = 'hour' | 'shift' | 'day';

/** A KPI's value, or why there is none: absent is not zero. */
export type KpiFigure =
  | { value: number; status: 'ok' | 'partial' }
  | {
      value?: undefined;
      status:
        | 'no_planned_time'
        | 'not_observed'
        | 'no_items'
        | 'no_production'
        | 'no_failures'
        | 'no_maintenance'
        | 'no_meter'
        | 'no_factor'
        | 'no_key_processes'
        | 'no_orders'
        | 'not_declared'
        | 'not_applicable';
    };

/** All figures of one scope and period, written as one point at `from_ns`; a later revision replaces it. */
export interface KpiPoint {
  /** `enterprise[/site[/area[/line[/machine]]]]` */
  scope: string;
  period: KpiPeriod;
  from_ns: Nanoseconds;
  to_ns: Nanoseconds;
  revision: number;
  provisional: boolean;
  figures: Readonly<Record<KpiId, KpiFigure>>;
}

/** What an observation says, without its provenance. */
export interface Said {
  signal: string;
  source: string;
  /** Source time + ordinal. */
  at_ns: Nanoseconds;
  /** Undefined for a bad quality. */
  value: Value | undefined;
  native: Value | undefined;
}

/** What a number says in a row of `SaidNumbers`: nothing (a bad quality, or no number), a double or an integer. */
export const saidKinds = { none: 0, double: 1, integer: 2 } as const;

/** The numbers that one signal said, in time order, column by column; every column has as many rows. */
export interface SaidNumbers {
  signal: string;
  /** Source time + ordinal. */
  at_ns: BigInt64Array;
  /** Of `saidKinds`: in which of the next two columns the value is. */
  kinds: Uint8Array;
  doubles: Float64Array;
  integers: BigInt64Array;
  /** The one that said all of them, or of each row. */
  source: string | readonly string[];
}

export interface SaidColumns {
  /** By signal, each in time order. */
  texts: readonly Said[];
  /** A signal that said nothing is not among them. */
  numbers: readonly SaidNumbers[];
}

/**
 * The telemetry store: a projection of the ledger that can be rebuilt from it. Two adapters, one contract suite.
 * Methods reject with BenchlineError `store_unavailable` (retryable) when the store cannot be reached or refuses
 * for a reason of its own; nothing was lost then, the caller still has the data.
 */
export interface TelemetryStore {
  write(write: StoreWrite): Promise<WriteOutcome>;

  /** Observations of a machine with from < source time + ordinal ≤ to, in time order; of all its signals unless named. */
  observations(query: {
    machine: string;
    signals?: readonly string[];
    from_ns: Nanoseconds;
    to_ns: Nanoseconds;
  }): Promise<MachineObservation[]>;

  /**
   * The same of signals that say texts and of signals that say numbers, without what says nothing new: a text that
   * its signal has just said may be left out. For who reads much; absent where `observations` is the fastest way
   * there is.
   */
  said?(query: {
    machine: string;
    texts: readonly string[];
    numbers: readonly string[];
    from_ns: Nanoseconds;
    to_ns: Nanoseconds;
  }): Promise<SaidColumns>;

  /** The newest observation at or before an instant, for each named signal that has one. */
  latest(query: {
    machine: string;
    signals: readonly string[];
    at_ns: Nanoseconds;
  }): Promise<MachineObservation[]>;

  /** The parts of (from, to] over which the machine was watched by `source` (by any source unless named), merged, in order. */
  observed(query: {
    machine: string;
    source?: string;
    from_ns: Nanoseconds;
    to_ns: Nanoseconds;
  }): Promise<{ from_ns: Nanoseconds; to_ns: Nanoseconds }[]>;

  /** Declared gaps of a machine that overlap a window, by start. */
  gaps(query: { machine: string; from_ns: Nanoseconds; to_ns: Nanoseconds }): Promise<MachineGap[]>;

  /**
   * Entries about some subjects (about all unless named) of which [from, to], or the instant `from`, has something
   * in common with a window, its ends included; those that are superseded too. By start, then as entered.
   */
  entries(query: {
    subjects?: readonly string[];
    from_ns: Nanoseconds;
    to_ns: Nanoseconds;
  }): Promise<Entry[]>;

  writeKpis(points: readonly KpiPoint[]): Promise<void>;
  /** KPI points of a scope and period whose start lies in [from, to), by start; the latest revision of each. */
  kpis(query: {
    scope: string;
    period: KpiPeriod;
    from_ns: Nanoseconds;
    to_ns: Nanoseconds;
  }): Promise<KpiPoint[]>;

  close(): Promise<void>;
}

/**
 * A store that remembers itself up to where of a ledger it holds everything. A store that was dropped, or brought
 * back from an older copy, holds less than the one who fills it believes.
 */
export interface MarkedStore {
  mark(ledger: string, next: number): Promise<void>;
  /** The highest mark of a ledger, undefined when there is none. */
  marked(ledger: string): Promise<number | undefined>;
}
