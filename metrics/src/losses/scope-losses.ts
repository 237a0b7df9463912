import { type Entry, type Nanoseconds, type PlantIndex, scrapCausesOf } from '@benchline/model';
import type { Account } from '../accounts/account.ts';
import { microStopNs } from '../accounts/micro-stops.ts';
import type { Figures, ScopeFigures } from '../figures/figures.ts';
import { ProductPlans } from '../figures/product-plans.ts';
import type { Scope } from '../figures/scopes.ts';
import type { Interval } from '../intervals.ts';
import { type DefectPareto, defectsOf } from './defects.ts';
import { type ParetoRow, paretoOf } from './pareto.ts';
import { notesOf, stopOf, type Waterfall, waterfallOf } from './waterfall.ts';

/** Stops for one reason, in one state. */
export interface StopReason {
  state: string;
  /** What the controller or an operator called it; empty where nobody did. */
  reason: string;
  time_ns: Nanoseconds;
  times: bigint;
}

/** Failures for one cause. One that goes on under another name counts for both. */
export interface FailureCause {
  reason: string;
  times: bigint;
  time_ns: Nanoseconds;
  /** (observed PBT − all time in fault) ÷ times. */
  mtbf_h: number | undefined;
  /** Time for this cause ÷ times. */
  mttr_h: number | undefined;
}

export interface ScopeLosses {
  figures: ScopeFigures;
  waterfall: Waterfall;
  notes: ReturnType<typeof notesOf>;
  stops: readonly ParetoRow<StopReason>[];
  failures: readonly FailureCause[];
  micro_stops: { bound_ns: Nanoseconds; rows: readonly ParetoRow<StopReason>[] };
  defects: DefectPareto;
}

/**
 * Where the time of a scope went over a window, what stopped it and what was wrong with its items. Sums over its
 * machines; no ratio is averaged.
 * @param entries those of the scope's machines in the window that hold.
 * @throws BenchlineError `store_unavailable`.
 */
export async function lossesOf(
  { figures, plant }: { figures: Figures; plant: PlantIndex },
  scope: Scope,
  window: Interval,
  { now_ns, entries }: { now_ns: Nanoseconds; entries: readonly Entry[] },
): Promise<ScopeLosses> {
  const result = await figures.of(scope, window, now_ns);
  const { account } = result;
  const machines = scope.lines.flatMap((line) => line.machines);
  const startUp = scrapCausesOf(plant.plant).some(({ start_up }) => start_up);
  const waterfall = waterfallOf(account, new ProductPlans(plant).runTimeNs, startUp);
  const stops = reasonsIn(account.stops);
  return {
    figures: result,
    waterfall,
    notes: notesOf(waterfall, machines),
    // Planned maintenance lies outside of planned busy time: it stops nothing that was planned to run.
    stops: paretoOf(
      stops.filter(({ state }) => state !== 'planned_maintenance'),
      ({ time_ns }) => time_ns,
    ),
    failures: failuresOf(result, stops),
    micro_stops: {
      bound_ns: microStopNs(plant),
      rows: paretoOf(reasonsIn(account.micro_stops), ({ times }) => times),
    },
    defects: defectsOf(account.counts, entries),
  };
}

function reasonsIn(stops: Account['stops']): StopReason[] {
  return [...stops].map(([key, stop]) => ({ ...stopOf(key), ...stop }));
}

function failuresOf({ quantities }: ScopeFigures, stops: readonly StopReason[]): FailureCause[] {
  const running_s = quantities.observed_s - quantities.fault_s;
  const hoursEach = (time_s: number, times: bigint) =>
    times === 0n ? undefined : time_s / Number(times) / 3600;
  return paretoOf(
    stops.filter(({ state }) => state === 'fault'),
    ({ time_ns }) => time_ns,
  ).map(({ of: { reason, times, time_ns } }) => ({
    reason,
    times,
    time_ns,
    mtbf_h: hoursEach(running_s, times),
    mttr_h: hoursEach(Number(time_ns) / 1e9, times),
  }));
}
