import { writeFileSync } from 'node:fs';
import { BenchlineError } from '@benchline/model';
import {
  boxIds,
  type ChildSpec,
  freePorts,
  type Home,
  openHome,
  Supervisor,
  serviceConfigs,
} from '@benchline/simulators/box';
import type { MetricsStore } from '../fault.ts';
import { Tamper } from '../tools/tamper.ts';
import { BoxPart } from './box-part.ts';
import { BoxWorld } from './box-world.ts';
import { FrontDoor } from './front.ts';
import { mosquittoSpec } from './mosquitto.ts';
import { busyPlant } from './plant.ts';
import {
  type Address,
  bridged_s,
  type Json,
  type LinkName,
  linkNames,
  type PartName,
  partNames,
} from './world.ts';

const host = '127.0.0.1';
/** The server behind each front door. */
const servers: Readonly<Record<LinkName, PartName>> = {
  'gateway-broker': 'broker',
  'ingest-broker': 'broker',
  'devices-broker': 'broker',
  'ingest-influxd': 'influxd',
  'gateway-line': 'line',
  'gateway-mill': 'mill',
  'metrics-ingest': 'ingest',
};

export interface WorldOptions {
  folder: string;
  /** Seeds the synthetic machines. */
  seed: string;
  /** Time zone of the plant; default: the demonstration's. */
  time_zone?: string | undefined;
  metrics_store: MetricsStore;
  /** Absolute path of Mosquitto. */
  mosquitto: string;
  say: (text: string) => void;
}

/**
 * Starts the whole system in one folder: broker, InfluxDB, ingest, metrics with the embedded store, gateway and
 * simulators, with a front door on every way between them.
 * @throws BenchlineError with the last words of a part that does not start.
 */
export async function openWorld(options: WorldOptions): Promise<BoxWorld> {
  const home = openHome(options.folder, boxIds);
  const supervisor = new Supervisor(() => {});
  const ports = await takePorts();
  const doors = new Map<LinkName, FrontDoor>();
  const end = async () => {
    await supervisor.stop();
    await Promise.all([...doors.values()].map((door) => door.end()));
    home.release();
  };
  try {
    for (const name of linkNames)
      doors.set(name, await FrontDoor.open(name, ports.front(name), ports.part(servers[name])));
    writeConfigs(home, ports, options);
    await startParts(supervisor, specsOf(home, ports, options));
    const parts = new Map(partNames.map((name) => [name, partOf(name, home, supervisor)]));
    const boards = options.metrics_store === 'influx';
    return new BoxWorld({ home, supervisor, parts, doors, urls: urlsOf(ports), boards, say: options.say });
  } catch (error) {
    await end();
    throw error;
  }
}

interface Ports {
  part(name: PartName): Address;
  front(name: LinkName): Address;
}

/** Ports are fixed for the life of the world, so that a part that is started again is found where it was. */
async function takePorts(): Promise<Ports> {
  const ports = await freePorts(partNames.length + linkNames.length);
  const at = (index: number) => ({ host, port: ports[index] ?? 0 });
  return {
    part: (name) => at(partNames.indexOf(name)),
    front: (name) =>
      name === 'metrics-ingest'
        ? // A service refuses requests that are not addressed to its own port.
          { host: '127.0.0.2', port: at(partNames.indexOf('ingest')).port }
        : at(partNames.length + linkNames.indexOf(name)),
  };
}

function url(scheme: string, address: Address): string {
  return `${scheme}://${address.host}:${address.port}`;
}

function urlsOf({ part }: Ports): BoxWorld['urls'] {
  return {
    broker: url('mqtt', part('broker')),
    influxd: url('http', part('influxd')),
    ingest: url('http', part('ingest')),
    gateway: url('http', part('gateway')),
    metrics: url('http', part('metrics')),
  };
}

