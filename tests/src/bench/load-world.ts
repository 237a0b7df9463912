import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  boxIds,
  freePorts,
  type Home,
  openHome,
  Supervisor,
  serviceConfigs,
} from '@benchline/simulators/box';
import { type LocalInflux, startInfluxd } from '@benchline/store/influxd';
import { loadMachine, loadNamespace, loadSignal } from './load-names.ts';
import { LoadServer } from './load-servers.ts';
import { cpuOf } from './measure.ts';
import { TalkingProcess } from './process.ts';
import { until } from './until.ts';

const program = fileURLToPath(new URL('../../../model/bin/benchline.ts', import.meta.url));
const host = '127.0.0.1';
const serverCount = 2;
const machinesPerServer = 10;
const signalsPerMachine = 500;

/** The tags of all servers together. */
export const loadTags = serverCount * machinesPerServer * signalsPerMachine;
export const loadMachines = Array.from({ length: serverCount * machinesPerServer }, (_, i) => loadMachine(i));
export const loadSignals = Array.from({ length: signalsPerMachine }, (_, i) => loadSignal(i));

/** The ways a value takes, in order, each a process. */
export const stages = ['opcua servers', 'gateway', 'broker', 'ingest', 'influxd', 'metrics'] as const;
export type Stage = (typeof stages)[number];

/** Ten thousand tags of twenty machines behind two OPC UA servers, and every service on this computer. */
export class LoadWorld {
  readonly influx: LocalInflux;
  readonly #home: Home;
  readonly #servers: readonly LoadServer[];
  readonly #supervisor: Supervisor;
  readonly #ingestUrl: string;

  private constructor(parts: {
    home: Home;
    servers: readonly LoadServer[];
    influx: LocalInflux;
    supervisor: Supervisor;
    ingestUrl: string;
  }) {
    this.#home = parts.home;
    this.#servers = parts.servers;
    this.influx = parts.influx;
    this.#supervisor = parts.supervisor;
    this.#ingestUrl = parts.ingestUrl;
  }

  /** Resolves when the gateway watches all tags and their first values are stored. */
  static async open(folder: string, signal: AbortSignal): Promise<LoadWorld> {
    await using opened = new AsyncDisposableStack();
    const home = openHome(folder, boxIds);
    opened.defer(() => home.release());
    const influx = await startInfluxd({ dataDir: home.data('influxd') });
    opened.defer(() => influx.stop());
    const servers = Array.from(
      { length: serverCount },
      (_, i) => new LoadServer(machinesPerServer, signalsPerMachine, i * machinesPerServer),
    );
    for (const server of servers) opened.defer(() => server.stop());
    const endpoints = await Promise.all(servers.map((server) => server.endpoint()));
    const supervisor = new Supervisor((text) => process.stderr.write(`${text}\n`));
    opened.defer(() => supervisor.stop());
    const ingestUrl = await startServices(home, supervisor, influx.url, endpoints);
    const world = new LoadWorld({ home, servers, influx, supervisor, ingestUrl });
    await world.settled(loadTags, signal);
    opened.move();
    return world;
  }

  get plantFile(): string {
    return this.#home.config('plant.yaml');
  }

  /** All servers together make so many changes a second from now on; resolves with what they made so far. */
  async setRate(rate: number): Promise<number> {
    const made = await Promise.all(
      this.#servers.map((server) => server.setRate(rate / this.#servers.length)),
    );
    return made.reduce((sum, count) => sum + count, 0);
  }

  /** CPU that each stage has used so far, s. */
  cpu(): Record<Stage, number> {
    const of = (name: string) => cpuOf(this.pid(name));
    return {
      'opcua servers': this.#servers.reduce((sum, server) => sum + cpuOf(server.pid), 0),
      gateway: of('gateway'),
      broker: of('broker'),
      ingest: of('ingest'),
      influxd: cpuOf(this.influx.pid),
      metrics: of('metrics'),
    };
  }

  pid(service: string): number {
    return this.#supervisor.child(service).pid ?? 0;
  }

  async stopIngest(): Promise<void> {
    await this.#supervisor.stop('ingest');
  }

  async startIngest(): Promise<void> {
    await this.#supervisor.child('ingest').start();
  }

