import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Action } from '../door/access.ts';
import { BenchlineError } from '../error.ts';
import { writeKeyPair } from '../keys/keys.ts';
import { sha256Hex } from '../telemetry/canonical.ts';
import { mosquittoPasswordLine } from './mosquitto-password.ts';

const gateway = 'gateway-1';
const ledger = 'ledger-1';

/** The first and the last that are made. */
const firstSecret = `gateway/${gateway}.key`;
const lastSecret = 'metrics/credentials.json';

/** Who logs in at the broker. Simulated devices share one account. */
const brokerUsers = { gateway, ingest: 'ingest', devices: 'devices' } as const;

/**
 * Makes every secret of a composed installation once: one folder for each service, holding only what that service
 * needs, so that each can be mounted alone. What exists is left as it is.
 * @returns the files that were made.
 * @throws BenchlineError `config_invalid` when an earlier run was cut short: what it made may be in use already.
 */
export function makeSecrets(root: string): string[] {
  const made: string[] = [];
  const put = (file: string, text: string) => {
    const path = join(root, file);
    mkdirSync(dirname(path), { recursive: true });
    // Readable by whichever user the service's image runs as; who may read at all is decided by the mount.
    writeFileSync(path, text, { mode: 0o444 });
    made.push(file);
  };
  if (isComplete(root)) return made;

  const token = () => randomBytes(32).toString('hex');
  makeKey(root, 'gateway', gateway, 'ingest/trusted-gateways', made);
  makeKey(root, 'ingest', ledger, 'gateway/trusted-ledgers', made);

  const passwords = Object.values(brokerUsers).map((user) => ({ user, password: token() }));
  put(
    'mosquitto/passwords',
    `${passwords.map(({ user, password }) => mosquittoPasswordLine(user, password)).join('\n')}\n`,
  );
  for (const [folder, user] of Object.entries(brokerUsers))
    put(`${folder}/broker_password`, passwords.find((p) => p.user === user)?.password ?? '');

  const influx = token();
  for (const folder of ['influxdb', 'ingest', 'metrics', 'grafana']) put(`${folder}/influx_token`, influx);
  put('influxdb/admin_password', token());
  put('grafana/admin_password', token());

  const feed = token();
  put('metrics/feed_token', feed);
  put('ingest/credentials.json', credentials('metrics', feed, ['read', 'enter', 'speak_for', 'publish']));
  const viewer = token();
  put('metrics/viewer_token', viewer);
  put(lastSecret, credentials('viewer', viewer, ['read']));
  return made;
}

function isComplete(root: string): boolean {
  const [begun, ended] = [firstSecret, lastSecret].map((file) => existsSync(join(root, file)));
  if (begun && !ended)
    throw new BenchlineError('config_invalid', `${root} holds only some of its secrets`, {
      hint: 'an earlier run was cut short: delete what is there and run it again',
    });
  return begun === true;
}

function makeKey(root: string, folder: string, owner: string, trustedBy: string, made: string[]): void {
  const file = join(root, folder, `${owner}.key`);
  writeKeyPair(file);
  const target = join(root, trustedBy, `${owner}.pub`);
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(`${file}.pub`, target);
  for (const path of [file, `${file}.pub`, target]) chmodSync(path, 0o444);
  made.push(join(folder, `${owner}.key`), join(trustedBy, `${owner}.pub`));
}

function credentials(name: string, token: string, actions: readonly Action[]): string {
  const grants = actions.map((action) => ({ action, scope: '' }));
  const principal = { name, token_sha256: sha256Hex(token), grants };
  return `${JSON.stringify({ principals: [principal] }, null, 2)}\n`;
}
