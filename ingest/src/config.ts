import { BrokerConfig, loadConfig, resolveFrom, Slug } from '@benchline/model';
import { HttpConfig } from '@benchline/model/door';
import { InfluxConfig, resolveSecrets } from '@benchline/store/influx';
import { z } from 'zod';
import { SparkplugNodeConfig } from './intake/nodes/config.ts';
import { RetentionConfig } from './ledger/retention.ts';

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
    max_series_per_gateway: z
      .int()
      .min(1)
      .max(10_000_000)
      .default(50_000)
      .describe('Machines × signals × sources that one gateway may bring; batches with more are held back'),
    host_id: Slug.optional().describe(
      'Sparkplug host id under which its state is published; default: ledger_id',
    ),
    sparkplug_nodes: z
      .array(SparkplugNodeConfig)
      .default([])
      .describe(
        'Sparkplug edge nodes of other makers that are taken in; all others are only listed in the status',
      ),
    http: HttpConfig.describe('Door for /feed, /status, /healthz, /readyz and /metrics'),
    ledger: RetentionConfig.default({}),
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
    ...(influx ? { influx: resolveSecrets(influx, at) } : {}),
  };
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
