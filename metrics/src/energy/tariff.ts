import {
  type Nanoseconds,
  type Tariff,
  type TariffBand,
  type TariffPeriod,
  type TariffVersion,
  versionOn,
} from '@benchline/model';
import { dateText, weekdayOf } from '../calendar/pattern.ts';
import { clockSpan, daysOverlapping, localDate, nsOf } from '../calendar/periods.ts';
import { type Interval, intersect, subtract } from '../intervals.ts';

/** A stretch with one price. */
export interface BandStretch extends Interval {
  band: TariffBand;
  price: number;
}

const dayMs = 86_400_000;

/**
 * The bands of a tariff within [from, to), in order; adjoining stretches of one band and price are one. Times of the
 * clock are cut in the site's zone, so the band that holds while the clocks change is an hour shorter or longer.
 * Before the first version there is no price, and nothing is listed.
 */
export function bandsOf(tariff: Tariff, zone: string, window: Interval): BandStretch[] {
  const stretches: BandStretch[] = [];
  for (const day of daysOverlapping(zone, window)) {
    const date = localDate(zone, day.from_ns);
    const version = versionOn(tariff.versions, dateText(date));
    if (!version) continue;
    for (const { band, ...interval } of bandsOfDay(version, zone, date, day)) {
      const [inside] = intersect([interval], [window]);
      if (inside) append(stretches, { ...inside, band, price: version.prices[band] ?? 0 });
    }
  }
  return stretches;
}

function bandsOfDay(version: TariffVersion, zone: string, date: number, day: Interval) {
  let free: Interval[] = [day];
  const taken: (Interval & { band: TariffBand })[] = [];
  for (const period of version.periods) {
    const spans = spansOn(period, date).map(({ from, to }) => ({
      from_ns: nsOf(zone, from),
      to_ns: nsOf(zone, to),
    }));
    taken.push(...intersect(free, spans).map((interval) => ({ ...interval, band: period.band })));
    free = subtract(free, spans);
  }
  taken.push(...free.map((interval) => ({ ...interval, band: version.otherwise })));
  return taken.toSorted((a, b) => (a.from_ns < b.from_ns ? -1 : 1));
}

/** A period on one date: months and weekdays are those of the date, so what runs over midnight is cut there. */
function spansOn(period: TariffPeriod, date: number): { from: number; to: number }[] {
  const month = new Date(date).getUTCMonth() + 1;
  if (!(period.months?.includes(month) ?? true)) return [];
  if (!(period.days?.includes(weekdayOf(date)) ?? true)) return [];
  const { from, to } = clockSpan(period, date);
  const midnight = date + dayMs;
  if (to <= midnight) return [{ from, to }];
  return [
    { from: date, to: to - dayMs },
    { from, to: midnight },
  ];
}

function append(stretches: BandStretch[], next: BandStretch): void {
  const last = stretches.at(-1);
  if (last && last.to_ns === next.from_ns && last.band === next.band && last.price === next.price)
    last.to_ns = next.to_ns;
  else stretches.push(next);
}

/** What a carrier came to in one band. */
export interface BandCost {
  band: TariffBand;
  time_ns: Nanoseconds;
  /** In 10⁻⁹ units, taken in less given back. */
  amount: bigint;
  cost: number;
}

/** Sums stretches by band. */
export function costsOf(stretches: readonly (BandStretch & { amount: bigint })[]): BandCost[] {
  const bands = new Map<TariffBand, BandCost>();
  for (const { band, price, amount, from_ns, to_ns } of stretches) {
    const sum = bands.get(band) ?? { band, time_ns: 0n, amount: 0n, cost: 0 };
    bands.set(band, {
      band,
      time_ns: sum.time_ns + to_ns - from_ns,
      amount: sum.amount + amount,
      cost: sum.cost + (Number(amount) / 1e9) * price,
    });
  }
  return [...bands.values()];
}
