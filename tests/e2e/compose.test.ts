import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { demoGatewayConfig } from '@benchline/simulators';
import { describe, expect, it } from 'vitest';
import {
  dockerfile,
  makeSecrets,
  mosquittoConf,
  mountsOf,
  onHost,
  optionOf,
  readCompose,
  readYaml,
  serviceOf,
} from './compose.ts';
import { benchline, repository } from './kit.ts';

const compose = readCompose();
const services = Object.entries(compose.services);
const ours = services.filter(([, service]) => service.image.startsWith('benchline:'));
const configured = ['gateway', 'ingest', 'metrics'] as const;

interface ServiceConfig {
  http: { host: string; port: number; credentials_file?: string };
}
interface Influx {
  url: string;
  org: string;
  bucket: string;
}
const gateway = readYaml('gateway/deploy/gateway.yaml') as ServiceConfig & {
  broker: { url: string };
  data_dir: string;
  sources: Source[];
};
const ingest = readYaml('ingest/deploy/ingest.yaml') as ServiceConfig & {
  broker: { url: string };
  data_dir: string;
  influx: Influx;
};
const metrics = readYaml('metrics/deploy/metrics.yaml') as ServiceConfig & {
  feed_url: string;
  store: { influx: Influx; cursor_file: string };
};
type Source = Record<string, unknown>;

const healthUrl = (name: string) => new URL(serviceOf(compose, name).healthcheck?.test.at(-1) ?? '');
const published = (name: string) => serviceOf(compose, name).ports?.map((port) => port.split(':').at(-1));

