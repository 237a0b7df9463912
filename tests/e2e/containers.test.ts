import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StartedDockerComposeEnvironment, StartedTestContainer } from 'testcontainers';
import { expect, it, onTestFinished } from 'vitest';
import { repository, temporaryFolder } from './kit.ts';

type Testcontainers = typeof import('testcontainers');

/** Building the image and fetching the others takes minutes where nothing is cached. */
const patience_ms = 15 * 60_000;

/** Ports that are free instead of the ones that a running installation has. */
const freePorts = `services:
  mosquitto: { ports: !override ['127.0.0.1::1883'] }
  metrics: { ports: !override ['127.0.0.1::8080'] }
  grafana: { ports: !override ['127.0.0.1::3000'] }
`;

/** The library where a container engine answers, or why none does. */
async function findEngine(): Promise<Testcontainers | string> {
  try {
    const library = await import('testcontainers');
    await library.getContainerRuntimeClient();
    return library;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function startInstallation({ DockerComposeEnvironment }: Testcontainers) {
  const override = join(temporaryFolder(), 'ports.yml');
  writeFileSync(override, freePorts);
  const started = await new DockerComposeEnvironment(repository('.'), ['docker-compose.yml', override])
    .withBuild()
    .withProfiles('demo')
    .withStartupTimeout(patience_ms)
    .up();
  onTestFinished(async () => {
    await started.down({ removeVolumes: true });
  });
  return {
    part: (service: string) => started.getContainer(`${service}-1`),
    read: async (service: string, file: string) => await run(started, service, ['cat', file]),
    run: async (service: string, command: string[]) => await run(started, service, command),
  };
}

async function run(started: StartedDockerComposeEnvironment, service: string, command: string[]) {
  const { exitCode, stdout, stderr } = await started.getContainer(`${service}-1`).exec(command);
  if (exitCode !== 0) throw new Error(`${command.join(' ')} in ${service}: ${stderr}`);
  return stdout;
}

/** Asks a published port as a person does: with a user name and a password. */
async function ask<T>(part: StartedTestContainer, port: number, login: string, path: string): Promise<T> {
  const url = `http://127.0.0.1:${part.getMappedPort(port)}${path}`;
  const authorization = `Basic ${Buffer.from(login).toString('base64')}`;
  const response = await fetch(url, { headers: { authorization } });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

it(
  'the composed installation runs: machines are seen in the console, in InfluxDB and in Grafana',
  async ({ skip }) => {
    const engine = await findEngine();
    if (typeof engine === 'string') return skip(`cannot run here: no container engine: ${engine}`);
    const installation = await startInstallation(engine);

    const viewer = `viewer:${await installation.read('metrics', '/secrets/metrics/viewer_token')}`;
    const pipeline = () =>
      ask<{ feed: { connected: boolean; next_offset: number }; ingest: unknown }>(
        installation.part('metrics'),
        8080,
        viewer,
        '/api/v1/pipeline',
      );
    await expect
      .poll(async () => (await pipeline()).feed, { timeout: 120_000, interval: 1000 })
      .toMatchObject({ connected: true, next_offset: expect.toSatisfy((offset: number) => offset > 100) });
    expect((await pipeline()).ingest).not.toBeNull();

    const machines = ['mill-1', 'press-1', 'packer-1', 'steel-meter'];
    const query = `curl -sSfG -H "Authorization: Token $(cat /secrets/influxdb/influx_token)" \
    --data-urlencode 'q=SHOW TAG VALUES FROM "state", "energy" WITH KEY = "machine"' \
    'http://127.0.0.1:8086/query?db=benchline'`;
    await expect
      .poll(async () => await installation.run('influxdb', ['sh', '-c', query]), {
        timeout: 120_000,
        interval: 2000,
      })
      .toSatisfy((answer: string) => machines.every((machine) => answer.includes(`"${machine}"`)));

    const admin = `admin:${await installation.read('grafana', '/secrets/grafana/admin_password')}`;
    const grafana = <T>(path: string) => ask<T>(installation.part('grafana'), 3000, admin, path);
    expect(await grafana('/api/datasources/uid/benchline/health')).toMatchObject({ status: 'OK' });
    expect(await grafana('/api/dashboards/uid/benchline-plant-en')).toMatchObject({
      meta: { provisioned: true },
    });
  },
  patience_ms,
);
