import { setTimeout as sleep } from 'node:timers/promises';
import { describeError, type KpiId, type Log, type Nanoseconds, nsPerHour } from '@benchline/model';
import type { KpiFigure, KpiPeriod, KpiPoint, TelemetryStore } from '@benchline/store';
import type { FeedPosition } from '../follower/position.ts';
import { type Interval, union } from '../intervals.ts';
import { type Due, duesOf, keyOf } from './due.ts';
import type { Figures, ScopeFigures } from './figures.ts';
import { isProvisional } from './periods.ts';
import { Reach } from './reach.ts';
import type { Scope } from './scopes.ts';
import { partsOf } from './stays.ts';

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

const every_ms = 2000;
/** Open periods change without news too: what nobody claims becomes unobserved. */
const refresh_ms = 10_000;
/** The longest period. */
const longestPeriod: Nanoseconds = 25n * nsPerHour;
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
  readonly #reach = new Reach();
  /** Periods by themselves that have other figures now, or another revision. */
  #revised = new Map<string, Due>();
  /** Points of periods that had not been over for long when they were written. */
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
    for (const { machine, ...interval } of news) this.#add(machine, this.#reach.of(machine, interval));
    this.#next = next;
  }

  /** Takes note that another revision of periods was published, or that something was stated about their scopes. */
  revised(dues: readonly Due[]): void {
    this.#since_ms ??= performance.now();
    for (const due of dues) this.#revised.set(keyOf(due), due);
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
    const revised = this.#revised;
    this.#news = new Map();
    this.#revised = new Map();
    this.#waiting_ms ??= this.#since_ms;
    this.#since_ms = undefined;
    const now_ns = this.#options.now();
    try {
      const due = [
        ...new Map([...this.#dueBy(news), ...revised, ...(refresh ? this.#open(now_ns) : [])]).values(),
      ];
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
      const reason = describeError(error);
      if (reason !== this.#complaint)
        this.#options.log.warn({ reason }, 'KPI points not written; they follow later');
      this.#complaint = reason;
      for (const [asset, intervals] of news) for (const interval of intervals) this.#add(asset, interval);
      this.revised([...revised.values()]);
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
    for (const item of due)
      if (isProvisional(item.period.to_ns, now_ns, this.#options.lateness_ns))
        this.#provisional.set(keyOf(item), item);
      else this.#provisional.delete(keyOf(item));
  }

  /** The periods that news touch, of every scope that an asset belongs to. */
  #dueBy(news: ReadonlyMap<string, readonly Interval[]>): Map<string, Due> {
    const due = new Map<string, Due>();
    for (const scope of this.#options.scopes.values()) {
      const touched = union(scope.assets.flatMap((asset) => partsOf(asset, news.get(asset.id) ?? [])));
      for (const interval of touched) for (const each of duesOf(scope, interval)) due.set(keyOf(each), each);
    }
    return due;
  }

  /** Provisional points, and the periods that now lies in. */
  #open(now_ns: Nanoseconds): Map<string, Due> {
    const due = new Map(this.#provisional);
    for (const scope of this.#options.scopes.values())
      for (const each of duesOf(scope, { from_ns: now_ns, to_ns: now_ns + 1n })) due.set(keyOf(each), each);
    return due;
  }

  #add(asset: string, interval: Interval): void {
    this.#since_ms ??= performance.now();
    this.#news.set(asset, union([...(this.#news.get(asset) ?? []), interval]));
  }
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
    // Null is for windows that are no periods.
    revision: revision ?? 0,
    provisional,
    figures: Object.fromEntries(plain) as Record<KpiId, KpiFigure>,
  };
}
