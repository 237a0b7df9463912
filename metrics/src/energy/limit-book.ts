import {
  BenchlineError,
  type Energy,
  type Entry,
  holdingEntries,
  type Limit,
  type Nanoseconds,
  nsPerMinute,
} from '@benchline/model';
import { localPeriods } from '../calendar/local-periods.ts';
import { nsOf } from '../calendar/periods.ts';
import type { Figures } from '../figures/figures.ts';
import { quarterNs } from '../figures/pieces.ts';
import { findScope, isWithin, type Scope } from '../figures/scopes.ts';
import { everBefore, type Interval } from '../intervals.ts';
import { unitsOf } from '../kpis/quantities.ts';
import { type Alarm, alarmOf, type Measured } from './alarms.ts';
import { amountOf } from './amounts.ts';
import { PeriodForecasts } from './running-period.ts';

/** Most periods of one limit that are looked at in one question. */
const mostPeriods = 400;

export interface LimitBookParts {
  energy: Energy;
  scopes: ReadonlyMap<string, Scope>;
  figures: Figures;
}

/** Limits of the plant file against what was used, with forecasts for periods that are running. */
export class LimitBook {
  readonly #parts: LimitBookParts;
  readonly #forecasts: PeriodForecasts;

  constructor(parts: LimitBookParts) {
    this.#parts = parts;
    this.#forecasts = new PeriodForecasts(parts.figures);
  }

  /** The limits whose scope is, or lies within, a scope. */
  limitsIn(scope: Scope): readonly Limit[] {
    return this.#parts.energy.limits.filter((limit) => isWithin(limit.scope, scope.path));
  }

  /**
   * The alarms of a limit in every period that overlaps a window and has begun, by start.
   * @throws BenchlineError `bad_request` for too many periods, `store_unavailable`.
   */
  async alarms(limit: Limit, window: Interval, now_ns: Nanoseconds): Promise<Alarm[]> {
    const scope = findScope(this.#parts.scopes, limit.scope);
    const periods = this.#periods(limit, scope, window).filter(({ from_ns }) => from_ns < now_ns);
    if (periods.length > mostPeriods)
      throw new BenchlineError(
        'bad_request',
        `limit '${limit.id}' has ${periods.length} periods in the window, more than ${mostPeriods}`,
        { hint: 'ask for a shorter window' },
      );
    const entries = await this.#acknowledgements(limit.scope);
    const alarms: Alarm[] = [];
    for (const period of periods) {
      const measured = await this.#measured(limit, scope, period, now_ns);
      const over = period.to_ns <= now_ns;
      const outlook = over ? undefined : await this.#outlook(limit, scope, now_ns);
      alarms.push(alarmOf(limit, period, { ...measured, outlook, over }, entries));
    }
    return alarms;
  }

  /**
   * When the amount of a period passed the limit, to the minute; undefined when it did not, or the limit is a ratio.
   * @throws BenchlineError `store_unavailable`.
   */
  async exceededAt(limit: Limit, period: Interval, now_ns: Nanoseconds): Promise<Nanoseconds | undefined> {
    if (limit.measure !== 'energy') return undefined;
    const scope = findScope(this.#parts.scopes, limit.scope);
    const end = period.to_ns < now_ns ? period.to_ns : now_ns;
    const exceeds = async (to_ns: Nanoseconds) =>
      ((await this.#measured(limit, scope, { from_ns: period.from_ns, to_ns }, now_ns)).value ?? 0) >
      limit.max;
    if (!(await exceeds(end))) return undefined;
    let [below, above] = [period.from_ns, end];
    // Quarter hours first: accounts are kept for them, while minutes are read anew.
    for (const step of [quarterNs, nsPerMinute])
      while (above - below > step) {
        const middle = below + ((above - below + step) / (2n * step)) * step;
        if (await exceeds(middle)) above = middle;
        else below = middle;
      }
    return above;
  }

  #periods(limit: Limit, scope: Scope, window: Interval): Interval[] {
    const zone = scope.time_zone;
    const first = limit.valid_from === undefined ? everBefore : nsOf(zone, Date.parse(limit.valid_from));
    return localPeriods(zone, limit.period, window).filter(({ from_ns }) => from_ns >= first);
  }

  async #measured(
    { carrier, measure }: Limit,
    scope: Scope,
    window: Interval,
    now_ns: Nanoseconds,
  ): Promise<Pick<Measured, 'value' | 'partial'>> {
    const { nano, account, status } = await amountOf(this.#parts.figures, { scope, carrier }, window, now_ns);
    const partial = status === 'partial';
    if (nano === undefined) return { value: undefined, partial };
    if (measure === 'energy') return { value: unitsOf(nano), partial };
    const good = account.counts?.good ?? 0n;
    return { value: good > 0n ? Number(nano) / Number(good) : undefined, partial };
  }

  async #outlook({ carrier, measure, period }: Limit, scope: Scope, now_ns: Nanoseconds) {
    if (measure !== 'energy' || period === 'hour') return undefined;
    return (await this.#forecasts.at({ scope, carrier }, period, now_ns)).outlook;
  }

  async #acknowledgements(scope: string): Promise<Entry[]> {
    const subjects = new Set([scope, scope.split('/').at(-1) ?? scope]);
    const stated = [...subjects].map((subject) => this.#parts.figures.statedOf(subject));
    return holdingEntries((await Promise.all(stated)).flat());
  }
}
