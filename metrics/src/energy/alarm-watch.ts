import { setTimeout as sleep } from 'node:timers/promises';
import {
  describeError,
  type Limit,
  type Log,
  type Nanoseconds,
  nsPerDay,
  nsPerMinute,
} from '@benchline/model';
import type { Interval } from '../intervals.ts';
import { type AlarmChange, changesOf, fellBack, isStanding, type Told } from './alarm-changes.ts';
import { readTold, writeTold } from './alarm-file.ts';
import type { Alarm } from './alarms.ts';

/** Something that happened to an alarm. */
export interface AlarmNews {
  change: AlarmChange;
  alarm: Alarm;
}

export interface AlarmWatchOptions {
  limits: readonly Limit[];
  /** The alarms of a limit in the periods that overlap a window, see `LimitBook`. */
  alarmsOf(limit: Limit, window: Interval, now_ns: Nanoseconds): Promise<readonly Alarm[]>;
  /** File that remembers across restarts what was told; in memory only without it. */
  file: string | undefined;
  /** Whether everything that the ledger has is taken in. */
  caughtUp(): boolean;
  now(): Nanoseconds;
  log: Log;
}

const every_ms = 10_000;
/** What went back by itself is believed after so long: the end of what is known may waver by seconds. */
const settled_ns: Nanoseconds = nsPerMinute;
/** Alarms of periods that are over stand for so long while nobody acknowledges them. */
const kept_ns: Nanoseconds = nsPerDay;

/**
 * Looks at the limits again and again and tells what happened, each thing once, across restarts as well. The
 * alarms themselves follow from accounts and entries alone; only what was told is remembered here.
 */
export class AlarmWatch {
  readonly #options: AlarmWatchOptions;
  readonly #listeners = new Set<(news: AlarmNews) => void>();
  #told: Map<string, Told> | undefined;
  #standing: readonly Alarm[] = [];
  /** Since when an alarm looks as if it had gone back. */
  readonly #fallen = new Map<string, Nanoseconds>();
  #complaint: string | undefined;

  constructor(options: AlarmWatchOptions) {
    this.#options = options;
  }

  /** Alarms and warnings that ask for somebody now, by limit and start. */
  standing(): readonly Alarm[] {
    return this.#standing;
  }

  /** Returns the way to stop listening. */
  listen(listener: (news: AlarmNews) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves once `signal` aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { limits, log } = this.#options;
    while (!signal.aborted && limits.length > 0) {
      try {
        await this.turn();
        this.#complaint = undefined;
      } catch (error) {
        const reason = describeError(error);
        if (reason !== this.#complaint)
          log.warn({ reason }, 'energy limits not looked at; that follows later');
        this.#complaint = reason;
      }
      await sleep(every_ms, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Looks at all limits once, and tells what happened. @throws what the store or the file system throws. */
  async turn(): Promise<void> {
    const { file, caughtUp, now } = this.#options;
    // What is not read yet would look as if it had not been used.
    if (!caughtUp()) return;
    this.#told ??= file === undefined ? new Map<string, Told>() : await readTold(file);
    const now_ns = now();
    const seen = await this.#look(now_ns);
    const news: AlarmNews[] = [];
    const told = new Map<string, Told>();
    for (const alarm of seen) {
      const before = this.#told.get(alarm.id);
      const after = this.#after(alarm, before, now_ns);
      if (after.state !== 'none') told.set(alarm.id, after);
      news.push(...changesOf(before, after).map((change) => ({ change, alarm })));
    }
    this.#standing = seen.flatMap((alarm) => {
      const as = told.get(alarm.id);
      return as && isStanding(as) ? [{ ...alarm, state: as.state }] : [];
    });
    const changed = !sameTold(told, this.#told);
    this.#told = told;
    // Before anybody is told: after a crash in between nobody is told twice.
    if (changed && file !== undefined) await writeTold(file, told);
    for (const each of news) this.#tell(each);
  }

  async #look(now_ns: Nanoseconds): Promise<Alarm[]> {
    const { limits, alarmsOf } = this.#options;
    const window = { from_ns: now_ns - kept_ns, to_ns: now_ns + 1n };
    const seen: Alarm[] = [];
    for (const limit of limits) seen.push(...(await alarmsOf(limit, window, now_ns)));
    return seen;
  }

  /** How an alarm stands. What cannot be told now, or has only just gone back, leaves it as it was. */
  #after(alarm: Alarm, before: Told | undefined, now_ns: Nanoseconds): Told {
    const now = lookedAt(alarm);
    if (!before || !fellBack(before, now)) {
      this.#fallen.delete(alarm.id);
      return now;
    }
    if (alarm.value === undefined) return before;
    const since = this.#fallen.get(alarm.id) ?? now_ns;
    this.#fallen.set(alarm.id, since);
    if (now_ns - since < settled_ns && now_ns < alarm.to_ns) return before;
    this.#fallen.delete(alarm.id);
    return now;
  }

  #tell(news: AlarmNews): void {
    const { change, alarm } = news;
    const { id, limit, value } = alarm;
    const facts = { alarm: id, scope: limit.scope, value, max: limit.max };
    if (change === 'raised') this.#options.log.warn(facts, 'energy limit exceeded');
    else this.#options.log.info({ ...facts, change }, 'energy alarm changed');
    for (const listener of this.#listeners) listener(news);
  }
}

function lookedAt({ state, acknowledged }: Alarm): Told {
  return { state, acknowledged: acknowledged !== undefined };
}

function sameTold(a: ReadonlyMap<string, Told>, b: ReadonlyMap<string, Told>): boolean {
  if (a.size !== b.size) return false;
  return [...a].every(([id, { state, acknowledged }]) => {
    const other = b.get(id);
    return other?.state === state && other.acknowledged === acknowledged;
  });
}
