import { setTimeout as sleep } from 'node:timers/promises';
import { nsFromMs } from '@benchline/model';
import type { TelemetryStore } from '@benchline/store';

/** Between two looks: what was found may have been there so much longer. */
const look_ms = 25;

/**
 * Looks at some signals of some machines in a store, again and again, and notes how long after its source time each
 * new value was first found.
 */
export class LatencyProbe {
  readonly #store: Pick<TelemetryStore, 'latest'>;
  readonly #machines: readonly string[];
  readonly #signals: readonly string[];
  readonly #newest = new Map<string, bigint>();
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #latencies_s: number[] = [];

  constructor(
    store: Pick<TelemetryStore, 'latest'>,
    machines: readonly string[],
    signals: readonly string[],
  ) {
    this.#store = store;
    this.#machines = machines;
    this.#signals = signals;
  }

  start(): void {
    this.#running = this.#run(this.#stopping.signal);
  }

  /** What was found since it was last asked, s. */
  take(): number[] {
    const found = this.#latencies_s;
    this.#latencies_s = [];
    return found;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (let turn = 0; !signal.aborted; turn += 1) {
      await this.#look(this.#machines[turn % this.#machines.length] ?? '');
      await sleep(look_ms, undefined, { signal }).catch(() => {});
    }
  }

  async #look(machine: string): Promise<void> {
    const at_ns = nsFromMs(Date.now() + 60_000);
    const latest = await this.#store.latest({ machine, signals: [...this.#signals], at_ns });
    const found_ms = Date.now();
    for (const { signal, source_time_ns } of latest) {
      const key = `${machine}/${signal}`;
      const before = this.#newest.get(key);
      if (before === source_time_ns) continue;
      this.#newest.set(key, source_time_ns);
      // The first look finds what had been there before.
      if (before !== undefined)
        this.#latencies_s.push((found_ms - Number(source_time_ns / 1_000_000n)) / 1000);
    }
  }
}

/** Nearest rank. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}
