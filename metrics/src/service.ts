import { describeError, type Log, loadPlant, nsFromMs, nsNow, type PlantIndex } from '@benchline/model';
import { type Door, openDoor, readCredentials } from '@benchline/model/door';
import { placementOf, type TelemetryStore } from '@benchline/store';
import { type EmbeddedStore, openEmbeddedStore } from '@benchline/store/embedded';
import { openInfluxStore } from '@benchline/store/influx';
import { installSchemas } from './api/openapi.ts';
import type { ApiParts } from './api/parts.ts';
import { pipelineView } from './api/pipeline.ts';
import { metricsRoutes } from './api/routes.ts';
import { Updates } from './api/updates.ts';
import { feedAuthorization, type MetricsConfig } from './config.ts';
import { readCursor, writeCursor } from './figures/cursor-file.ts';
import { Figures } from './figures/figures.ts';
import { KpiWriter } from './figures/kpi-writer.ts';
import { scopesOf } from './figures/scopes.ts';
import { Follower } from './follower/follower.ts';

export interface Metrics {
  /** The port of its door. */
  port: number;
  /** Ends what is in progress and closes everything. */
  close(): Promise<void>;
}

/**
 * Opens the store, follows the feed and serves figures. Ingest and InfluxDB may be away: they are waited for.
 * @throws BenchlineError `config_invalid`, `plant_invalid`, `port_busy`, or `store_unavailable` when another
 * process has the embedded store open.
 */
export async function openMetrics(config: MetricsConfig, log: Log): Promise<Metrics> {
  await using opened = new AsyncDisposableStack();
  const { plant, index } = loadPlant(config.plant);
  const feed = { url: config.feed_url, authorization: feedAuthorization(config) };
  const { store, own, from, remember } = await openStore(config, index);
  opened.defer(() => store.close());

  const scopes = scopesOf(plant);
  const lateness_ns = nsFromMs(config.lateness_s * 1000);
  const figures = new Figures({ plant: index, store, lateness_ns });
  const updates = new Updates();
  const writer = own
    ? undefined
    : new KpiWriter({ figures, scopes, store, lateness_ns, now: nsNow, log, onWritten: remember });
  const follower = new Follower({
    feed,
    from,
    log,
    ...(own && { store: own }),
    onNews(news, next) {
      for (const item of news) figures.touched(item);
      writer?.touched(news, next);
      updates.notify();
    },
  });

  const kind = own ? ('embedded' as const) : ('influx' as const);
  const pipeline = { kind, store, assets: [...index.assets.values()], follower, feed };
  const parts: ApiParts = {
    plant: index,
    scopes,
    figures,
    store,
    updates,
    pipeline: (now_ns) => pipelineView(pipeline, now_ns),
    now: nsNow,
  };
  const door = await openApi(config, parts, log);
  opened.defer(() => door.close());

  const stop = new AbortController();
  const running = Promise.all([follower.run(stop.signal), writer?.run(stop.signal)]);
  running.catch((error: unknown) =>
    log.fatal({ reason: describeError(error) }, 'the metrics service stands still'),
  );
  opened.defer(async () => {
    stop.abort();
    await running.catch(() => undefined);
  });
  const everything = opened.move();
  return { port: door.port, close: () => everything.disposeAsync() };
}

async function openApi({ http }: MetricsConfig, parts: ApiParts, log: Log): Promise<Door> {
  const { host, port, credentials_file } = http;
  const credentials = credentials_file === undefined ? undefined : readCredentials(credentials_file);
  return await openDoor({ service: 'metrics', host, port, credentials, log }, async (app) => {
    await installSchemas(app);
    metricsRoutes(app, () => parts);
  });
}

interface OpenedStore {
  store: TelemetryStore;
  /** The store again where this service is the one that writes it. */
  own?: EmbeddedStore;
  /** Offset of the feed to go on from. */
  from: number;
  remember(next: number): Promise<void>;
}

async function openStore({ store: where }: MetricsConfig, plant: PlantIndex): Promise<OpenedStore> {
  const placement = placementOf(plant);
  if ('embedded' in where) {
    const store = await openEmbeddedStore({ file: where.embedded.file, placement });
    return { store, own: store, from: (await store.cursor()) ?? 0, remember: async () => undefined };
  }
  const file = where.cursor_file;
  return {
    store: await openInfluxStore({ config: where.influx, placement }),
    from: file === undefined ? 0 : await readCursor(file),
    remember: async (next) => {
      if (file !== undefined) await writeCursor(file, next);
    },
  };
}
