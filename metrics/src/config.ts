import { loadConfig, readToken, resolveFrom, Slug } from '@benchline/model';
import { HttpConfig } from '@benchline/model/door';
import { InfluxConfig, resolveSecrets } from '@benchline/store/influx';
import { z } from 'zod';

/** What the metrics service follows, and where it keeps or finds the telemetry. Relative paths are relative to the file. */
export const MetricsConfig = z
  .strictObject({
    plant: z.string().min(1).describe('Plant file'),
    feed_url: z
      .url({ protocol: /^https?$/ })
      .describe("Address of ingest's HTTP door, for example http://127.0.0.1:8081"),
    feed_token_file: z
      .string()
      .min(1)
      .optional()
      .describe(
        'File whose first line is the bearer token for ingest, where it asks for one; its principal needs grants for read and publish',
      ),
    feed_reader: Slug.default('metrics').describe(
      'Name under which ingest keeps for this service what it has not read yet; another one for each service',
    ),
    store: z
      .union([
        z.strictObject({
          embedded: z
            .strictObject({
              file: z.string().min(1).describe('DuckDB file; made if missing; only this process may open it'),
            })
            .describe('A store of its own on this computer, filled from the feed'),
        }),
        z.strictObject({
          influx: InfluxConfig,
          cursor_file: z
            .string()
            .min(1)
            .optional()
            .describe(
              'File that remembers up to where of the feed the kpi series show it; without it the feed is read from its start each time',
            ),
        }),
      ])
      .describe('Where the telemetry is: a store of its own, or the InfluxDB that ingest writes to'),
    http: HttpConfig.describe('Door for the API and the console'),
    stream_readers_max: z
      .int()
      .min(1)
      .max(10_000)
      .default(100)
      .describe(
        'How many may read /api/v1/stream at a time; one more is answered 503 and may try again. Every open page of the console is one',
      ),
    lateness_s: z
      .number()
      .min(0)
      .max(7 * 86_400)
      .default(900)
      .describe(
        'How long after the end of a period late data are waited for; until then figures are provisional',
      ),
  })
  .describe('Configuration of the metrics service');
export type MetricsConfig = z.output<typeof MetricsConfig>;

/** Reads a configuration file; paths in what it returns are absolute. @throws BenchlineError `config_invalid`. */
export function loadMetricsConfig(file: string): MetricsConfig {
  const config = loadConfig(MetricsConfig, file);
  const at = (path: string) => resolveFrom(file, path);
  const { feed_token_file, store, http } = config;
  return {
    ...config,
    plant: at(config.plant),
    ...(feed_token_file !== undefined && { feed_token_file: at(feed_token_file) }),
    store:
      'embedded' in store
        ? { embedded: { file: at(store.embedded.file) } }
        : {
            influx: resolveSecrets(store.influx, at),
            ...(store.cursor_file !== undefined && { cursor_file: at(store.cursor_file) }),
          },
    http: {
      ...http,
      ...(http.credentials_file !== undefined && { credentials_file: at(http.credentials_file) }),
    },
  };
}

/** The Authorization header for ingest. @throws BenchlineError `config_invalid` when the token cannot be read. */
export function feedAuthorization({ feed_token_file }: MetricsConfig): string | undefined {
  return feed_token_file === undefined ? undefined : `Bearer ${readToken(feed_token_file)}`;
}
