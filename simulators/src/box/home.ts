import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BenchlineError, writeKeyPair } from '@benchline/model';

/** Where a single box keeps everything: one folder, deleted to begin anew. */
export interface Home {
  root: string;
  config(name: string): string;
  data(name: string): string;
  log(name: string): string;
  truth(name: string): string;
  /** The folder of all truth logs. */
  truth_folder: string;
  /** Private keys, and folders of public keys that each side trusts. */
  keys: { gateway: string; ledger: string; trusted_gateways: string; trusted_ledgers: string };
  release(): void;
}

/**
 * Opens (or makes) a box's folder for this process alone, with signing keys for its gateway and its ledger.
 * @throws BenchlineError `config_invalid` when another box runs in the folder.
 */
export function openHome(folder: string, ids: { gateway: string; ledger: string }): Home {
  const root = resolve(folder);
  const sub = (name: string) => {
    const path = join(root, name);
    mkdirSync(path, { recursive: true });
    return path;
  };
  const [config = '', logs = '', truth = '', keys = ''] = ['config', 'logs', 'truth', 'keys'].map(sub);
  const lock = join(root, 'running.pid');
  take(lock, root);
  const home: Home = {
    root,
    config: (name) => join(config, name),
    data: (name) => sub(join('state', name)),
    log: (name) => join(logs, `${name}.log`),
    truth: (name) => join(truth, `${name}.ndjson`),
    truth_folder: truth,
    keys: {
      gateway: join(keys, `${ids.gateway}.key`),
      ledger: join(keys, `${ids.ledger}.key`),
      trusted_gateways: sub(join('keys', 'trusted-gateways')),
      trusted_ledgers: sub(join('keys', 'trusted-ledgers')),
    },
    release: () => rmSync(lock, { force: true }),
  };
  introduce(home.keys.gateway, home.keys.trusted_gateways, ids.gateway);
  introduce(home.keys.ledger, home.keys.trusted_ledgers, ids.ledger);
  return home;
}

/** Makes a key once and puts its public half where the other side looks. */
function introduce(key: string, folder: string, owner: string): void {
  if (!existsSync(key)) writeKeyPair(key);
  copyFileSync(`${key}.pub`, join(folder, `${owner}.pub`));
}

function take(lock: string, root: string): void {
  const holder = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0;
  if (holder > 0 && holder !== process.pid && isAlive(holder))
    throw new BenchlineError('config_invalid', `process ${holder} already runs Benchline in ${root}`, {
      hint: 'stop it first, or choose another folder with --data DIR',
    });
  writeFileSync(lock, String(process.pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
