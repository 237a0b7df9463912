import { readFileSync } from 'node:fs';
import { BenchlineError, loadConfig, resolveFrom, Slug } from '@benchline/model';
import { HttpConfig } from '@benchline/model/door';
import { InfluxConfig } from '@benchline/store';
import { z } from 'zod';
import type { BrokerAccess } from './intake/subscription.ts';

const BrokerConfig = z.strictObject({
  url: z.url({ protocol: /^mqtts?$/ }).describe('mqtt://host:port, or mqtts://host:port for TLS'),
  username: z.string().min(1).optional().describe('User name at the broker'),
  password_file: z.string().min(1).optional().describe('File whose first line is the password'),
  ca_file: z
    .string()
    .min(1)
    .optional()
    .describe(
      "PEM file of the authority that signed the broker's certificate; default: the system's authorities",
    ),
});

/** What ingest takes in, and where it puts it. Relative paths are relative to the file itself. */
export const IngestConfig = z
  .strictObject({
    ledger_id: Slug.describe('Id of the ledger; gateways know its public key by this name'),
    plant: z.string().min(1).describe('Plant file'),
    data_dir: z.string().min(1).describe('Folder for the ledger, the quarantine and the cursors'),
    key_file: z.string().min(1).describe('Signing key of the ledger (benchline keygen)'),
    trusted_gateways_dir: z
      .string()
      .min(1)
      .describe('Folder with GATEWAY.pub of every gateway that may write; read again while it runs'),
    group: Slug.describe('Sparkplug group id, usually the site id'),
    broker: BrokerConfig.describe('Broker to read from'),
    http: HttpConfig.describe('Door for /feed, /status and /healthz'),
    influx: InfluxConfig.optional().describe('Where to project the ledger to; nowhere if absent'),
  })
  .describe('Configuration of an ingest');
export type IngestConfig = z.output<typeof IngestConfig>;

/** Reads a configuration file; paths in what it returns are absolute. @throws BenchlineError `config_invalid`. */
export function loadIngestConfig(file: string): IngestConfig {
  const config = loadConfig(IngestConfig, file);
  const at = (path: string) => resolveFrom(file, path);
  const { broker, http, influx } = config;
  return {
    ...config,
    plant: at(config.plant),
    data_dir: at(config.data_dir),
    key_file: at(config.key_file),
    trusted_gateways_dir: at(config.trusted_gateways_dir),
    broker: { ...broker, ...resolved(broker, ['password_file', 'ca_file'], at) },
    http: { ...http, ...resolved(http, ['credentials_file'], at) },
    ...(influx ? { influx: withSecrets(influx, at) } : {}),
  };
}

function withSecrets(influx: InfluxConfig, at: (path: string) => string): InfluxConfig {
  if (influx.version === 2) return { ...influx, token_file: at(influx.token_file) };
  return { ...influx, ...resolved(influx, ['password_file'], at) };
}

function resolved<K extends string>(
  section: { readonly [key in K]?: string | undefined },
  keys: readonly K[],
  at: (path: string) => string,
): { [key in K]?: string } {
  const paths: { [key in K]?: string } = {};
  for (const key of keys) {
    const path = section[key];
    if (path !== undefined) paths[key] = at(path);
  }
  return paths;
}

/** The broker's address with what its files hold. @throws BenchlineError `config_invalid`. */
export function brokerAccess(config: IngestConfig['broker']): BrokerAccess {
  const { url, username, password_file, ca_file } = config;
  return {
    url,
    ...(username === undefined ? {} : { username }),
    ...(password_file === undefined ? {} : { password: firstLine(readSecret(password_file)) }),
    ...(ca_file === undefined ? {} : { ca: readSecret(ca_file) }),
  };
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? '';
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new BenchlineError('config_invalid', `cannot read ${file}`, {
      hint: 'make the file, readable by the user that ingest runs as',
      cause,
    });
  }
}
