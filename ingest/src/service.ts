import { join } from 'node:path';
import {
  brokerAccess,
  type Log,
  loadPlant,
  nsNow,
  type PlantIndex,
  readSigningKey,
  type SigningKey,
} from '@benchline/model';
import { type Door, openDoor, readCredentials } from '@benchline/model/door';
import { registerHealth } from '@benchline/model/health';
import { placementOf } from '@benchline/store';
import { openInfluxStore } from '@benchline/store/influx';
import { lockFolder } from '@benchline/store/journal';
import type { IngestConfig } from './config.ts';
import { Entries } from './entries/entries.ts';
import { entryRoutes } from './entries/routes.ts';
import { Readers } from './feed/readers.ts';
import { feedRoutes } from './feed/routes.ts';
import type { FeedParts } from './feed/status.ts';
import { type IngestHealth, ingestHealth, observeDurable } from './health/index.ts';
import { Acks } from './intake/acks.ts';
import { Intake, type IntakeOptions } from './intake/intake.ts';
import { planNodes, topicsOf } from './intake/nodes/config.ts';
import { Subscription } from './intake/subscription.ts';
import { trustFolder } from './intake/trust.ts';
import type { Ledger } from './ledger/ledger.ts';
import { openLedger } from './ledger/open.ts';
import { Upkeep } from './ledger/upkeep.ts';
import { onceTheDiskWorks } from './opening.ts';
import { readCursor, targetOf } from './projection/cursor.ts';
import { Projection } from './projection/projection.ts';
import { Publications } from './publications/publications.ts';
import { publicationRoutes } from './publications/routes.ts';
import { Quarantine } from './quarantine.ts';
import { Resubmissions } from './resubmit/resubmissions.ts';

export interface Ingest {
  /** The port of its door. */
  port: number;
  /** Resolves with the reason when it cannot go on and the process has to start anew. */
  failed: Promise<Error>;
  /** Lets what was accepted reach the disk, and closes everything. */
  close(): Promise<void>;
}

type Plant = ReturnType<typeof loadPlant>;

/**
 * Opens the ledger and everything that leads into it and out of it. The broker and the store may be away: they
 * are waited for, and so is a disk that does not let the ledger be read, until the signal aborts.
 * @throws BenchlineError `config_invalid`, `plant_invalid`, `port_busy` or `folder_locked`.
 */
export async function openIngest(
  config: IngestConfig,
  log: Log,
  signal: AbortSignal = new AbortController().signal,
): Promise<Ingest> {
  await using opened = new AsyncDisposableStack();
  const plant = loadPlant(config.plant);
  const key = readSigningKey(config.key_file);
  const { result: stores, port: listened } = await onceTheDiskWorks(
    (attempt) => openStores(config, plant, log, attempt),
    { config, log, signal, opened },
  );
  const { ledger, quarantine, projection, readers } = stores;
  const { intake, subscription, failed } = openIntake(
    { config, plant, stores, key },
    (drafts, took_s) => observeDurable(health.exposition, drafts, took_s, nsNow()),
    log,
    opened,
  );
  const { folder } = quarantine;
  const resubmissions = new Resubmissions({ folder, ledger, intake, projection, key, log });
  inBackground((ending) => resubmissions.run(ending), opened);

  const parts = { ledger, intake, subscription, projection, quarantine, readers, open_feeds: new Set() };
  const health: IngestHealth = ingestHealth(parts, { patience_ms: config.http.stalled_after_s * 1000, log });
  const { port } = await openIngestDoor(
    listened === undefined ? config : { ...config, http: { ...config.http, port: listened } },
    parts,
    { health, plant: plant.index, log },
    opened,
  );
  subscription.start();
  opened.defer(() => subscription.stop());

  const everything = opened.move();
  return { port, failed, close: () => everything.disposeAsync() };
}

interface IntakeParts {
  config: IngestConfig;
  plant: Plant;
  stores: Awaited<ReturnType<typeof openStores>>;
  key: SigningKey;
}

