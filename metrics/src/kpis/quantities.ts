import { type CanonicalState, type Nanoseconds, secondsOf } from '@benchline/model';
import type { Account, EnergyUse } from '../accounts/account.ts';

/** Planned run time per item (PRI) of a product in seconds. */
export type RunTime = (product: string) => number;

/** The sums of an account in the units of figures: seconds, items, kWh. */
export interface Quantities {
  calendar_s: number;
  /** PBT: planned time less planned maintenance, which ISO 22400-2 places outside of it. */
  planned_s: number;
  observed_s: number;
  apt_s: number;
  aust_s: number;
  adet_s: number;
  adot_s: number;
  pmt_s: number;
  unobserved_s: number;
  /** Observed time by what the machine did instead of producing; faults under an order and without one. */
  fault_s: number;
  waiting_s: number;
  short_stop_s: number;
  no_order_s: number;
  failures: number;
  micro_stops: number;
  micro_stop_s: number;
  /** Observed PBT, and APT in it, while a product with a planned run time was made. */
  rated_pbt_s: number;
  rated_apt_s: number;
  /** Σ PRI·PQ and Σ PRI·GQ of what was made in that time. */
  earned_s: number;
  earned_good_s: number;
}

export function quantitiesOf(account: Account, runTime: RunTime): Quantities {
  const { calendar_ns, planned_ns, elements, products, failures } = account;
  const observed_ns = elements.apt + elements.aust + elements.adet + elements.adot;
  const pbt_ns = planned_ns - elements.pmt;
  const micro = [...account.micro_stops.values()];
  const rated = [...products].map(([product, amounts]) => ({ ...amounts, run_time_s: runTime(product) }));
  return {
    calendar_s: secondsOf(calendar_ns),
    planned_s: secondsOf(pbt_ns),
    observed_s: secondsOf(observed_ns),
    apt_s: secondsOf(elements.apt),
    aust_s: secondsOf(elements.aust),
    adet_s: secondsOf(elements.adet),
    adot_s: secondsOf(elements.adot),
    pmt_s: secondsOf(elements.pmt),
    unobserved_s: secondsOf(pbt_ns - observed_ns),
    fault_s: stoppedFor(account, 'fault'),
    waiting_s: stoppedFor(account, 'waiting'),
    short_stop_s: stoppedFor(account, 'short_stop'),
    no_order_s: stoppedFor(account, 'no_order'),
    failures: Number(failures),
    micro_stops: Number(micro.reduce((sum, { times }) => sum + times, 0n)),
    micro_stop_s: secondsOf(micro.reduce((sum, { time_ns }) => sum + time_ns, 0n)),
    rated_pbt_s: secondsOf(rated.reduce((sum, r) => sum + r.pbt_ns, 0n)),
    rated_apt_s: secondsOf(rated.reduce((sum, r) => sum + r.apt_ns, 0n)),
    earned_s: rated.reduce((sum, r) => sum + r.run_time_s * unitsOf(r.items), 0),
    earned_good_s: rated.reduce((sum, r) => sum + r.run_time_s * unitsOf(r.good), 0),
  };
}

function stoppedFor({ stops }: Account, state: CanonicalState): number {
  let time: Nanoseconds = 0n;
  for (const [key, stop] of stops) if (key.startsWith(`${state}/`)) time += stop.time_ns;
  return secondsOf(time);
}

/** An amount in 10⁻⁹ units as a number of units. */
export function unitsOf(nano: bigint): number {
  return Number(nano) / 1e9;
}

export function energyInKwh(use: EnergyUse): { import_kwh: number; export_kwh: number } {
  return { import_kwh: unitsOf(use.import), export_kwh: unitsOf(use.export) };
}
