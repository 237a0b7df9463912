import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalInflux } from '@benchline/store/influxd';

/** Between two looks: what was found may have been there so much longer. */
const look_ms = 40;
/** The first look asks for what is not older than this, and counts nothing of it. */
const first_ms = 10_000;

/** A signal of a machine. */
export interface Watched {
  machine: string;
  signal: string;
}

interface Answer {
  results: { series?: { tags: { machine: string }; values: [time_ns: number, value: number][] }[] }[];
}

/**
 * Looks for one signal of each machine in InfluxDB, again and again, and notes how long after its source time every
 * value was first found. One query for all of them, by InfluxDB's own interface: looking has its price, which the
 * server and this process pay beside what is measured.
 */
export class LatencyProbe {
  readonly #url: string;
  readonly #choice: string;
  /** The newest source time found of each machine, ms. */
  readonly #newest = new Map<string, number>();
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #latencies_s: number[] = [];

  /** @param watched no two of one machine. */
  constructor(influx: Pick<LocalInflux, 'url'>, database: string, watched: readonly Watched[]) {
    this.#url = `${influx.url}/query?db=${database}&epoch=ns`;
    this.#choice = watched
      .map(({ machine, signal }) => `("machine" = '${machine}' AND "signal" = '${signal}')`)
      .join(' OR ');
  }

  start(): void {
    this.#running = this.#run(this.#stopping.signal);
    // Whoever stops it hears of it.
    this.#running.catch(() => undefined);
  }

  /** What was found since it was last asked, s. */
  take(): number[] {
    const found = this.#latencies_s;
    this.#latencies_s = [];
    return found;
  }

  /** @throws Error what InfluxDB answered, if that was no answer. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#look();
      await sleep(look_ms, undefined, { signal }).catch(() => {});
    }
  }

  async #look(): Promise<void> {
    // From the oldest of the newest: values of a machine come in order, and none may be passed over.
    const since_ms = Math.min(...this.#newest.values(), Date.now());
    const from_ms = this.#newest.size === 0 ? Date.now() - first_ms : since_ms;
    const { results } = await this.#ask(
      `SELECT "number" FROM "signal" WHERE (${this.#choice}) AND time > ${from_ms}ms GROUP BY "machine"`,
    );
    const found_ms = Date.now();
    for (const { tags, values } of results[0]?.series ?? []) {
      const before = this.#newest.get(tags.machine);
      for (const [time_ns] of values) {
        const time_ms = Math.round(time_ns / 1e6);
        if (before !== undefined && time_ms > before) this.#latencies_s.push((found_ms - time_ms) / 1000);
      }
      const last = values.at(-1);
      if (last) this.#newest.set(tags.machine, Math.max(before ?? 0, Math.round(last[0] / 1e6)));
    }
  }

  async #ask(q: string): Promise<Answer> {
    // Compressing for the way within a computer would be counted as influxd's.
    const headers = { 'accept-encoding': 'identity' };
    const body = new URLSearchParams({ q });
    const response = await fetch(this.#url, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`influxd answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as Answer;
  }
}

/** Nearest rank. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}
