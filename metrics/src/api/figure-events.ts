import { createHash } from 'node:crypto';
import { type KpiId, type Nanoseconds, nsPerDay } from '@benchline/model';
import type { Figures } from '../figures/figures.ts';
import { type Grain, periodsOf } from '../figures/periods.ts';
import type { Scope } from '../figures/scopes.ts';
import { kpiView } from './views.ts';

/** A reader that was away longer gets the latest of what it missed. */
const mostMissed = 48;
/** Holds that many days. Only so far back periods are looked for: what a reader says of its last event may be anything. */
const longestMissed: Nanoseconds = 50n * nsPerDay;

export interface FigureEventsOptions {
  figures: Figures;
  scope: Scope;
  grain: Grain;
  /** Only these figures; all of them unless stated. */
  kpis: readonly KpiId[] | undefined;
}

export interface FigureEvent {
  /** Names the period and its content, for Last-Event-ID. */
  id: string;
  data: string;
}

/**
 * The figures of a scope's current period, and of the one before it while data for it still come, as events: one
 * for each period whose figures are not those that were sent last.
 */
export class FigureEvents {
  readonly #of: FigureEventsOptions;
  /** What was sent last, by start of the period. */
  readonly #sent = new Map<Nanoseconds, string>();
  /** Start of the first period that the reader has not been told as closed. */
  #since: Nanoseconds | undefined;

  /** @param lastId the last event that the reader had before its connection broke */
  constructor(of: FigureEventsOptions, lastId: string | undefined) {
    this.#of = of;
    const [, from, hash] = /^(-?\d{1,19})\.([\w-]{1,64})$/.exec(lastId ?? '') ?? [];
    if (from === undefined || hash === undefined) return;
    this.#since = BigInt(from);
    this.#sent.set(this.#since, hash);
  }

  /** Made one after the other as they are taken. @throws BenchlineError `bad_request` for shifts of a scope without a calendar in common, `store_unavailable`. */
  async *changes(now_ns: Nanoseconds): AsyncGenerator<FigureEvent> {
    const { figures, scope, grain, kpis } = this.#of;
    const window = { from_ns: this.#from(now_ns), to_ns: now_ns + 1n };
    const periods = periodsOf(scope, grain, window).slice(-mostMissed);
    const open: Nanoseconds[] = [];
    for (const period of periods) {
      const result = await figures.of(scope, period, now_ns);
      const data = JSON.stringify(kpiView(result, { kpis, listed: { grain, period } }));
      const hash = createHash('sha256').update(data).digest('base64url').slice(0, 22);
      if (result.provisional) open.push(period.from_ns);
      if (this.#sent.get(period.from_ns) === hash) continue;
      this.#sent.set(period.from_ns, hash);
      yield { id: `${period.from_ns}.${hash}`, data };
    }
    this.#since = open[0] ?? periods.at(-1)?.from_ns ?? this.#since;
    for (const from_ns of this.#sent.keys())
      if (this.#since !== undefined && from_ns < this.#since) this.#sent.delete(from_ns);
  }

  /** An event from the future is one of a clock that was ahead: the period in progress is told again. */
  #from(now_ns: Nanoseconds): Nanoseconds {
    const since = this.#since ?? now_ns;
    if (since > now_ns) return now_ns;
    return since < now_ns - longestMissed ? now_ns - longestMissed : since;
  }
}
