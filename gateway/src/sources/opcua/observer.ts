import { type GapReason, nsFromDate, nsFromMs, nsNow, type Slug, secondsOf } from '@benchline/model';
import { type DataValue, StatusCodes } from 'node-opcua-client';
import type { MachineStream } from '../../stream.ts';
import { overflowed, readClock } from './data-value.ts';
import type { ItemResult } from './items.ts';
import type { ItemValue } from './notification.ts';

/** Which signal of which machine an item feeds. */
export interface Target {
  stream: MachineStream;
  signal: Slug;
}

const waitingForInitialData = StatusCodes.BadWaitingForInitialData.value;
/** A real clock that advances by more between two ticks was not watched in between; 5 s is what claims promise. */
const longestTick_ns = nsFromMs(5000);

/**
 * Turns what a subscription delivers into readings and claims. A new subscription delivers the present value of
 * every item first: that is the read-all after an interruption, without a race between reading and watching.
 */
export class Observer {
  readonly counters = { values: 0, overflows: 0, clock_jumps: 0 };
  readonly #targets: readonly Target[];
  readonly #streams: readonly MachineStream[];
  readonly #simulated: boolean;
  #slack_ns = 0n;
  #interruption: GapReason | undefined;
  #missing: readonly ItemResult[] = [];
  #ticks: bigint[] = [];
  #clock_ns: bigint | undefined;
  #offset_s: number | undefined;
  /** Set while the server's queues have to hold what the spool cannot take: `over` once they are asked again. */
  #waiting: 'on' | 'over' | undefined;

  /** `targets[handle]` is fed by the item of that handle; the clock has the handle `targets.length`. */
  constructor(targets: readonly Target[], simulated: boolean) {
    this.#targets = targets;
    this.#streams = [...new Set(targets.map((t) => t.stream))];
    this.#simulated = simulated;
  }

  /** The newest source time that the server showed. */
  get clock_ns(): bigint | undefined {
    return this.#clock_ns;
  }

  /** How far the server's clock was ahead of this computer's when it last showed it, s; undefined for a simulated one. */
  get clockOffset_s(): number | undefined {
    return this.#offset_s;
  }

  /** A new subscription: what lies between the last claim and its first clock value was not watched. */
  begin(reason: GapReason, results: readonly ItemResult[]): void {
    const tags = results.filter((r) => r.handle < this.#targets.length);
    // A change may lie up to a sampling interval behind the clock and not be sampled yet.
    this.#slack_ns = nsFromMs(Math.max(0, ...tags.map((r) => r.sampling_interval_ms)));
    this.#missing = tags.filter((r) => r.status !== 0);
    this.#interruption = this.#waiting ? 'spool_full' : reason;
    this.#ticks = [];
    this.#clock_ns = undefined;
  }

  /** Nothing is asked of the server until `resume`; what its queues lose meanwhile is the spool's doing. */
  pause(): void {
    this.#waiting = 'on';
  }

  resume(): void {
    if (this.#waiting === 'on') this.#waiting = 'over';
  }

  values(values: readonly ItemValue[], publishTime: Date | null, complete: boolean): void {
    for (const item of values) {
      const target = this.#targets[item.handle];
      if (target) this.#value(target, item, publishTime);
      else if (item.data) this.#tick(item.data);
    }
    if (!complete || this.#ticks.length === 0) return;
    this.#claim();
    if (this.#waiting === 'over') this.#waiting = undefined;
  }

  #value({ stream, signal }: Target, item: ItemValue, publishTime: Date | null): void {
    const { native, status, source_time_ns } = item;
    // The server has not sampled yet; that says nothing about the machine.
    if (status === waitingForInitialData) return;
    const time = source_time_ns ?? this.#clock_ns ?? (publishTime ? nsFromDate(publishTime) : nsNow());
    if (overflowed(status)) {
      this.counters.overflows += 1;
      stream.interrupted(this.#waiting ? 'spool_full' : 'queue_overflow', time);
    }
    this.counters.values += 1;
    stream.take({ signal, source_time_ns: time, native, status });
  }

  #tick(data: DataValue): void {
    const clock = readClock(data);
    if (clock === undefined) return;
    this.#ticks.push(clock);
    if (!this.#simulated) this.#offset_s = secondsOf(clock - nsNow());
  }

  #claim(): void {
    for (const tick of this.#ticks.splice(0)) {
      const step = this.#simulated || this.#clock_ns === undefined ? 0n : tick - this.#clock_ns;
      // A clock that was put back shows times that have been claimed: claims go on once it is past them.
      if (step > longestTick_ns || step < -longestTick_ns) this.counters.clock_jumps += 1;
      if (this.#interruption !== undefined) this.#resumeAt(tick, this.#interruption);
      else if (step > longestTick_ns)
        for (const stream of this.#streams)
          stream.interrupted(this.#waiting ? 'spool_full' : 'source_stalled', tick);
      else for (const stream of this.#streams) stream.observed(tick - this.#slack_ns);
      this.#clock_ns = tick;
    }
  }

  #resumeAt(clock_ns: bigint, reason: GapReason): void {
    for (const stream of this.#streams) stream.interrupted(reason, clock_ns);
    for (const { handle, status } of this.#missing) {
      const target = this.#targets[handle];
      target?.stream.take({ signal: target.signal, source_time_ns: clock_ns, native: undefined, status });
    }
    this.#interruption = undefined;
  }
}