  /** Writes the ledger into an empty database, as after the loss of one; nothing else runs meanwhile. Observations a second. */
  async rebuild(): Promise<number> {
    await this.#supervisor.stop();
    const target = ['--influx-url', this.influx.url, '--influx-database', 'rebuilt'];
    const ledger = ['--data', this.#home.data('ingest'), '--plant', this.plantFile];
    const rebuilding = new TalkingProcess(program, ['ledger', 'rebuild', ...ledger, ...target, '--json']);
    try {
      return Number((await rebuilding.next())['observations_per_s']);
    } finally {
      await rebuilding.stop();
    }
  }

  /** Observations that ingest has taken in since it started, and records that are not in InfluxDB yet. */
  async progress(): Promise<{ observations: number; behind: number }> {
    const response = await fetch(`${this.#ingestUrl}/status`);
    const status = (await response.json()) as {
      gateways: Record<string, { observations: number }>;
      projection: { behind: number };
    };
    return {
      observations: status.gateways[boxIds.gateway]?.observations ?? 0,
      behind: status.projection.behind,
    };
  }

  /** Waits until ingest has taken in so many observations and InfluxDB has them all. */
  async settled(observations: number, signal: AbortSignal): Promise<void> {
    await until(signal, 'everything was stored', async () => {
      const progress = await this.progress().catch(() => undefined);
      return progress !== undefined && progress.observations >= observations && progress.behind === 0;
    });
  }

  /** Waits until nothing new has come for a second and InfluxDB has it all. */
  async quiet(signal: AbortSignal): Promise<void> {
    let before = -1;
    await until(signal, 'nothing came any more', async () => {
      const { observations, behind } = await this.progress();
      const still = observations === before && behind === 0;
      before = observations;
      await sleep(1000, undefined, { signal });
      return still;
    });
  }

  async stop(): Promise<void> {
    await this.#supervisor.stop();
    await Promise.all(this.#servers.map((server) => server.stop()));
    await this.influx.stop();
    this.#home.release();
  }
}

async function startServices(
  home: Home,
  supervisor: Supervisor,
  influxUrl: string,
  endpoints: readonly string[],
): Promise<string> {
  const [broker = 0, ingest = 0, metrics = 0, gateway = 0] = await freePorts(4);
  const url = `mqtt://${host}:${broker}`;
  const influx = { version: 1, url: influxUrl, database: 'benchline' } as const;
  writeFileSync(home.config('plant.yaml'), JSON.stringify(plantFile()));
  const configs = serviceConfigs(home, {
    ports: { ingest, metrics, gateway },
    brokers: { ingest: { url }, gateway: { url } },
    feed_url: `http://${host}:${ingest}`,
    endpoints: {},
    projection: influx,
    metrics_influx: influx,
  });
  configs.gateway['sources'] = endpoints.map(sourceConfig);
  const start = (name: string, ...args: string[]) =>
    supervisor.start({ name, args, log_file: home.log(name) });
  await start('broker', 'broker', '--host', host, '--port', String(broker));
  for (const [name, config] of Object.entries(configs)) {
    writeFileSync(home.config(`${name}.json`), JSON.stringify(config));
    await start(name, name, '--config', home.config(`${name}.json`));
  }
  return `http://${host}:${ingest}`;
}

/** One server as a source. Queues hold a second of the fastest pace: an outage of the servers is not measured here. */
function sourceConfig(endpoint: string, index: number): unknown {
  const tag = (signal: string) => ({ node: `nsu=${loadNamespace};s={machine}.${signal}` });
  return {
    id: `server-${index}`,
    type: 'opcua',
    endpoint,
    security: { mode: 'None', accept: 'unauthenticated' },
    sampling_interval_ms: 0,
    publishing_interval_ms: 100,
    queue_size: 20,
    tag_sets: { all: Object.fromEntries(loadSignals.map((signal) => [signal, tag(signal)])) },
    machines: loadMachines
      .slice(index * machinesPerServer, (index + 1) * machinesPerServer)
      .map((machine) => ({ machine, tag_set: 'all' })),
  };
}

function plantFile(): unknown {
  const name = (text: string) => ({ en: text, zh: text });
  const signal = { measurement: 'signal', type: 'number', unit: 'mm', name: name('Value') };
  return {
    benchline: 1,
    enterprise: {
      id: 'bench',
      name: name('Bench'),
      sites: [
        {
          id: boxIds.group,
          name: name('Site'),
          time_zone: 'Asia/Shanghai',
          calendar: 'always',
          areas: [
            {
              id: 'area',
              name: name('Area'),
              lines: [
                {
                  id: 'line',
                  name: name('Line'),
                  machines: loadMachines.map((id) => ({ id, name: name(id), type: 'load', control: 'PLC' })),
                },
              ],
            },
          ],
        },
      ],
    },
    machine_types: [
      {
        id: 'load',
        name: name('Load'),
        signals: Object.fromEntries(loadSignals.map((id) => [id, signal])),
      },
    ],
    calendars: [
      {
        id: 'always',
        shifts: [{ id: 'all-day', name: name('All day'), start: '00:00', end: '00:00' }],
      },
    ],
  };
}
