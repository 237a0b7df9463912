import { describeError, type Log, loadPlant, nsFromMs, nsNow, type PlantIndex } from '@benchline/model';
import { type Door, openDoor, readCredentials } from '@benchline/model/door';
import { registerHealth } from '@benchline/model/health';
import { microStopNs } from './accounts/micro-stops.ts';
import { StreamReaders } from './api/event-stream.ts';
import { installSchemas } from './api/openapi.ts';
import type { ApiParts } from './api/parts.ts';
import { pipelineView } from './api/pipeline.ts';
import { metricsRoutes } from './api/routes.ts';
import { Updates } from './api/updates.ts';
import { feedAuthorization, type MetricsConfig } from './config.ts';
import { AlarmWatch } from './energy/alarm-watch.ts';
import { LimitBook } from './energy/limit-book.ts';
import { entryNews, untilNow } from './entries/entry-news.ts';
import { statedDues } from './entries/stated-dues.ts';
import { AccountShelf, accountsVersion } from './figures/account-shelf.ts';
import { Figures } from './figures/figures.ts';
import { KpiWriter } from './figures/kpi-writer.ts';
import { RecentReads } from './figures/recent.ts';
import { scopesOf } from './figures/scopes.ts';
import type { FeedAccess } from './follower/feed.ts';
import { Follower, type FollowerOptions } from './follower/follower.ts';
import { earlier } from './follower/position.ts';
import { LateCount, type MetricsHealth, metricsHealth, observeQueryable } from './health/index.ts';
import { openStore } from './open-store.ts';
import { RevisionBook } from './revisions/book.ts';
import { formulasDigest } from './revisions/compose.ts';
import { Publisher } from './revisions/publisher.ts';
import { Revisions } from './revisions/revisions.ts';
import { recordPublication } from './revisions/send.ts';

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
  const loaded = loadPlant(config.plant);
  const { index } = loaded;
  const feed = { url: config.feed_url, authorization: feedAuthorization(config) };
  const computing = await openFigures(config, loaded, log, opened);
  const { store, own, scopes, figures, revisions, writer, limits } = computing;
  const updates = new Updates();
  const readers = new StreamReaders({ most: config.stream_readers_max });
  const late = new LateCount();
  const follower = followerOf({ config, feed, plant: index, log }, computing, {
    onQueryable: (batch, now_ns) => observeQueryable(health, batch, now_ns),
    onNews(news) {
      for (const item of news) late.add(item);
      updates.notify();
    },
  });
  const publisher = new Publisher({
    ...{ revisions, figures, now: nsNow, log },
    record: (publication, signal) => recordPublication(feed, publication, signal),
    rules: { plant: loaded.digest, formulas: formulasDigest(accountsVersion) },
    caughtUp: () => isCaughtUp(follower),
  });

  const alarms = new AlarmWatch({
    limits: loaded.plant.energy.limits,
    alarmsOf: (limit, window, now_ns) => limits.alarms(limit, window, now_ns),
    file: computing.alarms,
    caughtUp: () => isCaughtUp(follower),
    ...{ now: nsNow, log },
  });
  const patience_ms = config.http.stalled_after_s * 1000;
  const health: MetricsHealth = metricsHealth(
    { follower, writer, figures, late, publisher, revisions, alarms, readers, spoilt: computing.spoilt },
    { patience_ms, log },
  );
  const kind = own ? ('embedded' as const) : ('influx' as const);
  const pipeline = { kind, store, assets: [...index.assets.values()], follower, feed, health: health.health };
  const parts: ApiParts = {
    plant: index,
    scopes,
    figures,
    store,
    updates,
    readers,
    ingest: feed,
    revisions: revisions.book,
    limits,
    alarms,
    pipeline: (now_ns) => pipelineView(pipeline, now_ns),
    now: nsNow,
  };
  const door = await openApi(config, parts, health, log);
  opened.defer(() => door.close());
  health.health.start();
  opened.defer(() => health.health.stop());

  runAll([follower, writer, publisher, alarms], log, opened);
  const everything = opened.move();
  return { port: door.port, close: () => everything.disposeAsync() };
}

