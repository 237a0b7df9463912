import { describeError } from '@benchline/model';
import { z } from 'zod';

const timeout_ms = 2000;

/** Where the services tell how they fare. */
export interface Doors {
  gateway: string;
  ingest: string;
  metrics: string;
}

const GatewayStatus = z.object({
  sources: z.array(
    z.object({
      id: z.string(),
      machines: z.array(z.object({ machine: z.string(), observed_until: z.string().nullable() })),
    }),
  ),
  spool: z.object({ epoch: z.string(), next: z.number(), acked: z.number() }),
});
const IngestStatus = z.object({
  ledger: z.object({ next: z.number() }),
  projection: z.object({ next: z.number() }),
});
const Pipeline = z.object({ feed: z.object({ next_offset: z.number() }) });

/**
 * Follows one moment on its way: everything that was said by then has been read by the gateway, then acknowledged by
 * the ledger, then projected into InfluxDB, then taken by metrics. Each `advance` asks only the stage it waits for.
 */
export class Passage {
  readonly #doors: Doors;
  readonly #moment_ms: number | undefined;
  #spooled: { epoch: string; next: number } | undefined;
  #ledger: number | undefined;
  #projected = false;
  /** What it waits for, for a person. */
  waitsFor = 'the gateway';

  /** Without a moment: what the gateway has committed by the first look. */
  constructor(doors: Doors, moment_ms: number | undefined) {
    this.#doors = doors;
    this.#moment_ms = moment_ms;
  }

  /** Looks how far the moment has come; true once it has arrived everywhere. Rejects never. */
  async advance(): Promise<boolean> {
    try {
      if (!this.#spooled && !(await this.#read())) return false;
      if (this.#ledger === undefined && !(await this.#acknowledged())) return false;
      if (!this.#projected && !(await this.#inInflux())) return false;
      return await this.#inMetrics();
    } catch (error) {
      this.waitsFor = `${this.waitsFor.replace(/ \(.*/s, '')} (${describeError(error)})`;
      return false;
    }
  }

  async #read(): Promise<boolean> {
    const { sources, spool } = await ask(`${this.#doors.gateway}/status`, GatewayStatus);
    const moment_ms = this.#moment_ms;
    const late = sources.flatMap(({ machines }) =>
      machines.filter(
        ({ observed_until }) => moment_ms !== undefined && !(Date.parse(observed_until ?? '') >= moment_ms),
      ),
    );
    this.waitsFor = `the gateway's sources: ${late.map((m) => `${m.machine} is at ${m.observed_until}`).join(', ')}`;
    if (late.length > 0) return false;
    // What is read is committed a moment later: only the number after that covers it.
    await new Promise((resolve) => setTimeout(resolve, 250));
    const after = await ask(`${this.#doors.gateway}/status`, GatewayStatus);
    this.#spooled = { epoch: after.spool.epoch, next: Math.max(after.spool.next, spool.next) };
    return true;
  }

  async #acknowledged(): Promise<boolean> {
    const { spool } = await ask(`${this.#doors.gateway}/status`, GatewayStatus);
    const { epoch, next } = this.#spooled ?? { epoch: '', next: 0 };
    this.waitsFor = `the ledger: ${spool.acked + 1} of ${next} batches acknowledged`;
    if (spool.epoch !== epoch) this.#spooled = undefined;
    if (spool.epoch !== epoch || spool.acked < next - 1) return false;
    this.#ledger = (await ask(`${this.#doors.ingest}/status`, IngestStatus)).ledger.next;
    return true;
  }

  async #inInflux(): Promise<boolean> {
    const { projection } = await ask(`${this.#doors.ingest}/status`, IngestStatus);
    this.waitsFor = `InfluxDB: ${projection.next} of ${this.#ledger} records`;
    this.#projected = projection.next >= (this.#ledger ?? 0);
    return this.#projected;
  }

  async #inMetrics(): Promise<boolean> {
    const { feed } = await ask(`${this.#doors.metrics}/api/v1/pipeline`, Pipeline);
    this.waitsFor = `metrics: ${feed.next_offset} of ${this.#ledger} records`;
    return feed.next_offset >= (this.#ledger ?? 0);
  }
}

async function ask<T>(url: string, shape: z.ZodType<T>): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeout_ms) });
  return shape.parse(await response.json());
}
