import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { indexPlant, openLog, parsePlant, type SignedBatch } from '@benchline/model';
import { placementOf } from '@benchline/store';
import { type InfluxStore, openInfluxStore } from '@benchline/store/influx';
import { findInfluxd, startInfluxd } from '@benchline/store/influxd';
import { MetricsConfig } from '../../src/config.ts';
import { writeOf } from '../../src/follower/records.ts';
import { type Metrics, openMetrics } from '../../src/service.ts';
import { FeedServer } from './feed-server.ts';
import { plantYaml } from './plant.ts';

process.env['BENCHLINE_LOG'] ??= 'silent';

export const storeKinds = ['embedded', 'influx'] as const;
export type StoreKind = (typeof storeKinds)[number];

/** Why tests with a kind of store cannot run here. */
export const missing: Readonly<Record<StoreKind, string | undefined>> = {
  embedded: undefined,
  influx: findInfluxd() ? undefined : 'influxd is not installed: apt-get install influxdb',
};

/** A metrics service with a feed and a store of its own, in a temporary folder. */
export class Works {
  readonly kind: StoreKind;
  readonly folder = mkdtempSync(join(tmpdir(), 'benchline-metrics-'));
  readonly plant = parsePlant(plantYaml, 'plant.yaml');
  readonly feed: FeedServer;
  /** In influx mode the test stores what it feeds, as ingest does. */
  readonly influx: InfluxStore | undefined;
  readonly #store: unknown;
  readonly #defer: AsyncDisposableStack;
  #service: Metrics | undefined;

  private constructor(
    kind: StoreKind,
    feed: FeedServer,
    store: unknown,
    defer: AsyncDisposableStack,
    influx?: InfluxStore,
  ) {
    this.kind = kind;
    this.feed = feed;
    this.influx = influx;
    this.#store = store;
    this.#defer = defer;
    writeFileSync(join(this.folder, 'plant.yaml'), plantYaml);
  }

  static async open(kind: StoreKind): Promise<Works> {
    const defer = new AsyncDisposableStack();
    const feed = await FeedServer.open();
    defer.defer(() => feed.close());
    if (kind === 'embedded') return new Works(kind, feed, undefined, defer);
    const dataDir = mkdtempSync(join(tmpdir(), 'benchline-metrics-influx-'));
    const server = await startInfluxd({ dataDir });
    defer.defer(async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    });
    const config = { version: 1 as const, url: server.url, database: 'benchline', timeout_ms: 10_000 };
    const placement = placementOf(indexPlant(parsePlant(plantYaml, 'plant.yaml')));
    const influx = await openInfluxStore({ config, placement });
    return new Works(kind, feed, config, defer, influx);
  }

  async start(more: Record<string, unknown> = {}): Promise<void> {
    const influx = { influx: this.#store, cursor_file: join(this.folder, 'cursor.json') };
    const config = MetricsConfig.parse({
      plant: join(this.folder, 'plant.yaml'),
      feed_url: this.feed.url,
      store: this.kind === 'influx' ? influx : { embedded: { file: join(this.folder, 'store.duckdb') } },
      http: { port: 0 },
      ...more,
    });
    this.#service = await openMetrics(config, openLog('metrics'));
  }

  async stop(): Promise<void> {
    await this.#service?.close();
    this.#service = undefined;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.#defer.disposeAsync();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Lets batches arrive, and waits until the service has them. */
  async deliver(batches: readonly SignedBatch[]): Promise<void> {
    const records = batches.map((batch, offset) => ({ offset, received_ns: 0n, line: '', batch }));
    await this.influx?.write(writeOf(records));
    this.feed.append(...batches);
    await this.caughtUp();
  }

  async caughtUp(): Promise<void> {
    const deadline = Date.now() + 15_000;
    for (;;) {
      const { feed } = await this.get<{ feed: { next_offset: number } }>('/api/v1/pipeline');
      if (feed.next_offset === this.feed.lines.length) return;
      if (Date.now() > deadline) throw new Error(`the service stands at record ${feed.next_offset}`);
      await sleep(100);
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.#service?.port}`;
  }

  async get<T>(path: string, query: Record<string, string> = {}): Promise<T> {
    const response = await fetch(`${this.url}${path}?${new URLSearchParams(query)}`);
    const body = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${body}`);
    return JSON.parse(body) as T;
  }
}
