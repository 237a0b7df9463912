import { type LimitPeriod, type Nanoseconds, nsPerDay } from '@benchline/model';
import { periodAround } from '../calendar/local-periods.ts';
import { daysOverlapping, localDate } from '../calendar/periods.ts';
import type { Figures } from '../figures/figures.ts';
import { quarterNs } from '../figures/pieces.ts';
import type { Scope } from '../figures/scopes.ts';
import type { DailyEnergy } from '../forecast/daily-energy.ts';
import { classOf } from '../forecast/day-profile.ts';
import type { Interval } from '../intervals.ts';
import { unitsOf } from '../kpis/quantities.ts';
import { type Amount, amountOf, completeAmount } from './amounts.ts';
import { type CutDay, type Outlook, outlookOf, type Today } from './outlook.ts';

/** A forecast learns from so many days at most. */
const historyDays = 112n;
/** What lies before so many days without a reading is another time, and not looked at. */
const mostUnknownDays = 14;
/** Days that say how much of a day is over by some time of it, and how surely. */
const cutDays = 6;

export type ForecastPeriod = Exclude<LimitPeriod, 'hour'>;

/** A day, week or month that is not over, with what it will come to. */
export interface RunningPeriod extends Interval {
  period: ForecastPeriod;
  used: Amount;
  /** Days whose energy was fully known, of those that the forecast could learn from. */
  known_days: number;
  outlook: Outlook | undefined;
}

interface Of {
  scope: Scope;
  carrier: string;
}

/** Forecasts of running periods of scopes, from what the accounts say of the days before. */
export class PeriodForecasts {
  readonly #figures: Figures;

  constructor(figures: Figures) {
    this.#figures = figures;
  }

  /** @throws BenchlineError `store_unavailable`. */
  async at(of: Of, period: ForecastPeriod, now_ns: Nanoseconds): Promise<RunningPeriod> {
    const zone = of.scope.time_zone;
    const span = periodAround(zone, period, now_ns);
    const today = periodAround(zone, 'day', now_ns);
    const used = await amountOf(this.#figures, of, span, now_ns);
    if (used.nano === undefined) return { ...span, period, used, known_days: 0, outlook: undefined };
    const history = await this.#history(of, today, now_ns);
    const known_days = history.kwh.filter((day) => day !== undefined).length;
    const days = daysOverlapping(zone, { from_ns: today.from_ns, to_ns: span.to_ns }).length;
    const used_kwh = unitsOf(used.nano);
    const cut = await this.#cut(of, { today, history, now_ns });
    const outlook = outlookOf({ history, days, used_kwh, today: cut });
    return { ...span, period, used, known_days, outlook };
  }

  async #history(of: Of, today: Interval, now_ns: Nanoseconds): Promise<DailyEnergy> {
    const zone = of.scope.time_zone;
    const days = daysOverlapping(zone, {
      from_ns: today.from_ns - historyDays * nsPerDay,
      to_ns: today.from_ns,
    });
    const kwh: (number | undefined)[] = [];
    // Backwards, since looking for what a new plant never measured takes longer than all the rest.
    let unknown = 0;
    for (const day of days.toReversed()) {
      const amount = completeAmount(await amountOf(this.#figures, of, day, now_ns));
      kwh.unshift(amount);
      unknown = amount === undefined ? unknown + 1 : 0;
      if (unknown === mostUnknownDays) break;
    }
    // Days before the first that is known say nothing, and would take the place of what is.
    const first = Math.max(
      0,
      kwh.findIndex((day) => day !== undefined),
    );
    const start = days[days.length - kwh.length + first] ?? today;
    return { first_day: localDate(zone, start.from_ns) / 86_400_000, kwh: kwh.slice(first) };
  }

  /** Today and earlier days of its kind, cut at this time of day, on the quarter hour. */
  async #cut(
    of: Of,
    { today, history, now_ns }: { today: Interval; history: DailyEnergy; now_ns: Nanoseconds },
  ): Promise<Today> {
    const elapsed = now_ns - today.from_ns;
    const over = elapsed - (elapsed % quarterNs);
    const until = async (from_ns: Nanoseconds) =>
      completeAmount(await amountOf(this.#figures, of, { from_ns, to_ns: from_ns + over }, now_ns));
    const index = history.kwh.length;
    const earlier: CutDay[] = [];
    for (let i = index - 1; i >= 0 && earlier.length < cutDays; i -= 1) {
      const whole_kwh = history.kwh[i];
      if (whole_kwh === undefined || isWeekend(history, i) !== isWeekend(history, index)) continue;
      const by_now_kwh = await until(this.#startOf(of, today, index - i));
      if (by_now_kwh !== undefined) earlier.push({ by_now_kwh, whole_kwh });
    }
    return {
      earlier,
      used_kwh: await until(today.from_ns),
      elapsed: Number(elapsed) / Number(today.to_ns - today.from_ns),
    };
  }

  /** Local midnight a number of days before today. */
  #startOf({ scope }: Of, today: Interval, back: number): Nanoseconds {
    const noon = today.from_ns + nsPerDay / 2n - BigInt(back) * nsPerDay;
    return periodAround(scope.time_zone, 'day', noon).from_ns;
  }
}

function isWeekend(history: DailyEnergy, index: number): boolean {
  return classOf(history, index) !== 'working_day';
}
