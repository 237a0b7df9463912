import { join } from 'node:path';
import { brokerAccess, describeError, type Log, type Slug } from '@benchline/model';
import { type Door, openDoor, readCredentials } from '@benchline/model/door';
import { registerHealth } from '@benchline/model/health';
import { Mapper } from '@benchline/model/mapping';
import { Backlog } from './backlog.ts';
import { Committer } from './committer.ts';
import { type GatewayHealth, gatewayHealth, Tally } from './health/index.ts';
import { openPublisher } from './publisher/index.ts';
import type { Publisher } from './publisher/port.ts';
import type { Settings, SourceSettings } from './settings.ts';
import { sourceTypeOf } from './sources/index.ts';
import type { Source } from './sources/port.ts';
import { openSpool } from './spool/index.ts';
import type { BatchDraft, Spool } from './spool/port.ts';
import { type RunningSource, registerStatus, type StatusParts } from './status.ts';
import { MachineStream } from './stream.ts';

/** A gateway at work: sources → streams → spool → broker, and a door that shows how it goes. */
export class Gateway {
  readonly #settings: Settings;
  readonly #log: Log;
  readonly #stopping = new AbortController();
  readonly #sources = new Map<Slug, RunningSource>();
  #spool: Spool | undefined;
  #publisher: Publisher | undefined;
  #door: Door | undefined;
  #tally = new Tally([]);
  #health: GatewayHealth | undefined;
  #committing: Promise<void> = Promise.resolve();

  constructor(settings: Settings, log: Log) {
    this.#settings = settings;
    this.#log = log;
  }

  /**
   * Opens the spool, the door, the publisher and then the sources.
   * @throws BenchlineError when the spool or the door cannot be opened.
   */
  async start(): Promise<{ port: number }> {
    const { config, data_dir, key } = this.#settings;
    const spool = await openSpool({
      folder: join(data_dir, 'spool'),
      gateway: config.gateway,
      key,
      ...config.spool,
    });
    this.#spool = spool;
    const publisher = this.#openPublisher(spool);
    this.#publisher = publisher;
    const { committer, backlog } = this.#prepare(spool);
    this.#door = await this.#openDoor({ spool, publisher, committer, backlog });
    this.#health?.health.start();
    publisher.start();
    this.#committing = committer.run(this.#stopping.signal);
    for (const { source } of this.#sources.values()) source.start();
    return { port: this.#door.port };
  }

  /** Resolves with the reason when the spool fails, so that the process has to start anew. */
  failed(): Promise<Error> {
    return new Promise((resolve) => {
      this.#committing.catch((error: unknown) =>
        resolve(error instanceof Error ? error : new Error(String(error))),
      );
    });
  }

  /** Ends the sources, commits what they delivered, and closes everything. */
  async stop(): Promise<void> {
    await Promise.all([...this.#sources.values()].map(({ source }) => source.stop()));
    this.#stopping.abort();
    this.#health?.health.stop();
    await this.#committing.catch((error: unknown) => this.#log.error(describeError(error)));
    await this.#publisher?.stop();
    await this.#door?.close();
    await this.#spool?.close();
  }

  #prepare(spool: Spool): { committer: Committer; backlog: Backlog } {
    const all = () => [...this.#sources.values()].map(({ source }) => source);
    const backlog = new Backlog({
      worthACommit: () => committer.nudge(),
      full: () => {
        this.#log.warn('the spool cannot keep up: sources wait');
        for (const source of all()) source.pause();
      },
      relieved: () => {
        for (const source of all()) source.resume();
      },
    });
    for (const settings of this.#settings.sources)
      this.#sources.set(settings.config.id, this.#openSource(settings, spool, backlog));
    this.#tally = new Tally(this.#sources.keys());
    const committer = new Committer({
      spool,
      sources: [...this.#sources.values()],
      backlog,
      flush_interval_ms: this.#settings.config.flush_interval_ms,
      log: this.#log,
      committed: (draft) => this.#committed(draft),
    });
    return { committer, backlog };
  }

  #openSource({ config, marks, machines }: SourceSettings, spool: Spool, backlog: Backlog): RunningSource {
    const streams = machines.map(({ asset, mappings }) => {
      const place = { machine: asset.id, source: config.id };
      const mapper = new Mapper(place.machine, place.source, mappings);
      return new MachineStream(place, mapper, marks, spool.resumeState(asset.id, config.id), backlog);
    });
    const source: Source = sourceTypeOf(config).open(config, {
      settings: this.#settings.context,
      streams: new Map(streams.map((stream) => [stream.machine, stream])),
      log: this.#log,
    });
    const simulated_clock = marks.includes('simulated_clock');
    return { id: config.id, type: config.type, simulated_clock, source, streams };
  }

  #committed(draft: BatchDraft): void {
    const { machine, source, resume, observed, gaps } = draft;
    this.#tally.add(draft);
    const until_ns = observed?.until_ns ?? gaps.at(-1)?.to_ns;
    this.#sources.get(source)?.source.committed?.(machine, { resume, until_ns });
  }

  #openPublisher(spool: Spool): Publisher {
    const { config, context, key, ledgers, sources } = this.#settings;
    const devices = new Map<Slug, Parameters<typeof openPublisher>[0]['devices'][number]>();
    for (const { machines } of sources)
      for (const { asset, mappings } of machines) {
        const signals = Object.fromEntries([...mappings].map(([id, { signal }]) => [id, signal]));
        devices.set(asset.id, {
          machine: asset.id,
          signals: { ...devices.get(asset.id)?.signals, ...signals },
        });
      }
    return openPublisher({
      gateway: config.gateway,
      group: config.group,
      spool,
      key,
      ledgers,
      broker: brokerAccess(config.broker, context.resolve),
      primary_host: config.primary_host,
      bd_seq_file: join(this.#settings.data_dir, 'bd-seq'),
      devices: [...devices.values()],
      report: () => this.#health?.report(),
      log: this.#log,
    });
  }

  #openDoor(
    opened: Pick<StatusParts, 'spool' | 'publisher' | 'committer'> & { backlog: Backlog },
  ): Promise<Door> {
    const { config, context } = this.#settings;
    const { host, port, credentials_file, stalled_after_s } = config.http;
    const parts = { gateway: config.gateway, sources: [...this.#sources.values()], ...opened };
    const health = gatewayHealth(
      { ...parts, tally: this.#tally },
      { patience_ms: stalled_after_s * 1000, log: this.#log },
    );
    this.#health = health;
    return openDoor(
      {
        service: 'gateway',
        host,
        port,
        log: this.#log,
        credentials:
          credentials_file === undefined ? undefined : readCredentials(context.resolve(credentials_file)),
      },
      (app) => {
        registerHealth(app, health);
        registerStatus(app, parts);
      },
    );
  }
}
