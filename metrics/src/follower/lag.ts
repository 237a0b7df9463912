import { type Nanoseconds, nsPerSecond, type PlacedBatch, secondsOf } from '@benchline/model';

/** Delays of the batches of the last minute, in seconds. */
export interface LagSummary {
  p50_s: number;
  p99_s: number;
  batches: number;
}

interface Delay {
  at_ns: Nanoseconds;
  gateway_s: number;
  /** Absent where the source's clock is simulated, or the batch has no observation. */
  source_s?: number;
}

const kept: Nanoseconds = 60n * nsPerSecond;

/** How long batches took until they could be queried. */
export class Lag {
  #delays: Delay[] = [];

  add({ content }: { content: PlacedBatch }, at_ns: Nanoseconds): void {
    const { observations, gateway_time_ns, marks } = content;
    const last = marks.includes('simulated_clock') ? undefined : observations.at(-1)?.source_time_ns;
    this.#delays.push({
      at_ns,
      gateway_s: secondsOf(at_ns - gateway_time_ns),
      ...(last !== undefined && { source_s: secondsOf(at_ns - last) }),
    });
    // Forgetting now and then is enough; a summary looks at the last minute only.
    if (this.#delays.length % 1024 === 0) this.#delays = this.#since(at_ns - kept);
  }

  summary(now_ns: Nanoseconds): { source: LagSummary | null; gateway: LagSummary | null } {
    this.#delays = this.#since(now_ns - kept);
    return {
      source: summaryOf(this.#delays.flatMap((d) => d.source_s ?? [])),
      gateway: summaryOf(this.#delays.map((d) => d.gateway_s)),
    };
  }

  #since(from_ns: Nanoseconds): Delay[] {
    return this.#delays.filter((d) => d.at_ns > from_ns);
  }
}

/** Nearest-rank percentiles. */
function summaryOf(delays: readonly number[]): LagSummary | null {
  if (delays.length === 0) return null;
  const sorted = delays.toSorted((a, b) => a - b);
  const rank = (p: number) => sorted[Math.ceil(p * sorted.length) - 1] ?? 0;
  return { p50_s: rank(0.5), p99_s: rank(0.99), batches: sorted.length };
}
