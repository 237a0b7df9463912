import { readToken } from '@benchline/model';
import { z } from 'zod';

const url = z
  .url({ protocol: /^https?$/ })
  .describe('Address of the InfluxDB server, for example http://127.0.0.1:8086');
const timeout_ms = z
  .int()
  .min(100)
  .max(600_000)
  .default(10_000)
  .describe('How long the server may stay silent before a request is given up');

/** Which InfluxDB holds the telemetry, and how to get in. */
export const InfluxConfig = z
  .discriminatedUnion('version', [
    z.strictObject({
      version: z.literal(1).describe('InfluxDB 1.x'),
      url,
      database: z
        .string()
        .regex(/^[\w.-]+$/, 'letters, digits, . _ and -')
        .default('benchline')
        .describe('Database; created when it is missing and the user may'),
      username: z.string().min(1).optional().describe('User, where the server asks for one'),
      password_file: z.string().min(1).optional().describe("File that holds the user's password"),
      timeout_ms,
    }),
    z.strictObject({
      version: z.literal(2).describe('InfluxDB 2.x, or later with its 2.x write endpoint'),
      url,
      org: z.string().min(1).describe('Organization, by name'),
      bucket: z.string().min(1).describe('Bucket, by name; it has to exist'),
      database: z
        .string()
        .min(1)
        .optional()
        .describe(
          'Database name that InfluxQL reads use (DBRP mapping of the bucket); the bucket name if absent',
        ),
      token_file: z.string().min(1).describe('File that holds a token that may read and write the bucket'),
      timeout_ms,
    }),
  ])
  .refine((c) => c.version === 2 || (c.username === undefined) === (c.password_file === undefined), {
    message: 'username and password_file go together',
    path: ['password_file'],
  })
  .describe('InfluxDB server');
export type InfluxConfig = z.output<typeof InfluxConfig>;

/** The same with the path of its secret made absolute. @param at resolves a path of the file that it stands in. */
export function resolveSecrets(config: InfluxConfig, at: (path: string) => string): InfluxConfig {
  if (config.version === 2) return { ...config, token_file: at(config.token_file) };
  return config.password_file === undefined ? config : { ...config, password_file: at(config.password_file) };
}

/** The database name that InfluxQL reads from. */
export function databaseOf(config: InfluxConfig): string {
  return config.version === 1 ? config.database : (config.database ?? config.bucket);
}

/**
 * The Authorization header that a configuration calls for; undefined when the server asks for none.
 * @throws BenchlineError `config_invalid` when the secret's file cannot be read or is empty.
 */
export async function authorization(config: InfluxConfig): Promise<string | undefined> {
  if (config.version === 2) return `Token ${readToken(config.token_file)}`;
  if (config.username === undefined || config.password_file === undefined) return undefined;
  const credentials = `${config.username}:${readToken(config.password_file)}`;
  return `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`;
}