type Computing = Awaited<ReturnType<typeof openFigures>>;

/** The store, what is kept beside it, and the figures that rest on them. */
async function openFigures(
  config: MetricsConfig,
  { plant, index }: ReturnType<typeof loadPlant>,
  log: Log,
  opened: AsyncDisposableStack,
) {
  const opening = await openStore(config, index, log);
  const { store, own, from, remember, revisions: file, accounts, alarms } = opening;
  opened.defer(() => store.close());
  const scopes = scopesOf(plant);
  const lateness_ns = nsFromMs(config.lateness_s * 1000);
  let spoilt = 0;
  const onSpoilt = () => (spoilt += 1);
  const book = RevisionBook.open(file, { log, onSpoilt });
  opened.defer(() => book.close());
  const revisions: Revisions = new Revisions({
    ...{ book, scopes, lateness_ns, micro_stop_ns: microStopNs(index) },
    onPublished: (dues) => writer?.revised(dues),
  });
  const shelf =
    accounts === undefined ? undefined : AccountShelf.open({ file: accounts, plant: index, log, onSpoilt });
  opened.defer(() => shelf?.close());
  const recent = new RecentReads(store, index);
  const figures = new Figures({ plant: index, store: recent, lateness_ns, published: revisions, shelf });
  const writer = own
    ? undefined
    : new KpiWriter({ figures, scopes, store, lateness_ns, now: nsNow, log, onWritten: remember });
  const limits = new LimitBook({ energy: plant.energy, scopes, figures });
  return { store, recent, own, from, scopes, revisions, shelf, figures, writer, limits, alarms, spoilt };
}

/** Follows the feed, and tells everyone who keeps something what it no longer holds for. */
function followerOf(
  of: { config: MetricsConfig; feed: FeedAccess; plant: PlantIndex; log: Log },
  { store, recent, own, from, scopes, revisions, shelf, figures, writer }: Computing,
  { onQueryable, onNews }: Pick<FollowerOptions, 'onQueryable' | 'onNews'>,
): Follower {
  const { config, feed, plant, log } = of;
  return new Follower({
    ...{ feed, reader: config.feed_reader, log },
    from: earlier(shelf?.resume(from) ?? from, revisions.position),
    ...(own && { store: own }),
    onQueryable(batch, now_ns) {
      recent.heard(batch.content);
      onQueryable(batch, now_ns);
    },
    async onEntries(entries, next) {
      const changed = await entryNews(entries, plant, store);
      for (const item of changed) figures.entered(item);
      for (const { subject } of entries) figures.stated(subject);
      writer?.revised(await statedDues(entries, scopes, store));
      writer?.touched(
        changed.map((item) => untilNow(item, nsNow())),
        next,
      );
    },
    onNews(news, next) {
      for (const item of news) figures.touched(item);
      writer?.touched(news, next);
      onNews(news, next);
    },
    onRecords(records, next) {
      revisions.take(records, next);
      shelf?.remember(next);
    },
  });
}

/** Runs what goes on until everything is closed. */
function runAll(
  parts: readonly ({ run(signal: AbortSignal): Promise<void> } | undefined)[],
  log: Log,
  opened: AsyncDisposableStack,
): void {
  const stop = new AbortController();
  const running = Promise.all(parts.flatMap((part) => (part ? [part.run(stop.signal)] : [])));
  running.catch((error: unknown) =>
    log.fatal({ reason: describeError(error) }, 'the metrics service stands still'),
  );
  opened.defer(async () => {
    stop.abort();
    await running.catch(() => undefined);
  });
}

function isCaughtUp(follower: Follower): boolean {
  const { connected, pending, caught_up } = follower.status();
  return connected && !pending && caught_up;
}

async function openApi(
  { http }: MetricsConfig,
  parts: ApiParts,
  health: MetricsHealth,
  log: Log,
): Promise<Door> {
  const { host, port, credentials_file } = http;
  const credentials = credentials_file === undefined ? undefined : readCredentials(credentials_file);
  return await openDoor({ service: 'metrics', host, port, credentials, log }, async (app) => {
    await installSchemas(app);
    registerHealth(app, health);
    metricsRoutes(app, () => parts);
  });
}
