import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerTarget } from '@benchline/simulators/box';
import { connectAsync, type MqttClient } from 'mqtt';
import { onTestFinished } from 'vitest';
import { makeSecrets } from './compose.ts';
import { repository, temporaryFolder } from './kit.ts';

const program = '/usr/sbin/mosquitto';

/** Why tests with a real Mosquitto cannot run here. */
export const noMosquitto = existsSync(program)
  ? undefined
  : 'mosquitto is not installed: apt-get install mosquitto';

/** Who has a password at the composed installation's broker, and the file that setup puts it into. */
const users = {
  gateway: { username: 'gateway-1', folder: 'gateway' },
  ingest: { username: 'ingest', folder: 'ingest' },
  devices: { username: 'devices', folder: 'devices' },
} as const;
export type BrokerUserName = keyof typeof users;

/** Mosquitto with the composed installation's configuration, ACL and passwords, on a port of its own. */
export class Mosquitto {
  readonly url: string;
  readonly #configuration: string;
  readonly #port: number;
  readonly #secrets: string;
  #process: ChildProcess | undefined;

  private constructor(port: number, configuration: string, secrets: string) {
    this.url = `mqtt://127.0.0.1:${port}`;
    this.#port = port;
    this.#configuration = configuration;
    this.#secrets = secrets;
  }

  /** Makes secrets and starts the broker; it is ended when the test is over. */
  static async open(): Promise<Mosquitto> {
    const folder = temporaryFolder();
    // Started by root, Mosquitto becomes a user of its own before it reads its files.
    chmodSync(folder, 0o755);
    const { secrets } = await makeSecrets(folder);
    const acl = join(folder, 'acl');
    copyFileSync(repository('ingest/deploy/mosquitto.acl'), acl);
    const port = await freePort();
    const configuration = join(folder, 'mosquitto.conf');
    writeFileSync(
      configuration,
      rewritten(readFileSync(repository('ingest/deploy/mosquitto.conf'), 'utf8'), {
        'listener 1883': `listener ${port} 127.0.0.1`,
        '/secrets/mosquitto/passwords': join(secrets, 'mosquitto/passwords'),
        '/mosquitto/config/acl': acl,
      }),
    );
    const broker = new Mosquitto(port, configuration, secrets);
    onTestFinished(async () => await broker.kill());
    await broker.start();
    return broker;
  }

  async start(): Promise<void> {
    const child = spawn(program, ['-c', this.#configuration], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process = child;
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    while (!/mosquitto version \S+ running/.test(said)) {
      if (child.exitCode !== null) throw new Error(`mosquitto ended on port ${this.#port}: ${said}`);
      await sleep(20);
    }
  }

  /** kill -9 */
  async kill(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  get target(): BrokerTarget {
    const login = (user: BrokerUserName) => ({
      username: users[user].username,
      password_file: join(this.#secrets, users[user].folder, 'broker_password'),
    });
    return {
      url: this.url,
      users: { gateway: login('gateway'), ingest: login('ingest'), devices: login('devices') },
    };
  }

  /** Connects as one of the users, or as nobody. Rejects when the broker refuses. */
  async connect(user: BrokerUserName | undefined): Promise<MqttClient> {
    const login = user === undefined ? undefined : this.target.users[user];
    const client = await connectAsync(this.url, {
      reconnectPeriod: 0,
      ...(login && { username: login.username, password: readFileSync(login.password_file, 'utf8') }),
    });
    onTestFinished(async () => await client.endAsync(true));
    return client;
  }
}

/** A text with each of these parts, which have to be there, replaced. */
function rewritten(text: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`the configuration does not contain '${from}'`);
    return result.replaceAll(from, to);
  }, text);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
