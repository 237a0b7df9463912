import { readFileSync } from 'node:fs';
import { BenchlineError } from '@benchline/model';
import type { BrokerConnection } from './publisher/port.ts';
import type { BrokerConfig } from './sources/common-config.ts';

/** The first line of a password file. @throws BenchlineError `config_invalid` when it cannot be read. */
export function readPassword(file: string): string {
  return readSecret(file).split(/\r?\n/, 1)[0] ?? '';
}

/** A broker's configuration with what its files hold. */
export function brokerConnection(config: BrokerConfig, resolve: (path: string) => string): BrokerConnection {
  return {
    url: config.url,
    ...(config.username === undefined ? {} : { username: config.username }),
    ...(config.password_file === undefined ? {} : { password: readPassword(resolve(config.password_file)) }),
    ...(config.ca_file === undefined ? {} : { ca: readSecret(resolve(config.ca_file)) }),
  };
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new BenchlineError('config_invalid', `cannot read ${file}`, {
      hint: 'make the file, readable by the user that the gateway runs as',
      cause,
    });
  }
}
