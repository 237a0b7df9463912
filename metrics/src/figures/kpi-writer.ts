import { setTimeout as sleep } from 'node:timers/promises';
import { describeError, type KpiId, type Log, type Nanoseconds } from '@benchline/model';
import type { KpiFigure, KpiPeriod, KpiPoint, TelemetryStore } from '@benchline/store';
import type { FeedPosition } from '../follower/position.ts';
import { type Interval, union } from '../intervals.ts';
import type { Figures, ScopeFigures } from './figures.ts';
import { type Period, periodGrains, periodsOf } from './periods.ts';
import type { Scope } from './scopes.ts';

export interface KpiWriterOptions {
  figures: Figures;
  scopes: ReadonlyMap<string, Scope>;
  store: Pick<TelemetryStore, 'writeKpis'>;
  /** How long after its end a period is provisional. */
  lateness_ns: Nanoseconds;
  now(): Nanoseconds;
  log: Log;
  /** Called with the place up to which everything of the feed is in the points that are written. */
  onWritten(next: FeedPosition): Promise<void>;
}

/** A point to write, by its identity in the store. */
interface Due {
  scope: Scope;
  grain: KpiPeriod;
  period: Period;
}

const every_ms = 2000;
/** Open periods change without news too: what nobody claims becomes unobserved. */
const refresh_ms = 10_000;
const hourNs: Nanoseconds = 3_600_000_000_000n;
/** The longest period. */
const longestPeriod: Nanoseconds = 25n * hourNs;
/** How far late data reach past their own time, until the next reading takes over. */
const lateReach: Nanoseconds = 24n * hourNs;
const mostAtOnce = 100;

/**
 * Keeps the `kpi` series of a store up to date, for boards: hours, shifts and days of every scope that news
 * touch, the latest revision of each. One ordered writer, at most every 2 s, so an older figure never replaces a
 * newer one.
 */
export class KpiWriter {
  readonly #options: KpiWriterOptions;
  /** News by asset that no point shows yet. */
  #news = new Map<string, Interval[]>();
  #next: FeedPosition | undefined;
  readonly #newest = new Map<string, Nanoseconds>();
  /** Points that were provisional when they were written. */
  readonly #provisional = new Map<string, Due>();
  #points = 0;
  #failures = 0;
  #complaint: string | undefined;
  /** When the oldest news came that no point shows yet, by a clock that nobody sets; undefined when there is none. */
  #waiting_ms: number | undefined;
  /** The same of news that came during a turn. */
  #since_ms: number | undefined;

  constructor(options: KpiWriterOptions) {
    this.#options = options;
  }

  /** Takes note; the points follow with the next turn. */
  touched(news: readonly ({ machine: string } & Interval)[], next: FeedPosition): void {
    for (const { machine, from_ns, to_ns } of news) {
      const newest = this.#newest.get(machine);
      if (newest === undefined || to_ns > newest) this.#newest.set(machine, to_ns);
      const late = newest !== undefined && newest > to_ns ? minimum(newest, to_ns + lateReach) : to_ns;
      // Both ends belong to it: an item that is counted at the end of a period belongs to that period.
      this.#add(machine, { from_ns: from_ns - 1n, to_ns: late + 1n });
    }
    this.#next = next;
  }

  /** What was written since the start, and for how many seconds the oldest news has been waiting. */
  status(): {
    points: number;
    failures: number;
    complaint: string | undefined;
    waiting_s: number | undefined;
  } {
    const since_ms = this.#waiting_ms ?? this.#since_ms;
    return {
      points: this.#points,
      failures: this.#failures,
      complaint: this.#complaint,
      waiting_s: since_ms === undefined ? undefined : (performance.now() - since_ms) / 1000,
    };
  }

