import { BrokerConfig, Slug } from '@benchline/model';
import { HttpConfig } from '@benchline/model/door';
import { z } from 'zod';
import { MqttConfig } from './sources/mqtt/config.ts';
import { OpcuaConfig } from './sources/opcua/config.ts';

/** What a gateway reads, and where it sends it. Relative paths are relative to the file itself. */
export const GatewayConfig = z
  .strictObject({
    gateway: Slug.describe('Id of this gateway; ingest knows its public key by this name'),
    group: Slug.describe('Sparkplug group id, usually the site id'),
    plant: z.string().min(1).describe('Plant file'),
    data_dir: z.string().min(1).describe('Folder for the spool and for certificates (data_dir/pki)'),
    key_file: z.string().min(1).describe('Signing key of the gateway (benchline keygen)'),
    trusted_ledgers_dir: z
      .string()
      .min(1)
      .describe('Folder with LEDGER.pub of every ledger whose acknowledgements count'),
    broker: BrokerConfig.describe('Broker to publish to'),
    primary_host: z
      .string()
      .regex(/^[^+#/]{1,128}$/, 'an id without +, # and /')
      .optional()
      .describe(
        'Sparkplug id of the host application without which nothing is published (its STATE is watched); default: publish whenever there is a broker',
      ),
    http: HttpConfig.describe('Door for /healthz, /readyz, /metrics and /status'),
    spool: z
      .strictObject({
        max_bytes: z
          .int()
          .min(16 * 1024 * 1024)
          .optional()
          .describe('Bound on disk; default 512 MiB'),
        max_age_h: z
          .number()
          .min(1)
          .optional()
          .describe('What is older is deleted, by whole segments; default: no bound'),
        min_free_bytes: z
          .int()
          .min(0)
          .optional()
          .describe('Left free on the disk; default 64 MiB, or a twentieth of the disk where that is less'),
        when_full: z
          .enum(['evict_oldest', 'stop_taking'])
          .default('evict_oldest')
          .describe(
            'At a bound, when nothing acknowledged is left to delete: evict_oldest deletes and declares the oldest; stop_taking makes the sources wait',
          ),
      })
      .prefault({})
      .describe('What is kept until a ledger has it'),
    flush_interval_ms: z
      .int()
      .min(10)
      .max(5000)
      .default(200)
      .describe(
        'How long observations wait at most before they are committed to the spool; each machine that has any then costs a signed batch. While no ledger takes what is committed, those of sources that wait for no confirmation wait longer, up to a second',
      ),
    sources: z
      .array(z.discriminatedUnion('type', [OpcuaConfig, MqttConfig]))
      .min(1)
      .describe('The controllers and devices that it reads'),
  })
  .describe('Configuration of a gateway');
export type GatewayConfig = z.output<typeof GatewayConfig>;
export type SourceConfig = GatewayConfig['sources'][number];
