import { copyFileSync, writeFileSync } from 'node:fs';
import { BenchlineError } from '@benchline/model';
import { demoPlantFile } from '../demo/machines.ts';
import type { Announcement } from './child.ts';
import { type BrokerUser, boxIds, type InfluxTarget, type ServiceName, serviceConfigs } from './configs.ts';
import { type Home, openHome } from './home.ts';
import { assertFree, freePorts } from './ports.ts';
import { Supervisor } from './supervisor.ts';

const host = '127.0.0.1';

/** Which telemetry store a box uses: its own embedded one, or an InfluxDB (its own when no URL is given). */
export type StoreChoice = { kind: 'embedded' } | { kind: 'influx'; server?: InfluxTarget };

/** A broker that runs already instead of the box's own, and as whom each part logs in there. */
export interface BrokerTarget {
  url: string;
  users: Readonly<Record<'gateway' | 'ingest' | 'devices', BrokerUser>>;
}

/** One simulator process: `benchline simulate ARGS`, and the source of the gateway that it stands for. */
export interface SimulatorSpec {
  name: string;
  /** Arguments after `simulate`, without port, broker and truth log, which the box adds. */
  args: readonly string[];
  speaks: 'opcua' | 'mqtt';
  /** Started after all others: what it has to catch up with would hold up their first figures. */
  last?: boolean;
}

export interface BoxOptions {
  folder: string;
  /** Port of the console and the API; 0 takes a free one. */
  port: number;
  store: StoreChoice;
  /** Default: the embedded broker, a part of the box. */
  broker?: BrokerTarget;
  simulators: readonly SimulatorSpec[];
  say?: (text: string) => void;
  /** Gives up while it is still starting. */
  signal?: AbortSignal;
}

/** Everything on one computer, each part a child process that is restarted when it dies. */
export interface Box {
  home: Home;
  supervisor: Supervisor;
  /** Base URL of the console and the API. */
  url: string;
  ingestUrl: string;
  gatewayUrl: string;
  /** Base URL of the InfluxDB in use, if one is. */
  influxUrl: string | undefined;
  stopSimulators(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts broker, store, ingest, metrics, gateway and simulators.
 * @throws BenchlineError `port_busy`, `missing_program` or with the last words of a part that does not start.
 */
export async function startBox(options: BoxOptions): Promise<Box> {
  const say = options.say ?? (() => {});
  if (options.port !== 0) await assertFree(options.port, '--port');
  const home = openHome(options.folder, boxIds);
  const supervisor = new Supervisor(say);
  const stop = async () => {
    await supervisor.stop();
    home.release();
  };
  try {
    const parts = await Promise.race([assemble(options, home, supervisor), abandoned(options.signal)]);
    return { ...parts, home, supervisor, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function abandoned(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = () => reject(new BenchlineError('usage', 'stopped while starting'));
    if (signal?.aborted) giveUp();
    signal?.addEventListener('abort', giveUp, { once: true });
  });
}

async function assemble(options: BoxOptions, home: Home, supervisor: Supervisor) {
  const ports = await takePorts(options);
  const { broker } = options;
  const brokerUrl = broker?.url ?? `mqtt://${host}:${ports.broker}`;
  const start = async (name: string, ...args: string[]) =>
    await supervisor.start({ name, args, log_file: home.log(name) });

  copyFileSync(demoPlantFile, home.config('plant.yaml'));
  const influx = await openInflux(options.store, home, start);
  const wiring = {
    ports: { ingest: ports.ingest, metrics: ports.console, gateway: ports.gateway },
    brokers: {
      ingest: { url: brokerUrl, ...broker?.users.ingest },
      gateway: { url: brokerUrl, ...broker?.users.gateway },
    },
    feed_url: `http://${host}:${ports.ingest}`,
    endpoints: endpointsOf(options, ports),
    projection: influx,
    metrics_influx: influx,
  };
  writeConfigs(home, serviceConfigs(home, wiring));

  const simulate = async (simulator: SimulatorSpec) => {
    const wire =
      simulator.speaks === 'opcua'
        ? ['--port', String(ports.simulators.get(simulator.name))]
        : ['--broker', brokerUrl, ...loginOptions(broker?.users.devices)];
    await start(
      simulator.name,
      'simulate',
      ...simulator.args,
      ...wire,
      '--truth',
      home.truth(simulator.name),
    );
  };
  const speaking = (protocol: SimulatorSpec['speaks']) =>
    options.simulators.filter((s) => s.speaks === protocol && s.last !== true);
  await Promise.all([
    ...(broker ? [] : [start('broker', 'broker', '--host', host, '--port', String(ports.broker))]),
    start('ingest', 'ingest', '--config', home.config('ingest.json')),
    start('metrics', 'metrics', '--config', home.config('metrics.json')),
    start('gateway', 'gateway', '--config', home.config('gateway.json')),
    ...speaking('mqtt').map(simulate),
  ]);
  // OPC UA servers take the longest to load. After the rest, one by one, they do not hold up the first figures.
  for (const server of speaking('opcua')) await simulate(server);
  for (const simulator of options.simulators) if (simulator.last === true) await simulate(simulator);
  return {
    url: `http://${host}:${ports.console}`,
    ingestUrl: `http://${host}:${ports.ingest}`,
    gatewayUrl: `http://${host}:${ports.gateway}`,
    influxUrl: influx?.url,
    stopSimulators: async () => await supervisor.stop(...options.simulators.map((s) => s.name)),
  };
}

function loginOptions(user: BrokerUser | undefined): string[] {
  return user ? ['--username', user.username, '--password-file', user.password_file] : [];
}

interface Ports {
  console: number;
  broker: number;
  ingest: number;
  gateway: number;
  simulators: Map<string, number>;
}

/** Ports are fixed for the life of the box, so that a part that is restarted is found where it was. */
async function takePorts(options: BoxOptions): Promise<Ports> {
  const [consolePort = 0, broker = 0, ingest = 0, gateway = 0, ...rest] = await freePorts(
    4 + options.simulators.length,
  );
  return {
    console: options.port === 0 ? consolePort : options.port,
    broker,
    ingest,
    gateway,
    simulators: new Map(options.simulators.map((simulator, i) => [simulator.name, rest[i] ?? 0])),
  };
}

async function openInflux(
  store: StoreChoice,
  home: Home,
  start: (name: string, ...args: string[]) => Promise<Announcement>,
): Promise<InfluxTarget | undefined> {
  if (store.kind === 'embedded') return undefined;
  if (store.server !== undefined) return store.server;
  const announced = await start('influxd', 'influxd', '--data', home.data('influxd'));
  if (typeof announced['url'] !== 'string')
    throw new BenchlineError('missing_program', 'the local InfluxDB did not say where it listens');
  return { url: announced['url'], version: 1, database: 'benchline' };
}

function writeConfigs(home: Home, configs: Readonly<Record<ServiceName, unknown>>): void {
  for (const [name, config] of Object.entries(configs))
    writeFileSync(home.config(`${name}.json`), `${JSON.stringify(config, null, 2)}\n`);
}

function endpointsOf({ simulators }: BoxOptions, ports: Ports): Record<string, string> {
  return Object.fromEntries(
    simulators.map(({ name, speaks }) => [
      name,
      speaks === 'opcua' ? `opc.tcp://${host}:${ports.simulators.get(name)}` : '',
    ]),
  );
}