function writeConfigs(home: Home, { part, front }: Ports, { time_zone, metrics_store }: WorldOptions): void {
  const influx = { version: 1, url: url('http', front('ingest-influxd')), database: 'benchline' } as const;
  writeFileSync(home.config('plant.yaml'), busyPlant(time_zone));
  const configs = serviceConfigs(home, {
    ports: { ingest: part('ingest').port, metrics: part('metrics').port, gateway: part('gateway').port },
    brokers: {
      ingest: { url: url('mqtt', front('ingest-broker')) },
      gateway: { url: url('mqtt', front('gateway-broker')) },
    },
    feed_url: url('http', front('metrics-ingest')),
    endpoints: {
      line: url('opc.tcp', front('gateway-line')),
      mill: url('opc.tcp', front('gateway-mill')),
      plc: 'mqtt',
      meter: 'mqtt',
    },
    projection: influx,
    // Metrics comes by the same door as ingest: what is wrong there is wrong for both.
    metrics_influx: metrics_store === 'influx' ? influx : undefined,
  });
  configs.gateway['sources'] = (configs.gateway['sources'] as Json[]).map((source) =>
    source['type'] === 'opcua' ? { ...source, survive_outage_s: bridged_s } : source,
  );
  for (const [name, config] of Object.entries(configs))
    writeFileSync(home.config(`${name}.json`), JSON.stringify(config, null, 2));
}

function specsOf(
  home: Home,
  { part, front }: Ports,
  { seed, mosquitto }: WorldOptions,
): Record<PartName, ChildSpec> {
  const own = (name: PartName, ...args: string[]): ChildSpec => ({
    name,
    args,
    log_file: home.log(name),
    environment: new Tamper(home.root, name).environment,
  });
  const service = (name: 'gateway' | 'ingest' | 'metrics') =>
    own(name, name, '--config', home.config(`${name}.json`));
  const simulator = (name: 'line' | 'mill' | 'plc' | 'meter', ...args: string[]) =>
    own(name, 'simulate', name, ...args, '--plant', home.config('plant.yaml'), '--truth', home.truth(name));
  const opcua = (name: 'line' | 'mill') => ['--port', String(part(name).port)];
  const mqtt = ['--broker', url('mqtt', front('devices-broker'))];
  return {
    broker: mosquittoSpec({
      program: mosquitto,
      port: part('broker').port,
      data: home.data('broker'),
      config: home.config('mosquitto.conf'),
      log_file: home.log('broker'),
    }),
    influxd: own(
      'influxd',
      'influxd',
      '--data',
      home.data('influxd'),
      '--port',
      String(part('influxd').port),
    ),
    ingest: service('ingest'),
    metrics: service('metrics'),
    gateway: service('gateway'),
    line: simulator('line', '--seed', seed, '--history', '0s', ...opcua('line')),
    mill: simulator('mill', '--loop', ...opcua('mill')),
    plc: simulator('plc', '--seed', seed, '--history', '0s', ...mqtt),
    meter: simulator('meter', '--history', '24h', '--catch-up', '5s', ...mqtt),
  };
}

async function startParts(
  supervisor: Supervisor,
  specs: Readonly<Record<PartName, ChildSpec>>,
): Promise<void> {
  await Promise.all([supervisor.start(specs.broker), supervisor.start(specs.influxd)]);
  for (const name of ['ingest', 'metrics', 'gateway', 'plc', 'meter', 'line', 'mill'] as const)
    await supervisor.start(specs[name]);
}

function partOf(name: PartName, home: Home, supervisor: Supervisor): BoxPart {
  const child = supervisor.child(name);
  switch (name) {
    case 'gateway':
    case 'ingest':
    case 'metrics':
      return new BoxPart(child, { data: home.data(name), config: home.config(`${name}.json`) });
    case 'broker':
    case 'influxd':
      return new BoxPart(child, { data: home.data(name) });
    case 'line':
    case 'mill':
    case 'plc':
    case 'meter':
      return new BoxPart(child, { data: home.truth_folder });
    default:
      throw new BenchlineError('not_found', `nothing is known of '${String(name)}'`);
  }
}