describe('docker-compose.yml', () => {
  it('gives each service a configuration that is in order, with every file that it names', async () => {
    const folders = await makeSecrets();
    for (const name of configured) {
      const path = optionOf(serviceOf(compose, name), 'config') ?? '';
      const text = readFileSync(onHost(compose, name, path, folders), 'utf8').replaceAll(
        /(?<=^[^#]*)\/(benchline|secrets|data)\/[\w./-]+/gm,
        (found) => onHost(compose, name, found, folders),
      );
      const file = join(folders.secrets, `${name}.yaml`);
      writeFileSync(file, text);
      const check = () => benchline([name, '--config', file, '--check']);
      expect(await check(), name).toMatchObject({ status: 0, stderr: '' });
      const secret = join(folders.secrets, name, name === 'metrics' ? 'feed_token' : 'broker_password');
      rmSync(secret);
      const without = await check();
      expect(without.status).toBe(1);
      expect(without.stderr).toContain(secret);
    }
  });

  it('has the gateway read the simulators of the demo profile', () => {
    const { mill, line } = { mill: serviceOf(compose, 'mill'), line: serviceOf(compose, 'line') };
    const endpoint = (name: 'mill' | 'line') =>
      `opc.tcp://${name}:${optionOf(serviceOf(compose, name), 'port')}`;
    expect(gateway.sources).toEqual(
      demoGatewayConfig({ mill: endpoint('mill'), line: endpoint('line'), plc: '', meter: '' }),
    );
    expect([mill.hostname, line.hostname]).toEqual(['mill', 'line']);
  });

  it('names the same ports and hosts everywhere', () => {
    for (const [name, config] of Object.entries({ gateway, ingest, metrics })) {
      expect(healthUrl(name).port, name).toBe(String(config.http.port));
      const asked = name !== 'gateway';
      expect(config.http.host, name).toBe(asked ? '0.0.0.0' : '127.0.0.1');
      expect(config.http.credentials_file !== undefined, name).toBe(asked);
    }
    expect(metrics.feed_url).toBe(`http://ingest:${ingest.http.port}`);
    expect(published('metrics')).toEqual([String(metrics.http.port)]);
    const listener = mosquittoConf['listener'];
    expect(published('mosquitto')).toEqual([listener]);
    expect(serviceOf(compose, 'mosquitto').healthcheck?.test.at(-1)).toBe(listener);
    const brokers = [
      gateway.broker.url,
      ingest.broker.url,
      ...['plc', 'meter'].map((name) => optionOf(serviceOf(compose, name), 'broker')),
    ];
    expect(new Set(brokers)).toEqual(new Set([`mqtt://mosquitto:${listener}`]));
    expect(healthUrl('influxdb').port).toBe(new URL(ingest.influx.url).port);
    expect(published('grafana')).toEqual([healthUrl('grafana').port]);
  });

  it('publishes on this computer alone unless told otherwise', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports).toHaveLength(3);
    for (const port of ports) expect(port).toMatch(/^\$\{BENCHLINE_[A-Z]+_BIND:-127\.0\.0\.1\}:(\d+):\1$/);
  });

  it('lets nobody be root, gain rights or write where nothing has to be written', () => {
    const user = dockerfile().findLast((line) => line.startsWith('USER '));
    expect(user).toBe('USER node');
    for (const [name, service] of services) {
      const own = service.image.startsWith('benchline:');
      expect(service.user ?? (own ? 'node' : 'root'), name).toMatch(/^(node|[1-9]\d*:\d+)$/);
      expect(service.cap_drop, name).toEqual(['ALL']);
      expect(service.security_opt, name).toEqual(['no-new-privileges:true']);
    }
    const writing = services.filter(([, service]) => service.read_only !== true);
    expect(writing.map(([name]) => name)).toEqual(['influxdb', 'grafana']);
  });

  it('pins images, Grafana to one without known holes', () => {
    for (const [name, { image }] of services) expect(image, name).toMatch(/:\d+\.\d+\.\d+$/);
    const [major = 0, minor = 0, patch = 0] =
      /:(.*)$/.exec(serviceOf(compose, 'grafana').image)?.[1]?.split('.').map(Number) ?? [];
    expect(major * 1e6 + minor * 1e3 + patch).toBeGreaterThanOrEqual(13_002_003);
  });

  it('keeps secrets out of the environment, and gives each service only its own', async () => {
    const folders = await makeSecrets();
    for (const [name, service] of services) {
      for (const [key, value] of Object.entries(service.environment ?? {}))
        if (/PASSWORD|TOKEN|SECRET/.test(key)) {
          expect(key).toMatch(/_FILE$/);
          expect(existsSync(onHost(compose, name, value, folders)), value).toBe(true);
        }
      const secrets = mountsOf(service).filter(({ source }) => source.startsWith('secrets-'));
      if (name === 'setup') expect(secrets.every(({ writable }) => writable)).toBe(true);
      else expect(secrets.filter(({ writable }) => writable)).toEqual([]);
      const own = ['plc', 'meter'].includes(name) ? 'devices' : name;
      if (name !== 'setup')
        expect(
          secrets.every(({ source }) => source === `secrets-${own}`),
          name,
        ).toBe(true);
      const file = optionOf(service, 'password-file');
      if (file !== undefined) expect(existsSync(onHost(compose, name, file, folders)), file).toBe(true);
    }
    expect(mountsOf(serviceOf(compose, 'setup')).map(({ target }) => target.split('/').at(-1))).toEqual(
      expect.arrayContaining(readdirSync(folders.secrets)),
    );
  });

  it('declares the volumes that are mounted, and mounts what is there', () => {
    const sources = services.flatMap(([, service]) => mountsOf(service).map(({ source }) => source));
    const named = new Set(sources.filter((source) => !source.startsWith('.')));
    expect(named).toEqual(new Set(Object.keys(compose.volumes)));
    for (const source of sources.filter((s) => s.startsWith('.')))
      expect(existsSync(repository(source)), source).toBe(true);
  });

  it('puts what services keep on volumes that they may write to', () => {
    const kept: [service: string, path: string | undefined][] = [
      ['gateway', gateway.data_dir],
      ['ingest', ingest.data_dir],
      ['metrics', metrics.store.cursor_file],
      ...['mill', 'line', 'plc', 'meter'].map((name): [string, string | undefined] => [
        name,
        optionOf(serviceOf(compose, name), 'truth'),
      ]),
    ];
    const made = dockerfile().find((line) => line.includes('chown -R node:node /secrets /data')) ?? '';
    for (const [name, path] of kept) {
      const mount = mountsOf(serviceOf(compose, name)).find(({ target }) =>
        `${path}/`.startsWith(`${target}/`),
      );
      expect(mount, `${name}: ${path}`).toMatchObject({ writable: true });
    }
    // Docker gives a new volume the owner of the image's folder, if there is one.
    const folders = Object.fromEntries(
      [...made.matchAll(/for part in ([a-z ]+); do mkdir -p "\/(\w+)\/\$part"/g)].map(([, parts, root]) => [
        root,
        parts?.split(' '),
      ]),
    );
    for (const [, service] of ours)
      for (const { source, target } of mountsOf(service)) {
        const [, root = '', part] = target.split('/');
        if (!source.startsWith('.')) expect(folders[root], target).toContain(part);
      }
  });

  it('uses only commands and options that benchline has', async () => {
    const used = new Map<string, Set<string>>();
    const lines = ours.flatMap(([, service]) => [
      service.command ?? [],
      service.healthcheck?.test.slice(2) ?? [],
    ]);
    for (const [command, ...rest] of lines)
      if (command !== undefined)
        used.set(
          command,
          (used.get(command) ?? new Set()).union(new Set(rest.filter((a) => a.startsWith('--')))),
        );
    expect(used.size).toBe(6);
    for (const [command, options] of used) {
      const { stdout } = await benchline([command, '--help']);
      for (const option of options) expect(stdout, command).toMatch(new RegExp(`${option}\\b`));
    }
  });
});
