import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { maxPayloadBytes } from '@benchline/model/sparkplug';
import { describe, expect, it } from 'vitest';
import {
  copiedFolders,
  dockerfile,
  makeSecrets,
  mosquittoConf,
  mountsOf,
  onHost,
  readCompose,
  readYaml,
  serviceOf,
} from './compose.ts';
import { benchline, repository } from './kit.ts';

const compose = readCompose();

interface Influx {
  url: string;
  org: string;
  bucket: string;
}
const ingest = readYaml('ingest/deploy/ingest.yaml') as { influx: Influx };
const metrics = readYaml('metrics/deploy/metrics.yaml') as { store: { influx: Influx } };

describe('the broker of the composed installation', () => {
  it('finds its files where they are mounted, and knows everybody who logs in', async () => {
    const folders = await makeSecrets();
    const file = (key: string) => onHost(compose, 'mosquitto', mosquittoConf[key] ?? '', folders);
    const lines = (path: string) => readFileSync(path, 'utf8').split('\n');
    const known = lines(file('password_file')).flatMap((line) => (line === '' ? [] : [line.split(':')[0]]));
    const permitted = lines(file('acl_file')).flatMap((line) => /^user (.*)$/.exec(line)?.[1] ?? []);
    expect(new Set(known)).toEqual(new Set(permitted));
    expect(mosquittoConf).toMatchObject({ allow_anonymous: 'false' });
  });

  it('lets every payload through that the services look at', () => {
    expect(Number(mosquittoConf['message_size_limit'])).toBeGreaterThanOrEqual(maxPayloadBytes);
  });
});

describe('setup', () => {
  it('makes secrets once, readable and not to be changed', async () => {
    const { secrets } = await makeSecrets();
    const files = readdirSync(secrets, { recursive: true, encoding: 'utf8' })
      .map((name) => join(secrets, name))
      .filter((path) => statSync(path).isFile());
    const read = () => files.map((path) => readFileSync(path, 'utf8'));
    const before = read();
    const again = await benchline(['setup', '--out', secrets]);
    expect(again).toMatchObject({ status: 0, stdout: expect.stringContaining('nothing was changed') });
    expect(read()).toEqual(before);
    for (const path of files) expect(statSync(path).mode & 0o777, path).toBe(0o444);
    for (const text of before) expect(again.stdout + again.stderr).not.toContain(text.trim());
  });

  it('does not take half of the secrets for all of them', async () => {
    const { secrets } = await makeSecrets();
    rmSync(join(secrets, 'metrics/credentials.json'));
    const again = await benchline(['setup', '--out', secrets]);
    expect(again).toMatchObject({ status: 1, stderr: expect.stringContaining('delete what is there') });
  });
});

describe('the boards of the composed installation', () => {
  const board = (language: string) =>
    readFileSync(repository(`dashboards/generated/plant-overview.${language}.json`), 'utf8');
  const { datasources } = readYaml('dashboards/provisioning/datasources/influxdb.yaml') as {
    datasources: {
      uid: string;
      type: string;
      url: string;
      jsonData: { dbName: string };
      secureJsonData: Record<string, string>;
    }[];
  };

  it('ask the data source that is provisioned', () => {
    const uses = ['en', 'zh'].flatMap((language) => [
      ...board(language).matchAll(/"type": "influxdb",\s*"uid": "([^"]+)"/g),
    ]);
    expect(uses.length).toBeGreaterThan(10);
    expect(new Set(uses.map(([, uid]) => uid))).toEqual(new Set(datasources.map(({ uid }) => uid)));
    expect(datasources.map(({ type }) => type)).toEqual(['influxdb']);
  });

  it('ask for the bucket that ingest and metrics write to, with the token that InfluxDB is set up with', async () => {
    const folders = await makeSecrets();
    const { environment = {} } = serviceOf(compose, 'influxdb');
    const { org, bucket, url } = ingest.influx;
    expect(metrics.store.influx).toMatchObject({ org, bucket, url });
    expect(environment).toMatchObject({
      DOCKER_INFLUXDB_INIT_ORG: org,
      DOCKER_INFLUXDB_INIT_BUCKET: bucket,
    });
    const [source] = datasources;
    expect(source).toMatchObject({ url, jsonData: { dbName: bucket } });
    const header = source?.secureJsonData['httpHeaderValue1'] ?? '';
    const [, path = ''] = /^Token \$__file\{(.*)\}$/.exec(header) ?? [];
    expect(readFileSync(onHost(compose, 'grafana', path, folders), 'utf8')).toBe(
      readFileSync(
        onHost(compose, 'influxdb', environment['DOCKER_INFLUXDB_INIT_ADMIN_TOKEN_FILE'] ?? '', folders),
        'utf8',
      ),
    );
  });

  it('are found by Grafana', () => {
    const { providers } = readYaml('dashboards/provisioning/dashboards/benchline.yaml') as {
      providers: { options: { path: string } }[];
    };
    const grafana = serviceOf(compose, 'grafana');
    const mount = mountsOf(grafana).find(({ source }) => source === './dashboards/generated');
    expect(providers.map(({ options }) => options.path)).toEqual([mount?.target]);
    const home = grafana.environment?.['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH'] ?? '';
    expect(existsSync(onHost(compose, 'grafana', home, { secrets: '', state: '' }))).toBe(true);
  });
});

describe('the Dockerfile', () => {
  const packages = JSON.parse(readFileSync(repository('package.json'), 'utf8')) as { workspaces: string[] };
  const dependenciesOf = (workspace: string) =>
    Object.keys(
      (
        JSON.parse(readFileSync(repository(`${workspace}/package.json`), 'utf8')) as {
          dependencies?: Record<string, string>;
        }
      ).dependencies ?? {},
    );

  it('copies the manifest of every workspace, none of which is ignored', () => {
    const rules = readFileSync(repository('.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const ignored = (path: string) =>
      rules.reduce((out, rule) => {
        const keep = rule.startsWith('!');
        const pattern = keep ? rule.slice(1) : rule;
        const parents = path.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'));
        return parents.some((part) => matchesGlob(part, pattern)) ? !keep : out;
      }, false);
    for (const workspace of packages.workspaces) {
      expect(dockerfile()).toContain(`COPY ${workspace}/package.json ${workspace}/`);
      expect(ignored(`${workspace}/package.json`), workspace).toBe(false);
    }
    expect(['tests/e2e/kit.ts', 'model/tests/slug.test.ts', 'model/node_modules/x'].every(ignored)).toBe(
      true,
    );
    expect(['model/src/index.ts', 'simulators/demo/plant.yaml', '.npmrc'].some(ignored)).toBe(false);
  });

  it('has every workspace that the services need, with its dependencies', () => {
    const needed = new Set(['model', 'gateway', 'ingest', 'metrics', 'simulators']);
    for (const workspace of needed)
      for (const name of dependenciesOf(workspace))
        if (name.startsWith('@benchline/')) needed.add(name.slice('@benchline/'.length));
    const install = dockerfile().find((line) => line.includes('npm ci')) ?? '';
    const installed = [...install.matchAll(/--workspace=(\w+)/g)].map(([, workspace]) => workspace);
    expect(new Set(copiedFolders())).toEqual(needed);
    expect(new Set(installed)).toEqual(needed);
  });
});