/** From the broker into the ledger, and the word about it back. */
function openIntake(
  { config, plant, stores, key }: IntakeParts,
  durable: Required<IntakeOptions>['durable'],
  log: Log,
  opened: AsyncDisposableStack,
) {
  const { ledger_id, group } = config;
  const nodes = planNodes(config.sparkplug_nodes, group, plant.index);
  const failure = Promise.withResolvers<Error>();
  const intake: Intake = new Intake({
    group,
    ledger: stores.ledger,
    chains: stores.chains,
    trusted: trustFolder(config.trusted_gateways_dir, log),
    plant: plant.index,
    max_series_per_gateway: config.max_series_per_gateway,
    quarantine: stores.quarantine,
    nodes,
    key,
    command: (topic, payload) => subscription.command(topic, payload),
    tell: (gateway) => acks.tell(gateway),
    durable,
    fatal: failure.resolve,
    log,
  });
  const subscription: Subscription = new Subscription({
    broker: brokerAccess(config.broker),
    topics: [`spBv1.0/${group}/#`, ...topicsOf(nodes, group)],
    host_id: config.host_id ?? ledger_id,
    receive: (topic, payload) => intake.receive(topic, payload),
    room: () => intake.room(),
    subscribed: () => {
      for (const gateway of intake.gateways()) acks.tell(gateway);
      intake.connected();
    },
    log,
  });
  const acks = new Acks({
    ledger_id,
    key,
    state: (gateway) => intake.acknowledgement(gateway),
    publish: (topic, text) => subscription.publish(topic, text),
  });
  opened.defer(() => acks.stop());
  opened.defer(() => intake.settle());
  return { intake, subscription, failed: failure.promise };
}

/** What is on the disk, and what leads out of it. */
async function openStores(config: IngestConfig, plant: Plant, log: Log, opened: AsyncDisposableStack) {
  const { data_dir } = config;
  const { ledger, chains } = await openLedgerOf(config, log, opened);
  const quarantine = new Quarantine({ folder: join(data_dir, 'quarantine'), log });
  opened.defer(() => quarantine.settle());
  const projection = await openProjection(config, { ledger, plant, quarantine, log }, opened);

  const readers = await Readers.open(join(data_dir, 'ledger', 'readers.json'), log);
  opened.defer(() => readers.settle());
  const held = () => Math.min(readers.held(Date.now()), projection?.next ?? Number.POSITIVE_INFINITY);
  await keepUp(config, { ledger, plant, held, log }, opened);
  return { ledger, chains, quarantine, projection, readers };
}

async function openIngestDoor(
  { http: { host, port, credentials_file } }: IngestConfig,
  parts: FeedParts,
  { health, plant, log }: { health: IngestHealth; plant: PlantIndex; log: Log },
  opened: AsyncDisposableStack,
): Promise<Door> {
  const credentials = credentials_file === undefined ? undefined : readCredentials(credentials_file);
  const door = await openDoor({ service: 'ingest', host, port, credentials, log }, (app) => {
    registerHealth(app, health);
    feedRoutes(app, parts);
    entryRoutes(app, plant, new Entries({ ledger: parts.ledger, plant, now: nsNow }));
    publicationRoutes(app, new Publications(parts.ledger));
  });
  opened.defer(() => door.close());
  health.health.start();
  opened.defer(() => health.health.stop());
  return door;
}

async function openLedgerOf({ data_dir, ledger_id }: IngestConfig, log: Log, opened: AsyncDisposableStack) {
  const lock = await lockFolder(data_dir, 'data folder');
  opened.defer(() => lock.release());
  const { ledger, chains } = await openLedger({ folder: join(data_dir, 'ledger'), ledger_id, log });
  opened.defer(() => ledger.close());
  if (ledger.recovery.cut_bytes > 0)
    log.warn(ledger.recovery, 'cut off the end of the ledger what does not read back; it is asked for again');
  return { ledger, chains };
}

/** Has the ledger say what it should before anything else comes in, and looks after it from then on. */
async function keepUp(
  config: IngestConfig,
  parts: { ledger: Ledger; plant: Plant; held: () => number; log: Log },
  opened: AsyncDisposableStack,
): Promise<void> {
  const { ledger, plant, held, log } = parts;
  const upkeep = new Upkeep({
    ledger,
    plant: { kind: 'plant', digest: plant.digest, yaml: plant.text },
    retention: config.ledger,
    held,
    log,
  });
  await upkeep.catchUp();
  inBackground((signal) => upkeep.run(signal), opened);
}

/** Runs something until everything is closed. */
function inBackground(run: (signal: AbortSignal) => Promise<void>, opened: AsyncDisposableStack): void {
  const stop = new AbortController();
  const running = run(stop.signal);
  opened.defer(async () => {
    stop.abort();
    await running;
  });
}

async function openProjection(
  config: IngestConfig,
  parts: { ledger: Ledger; plant: Plant; quarantine: Quarantine; log: Log },
  opened: AsyncDisposableStack,
): Promise<Projection | undefined> {
  if (!config.influx) return undefined;
  const { ledger, plant, quarantine, log } = parts;
  const store = await openInfluxStore({ config: config.influx, placement: placementOf(plant.index) });
  opened.defer(() => store.close());
  const cursorFile = join(config.data_dir, 'projection', 'cursor.json');
  const identity = { ledger_id: ledger.id, target: targetOf(config.influx), plant_digest: plant.digest };
  const cursor = await readCursor(cursorFile, identity, ledger);
  const projection = new Projection({ ledger, store, cursor, cursorFile, quarantine, log });
  inBackground((signal) => projection.run(signal), opened);
  return projection;
}