  /** Resolves once `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const start = this.#options.now();
    // What may have been provisional when the service stopped.
    const from_ns = start - longestPeriod - this.#options.lateness_ns;
    for (const { assets } of this.#options.scopes.values())
      for (const asset of assets) this.#add(asset.id, { from_ns, to_ns: start });
    let refreshed = 0;
    while (!signal.aborted) {
      const began = performance.now();
      const refresh = began - refreshed >= refresh_ms;
      if (refresh) refreshed = began;
      await this.#turn(refresh, signal);
      const rest = Math.max(0, every_ms - (performance.now() - began));
      await sleep(rest, undefined, { signal }).catch(() => undefined);
    }
  }

  async #turn(refresh: boolean, signal: AbortSignal): Promise<void> {
    const news = this.#news;
    const next = this.#next;
    this.#news = new Map();
    this.#waiting_ms ??= this.#since_ms;
    this.#since_ms = undefined;
    const now_ns = this.#options.now();
    try {
      const due = [...new Map([...this.#dueBy(news), ...(refresh ? this.#open(now_ns) : [])]).values()];
      for (let at = 0; at < due.length; at += mostAtOnce) {
        // What is left is found again by the news that no cursor has passed.
        if (signal.aborted) return;
        await this.#write(due.slice(at, at + mostAtOnce), now_ns);
      }
      if (next !== undefined) await this.#options.onWritten(next);
      this.#complaint = undefined;
      this.#waiting_ms = undefined;
    } catch (error) {
      this.#failures += 1;
      this.#complaint = describeError(error);
      for (const [asset, intervals] of news) for (const interval of intervals) this.#add(asset, interval);
      this.#options.log.warn({ reason: this.#complaint }, 'KPI points not written; they follow later');
    }
  }

  async #write(due: readonly Due[], now_ns: Nanoseconds): Promise<void> {
    const points: KpiPoint[] = [];
    for (const { scope, grain, period } of due) {
      const figures = await this.#options.figures.of(scope, period, now_ns);
      points.push(pointOf(figures, grain));
    }
    await this.#options.store.writeKpis(points);
    this.#points += points.length;
    for (const [i, item] of due.entries())
      if (points[i]?.provisional) this.#provisional.set(keyOf(item), item);
      else this.#provisional.delete(keyOf(item));
  }

  /** The periods that news touch, of every scope that an asset belongs to. */
  #dueBy(news: ReadonlyMap<string, readonly Interval[]>): Map<string, Due> {
    const due = new Map<string, Due>();
    for (const scope of this.#options.scopes.values()) {
      const touched = union(scope.assets.flatMap((asset) => news.get(asset.id) ?? []));
      for (const interval of touched) collect(due, scope, interval);
    }
    return due;
  }

  /** Provisional points, and the periods that now lies in. */
  #open(now_ns: Nanoseconds): Map<string, Due> {
    const due = new Map(this.#provisional);
    for (const scope of this.#options.scopes.values())
      collect(due, scope, { from_ns: now_ns, to_ns: now_ns + 1n });
    return due;
  }

  #add(asset: string, interval: Interval): void {
    this.#since_ms ??= performance.now();
    this.#news.set(asset, union([...(this.#news.get(asset) ?? []), interval]));
  }
}

function collect(due: Map<string, Due>, scope: Scope, interval: Interval): void {
  for (const grain of periodGrains) {
    if (grain === 'shift' && !scope.calendar) continue;
    for (const period of periodsOf(scope, grain, interval)) {
      const item = { scope, grain, period };
      due.set(keyOf(item), item);
    }
  }
}

function keyOf({ scope, grain, period }: Due): string {
  return `${scope.path} ${grain} ${period.from_ns}`;
}

function pointOf(
  { scope, from_ns, to_ns, revision, provisional, figures }: ScopeFigures,
  period: KpiPeriod,
): KpiPoint {
  const plain = Object.entries(figures).map(([id, { value, status }]) => [
    id,
    value === undefined ? { status } : { value, status },
  ]);
  return {
    scope: scope.path,
    period,
    from_ns,
    to_ns,
    revision,
    provisional,
    figures: Object.fromEntries(plain) as Record<KpiId, KpiFigure>,
  };
}

function minimum(a: Nanoseconds, b: Nanoseconds): Nanoseconds {
  return a < b ? a : b;
}
