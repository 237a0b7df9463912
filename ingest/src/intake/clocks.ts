import { type Batch, type Nanoseconds, nsFromMs, secondsOf, timeBounds, timeFault } from '@benchline/model';

/** A clock that is further off than this is worth a look; figures of a shift begin to move by then. */
const worthALook_s = 60;
/** An offset is the largest seen within one to two of these: what is late for other reasons lies below it. */
const window_ms = 300_000;
const maxSources = 1000;

export interface ClockReport {
  /** How far the clock is ahead of its gateway's (negative: behind), in seconds. Absent for simulated clocks. */
  offset_s?: number;
  /** Whether that is more than a minute. */
  drifting: boolean;
  /** Observations with times that cannot be true, since the start: they are placed at their gateway's time. */
  insane: { before: number; ahead: number };
}

interface SourceClock {
  insane: { before: number; ahead: number };
  offset: LargestOf;
}

/**
 * What the clocks behind one gateway say. A source is measured by the newest time in a batch against the gateway's
 * when it closed the batch: delays make it smaller, so the largest of some minutes is the clock's.
 */
export class SourceClocks {
  readonly #sources = new Map<string, SourceClock>();

  note(content: Batch, now_ms: number): void {
    const clock = this.#clock(`${content.machine}/${content.source}`);
    if (!clock) return;
    const bounds = timeBounds(content.marks, nsFromMs(now_ms));
    let newest: Nanoseconds | undefined;
    const look = (time: Nanoseconds) => {
      if (newest === undefined || time > newest) newest = time;
    };
    for (const { source_time_ns } of content.observations) {
      const fault = timeFault(source_time_ns, bounds);
      if (fault) clock.insane[fault] += 1;
      else look(source_time_ns);
    }
    if (content.observed && timeFault(content.observed.until_ns, bounds) === undefined)
      look(content.observed.until_ns);
    if (newest !== undefined && !content.marks.includes('simulated_clock'))
      clock.offset.add(secondsOf(newest - content.gateway_time_ns), now_ms);
  }

  report(): Record<string, ClockReport> {
    return Object.fromEntries([...this.#sources].map(([name, clock]) => [name, reportOf(clock)]));
  }

  #clock(name: string): SourceClock | undefined {
    let clock = this.#sources.get(name);
    if (!clock && this.#sources.size < maxSources) {
      clock = { insane: { before: 0, ahead: 0 }, offset: new LargestOf() };
      this.#sources.set(name, clock);
    }
    return clock;
  }
}

function reportOf({ insane, offset }: SourceClock): ClockReport {
  const offset_s = offset.value;
  return {
    ...(offset_s === undefined ? {} : { offset_s }),
    drifting: isDrifting(offset_s),
    insane: { ...insane },
  };
}

/** Whether a clock is off by so much (s) that somebody should look; one that was never compared is not. */
export function isDrifting(offset_s: number | undefined): boolean {
  return offset_s !== undefined && Math.abs(offset_s) > worthALook_s;
}

/** The largest number of the last window or two. */
class LargestOf {
  #since_ms = 0;
  #before: number | undefined;
  #now: number | undefined;

  get value(): number | undefined {
    if (this.#before === undefined || this.#now === undefined) return this.#now ?? this.#before;
    return Math.max(this.#before, this.#now);
  }

  add(value: number, now_ms: number): void {
    if (now_ms - this.#since_ms >= window_ms) {
      this.#before = this.#now;
      this.#now = undefined;
      this.#since_ms = now_ms;
    }
    this.#now = Math.max(this.#now ?? value, value);
  }
}
